/**
 * Tells from what Railway answers what went wrong. Railway has no codes for its errors, so it goes by the words that its
 * own command line goes by too. Pure.
 */

import { z } from 'zod';
import { RailwayError, type RailwayErrorCode } from '../model/errors.ts';

const maxMessageLength = 500;

const graphqlError = z.object({
  message: z.string().transform((text) => text.slice(0, maxMessageLength)),
});

/** What every answer looks like; more than 20 errors say no more than 20 do. */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(graphqlError)
    .optional()
    .nullable()
    .transform((errors) => errors?.slice(0, 20)),
});

export interface Envelope {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}

/** `undefined` when it is no GraphQL answer at all. */
export function parseEnvelope(value: unknown): Envelope | undefined {
  const parsed = envelope.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

interface Meaning {
  readonly pattern: RegExp;
  readonly code: RailwayErrorCode;
  readonly remedy?: string | undefined;
}

const meanings: readonly Meaning[] = [
  {
    pattern: /not authorized|project token not found|unauthorized/i,
    code: 'RAILWAY_NOT_AUTHORIZED',
    remedy:
      'The token is no longer valid, or has no right there: a project token reaches one environment only.',
  },
  {
    pattern: /two factor authentication required/i,
    code: 'RAILWAY_TWO_FACTOR',
    remedy: 'The workspace demands two-factor authentication: switch it on for the account.',
  },
  {
    pattern: /rate limit|too many requests/i,
    code: 'RAILWAY_RATE_LIMITED',
    remedy: 'Wait, or take a plan with more requests per hour.',
  },
  {
    pattern:
      /limit (?:was |is |has been )?(?:exceeded|reached)|exceed\w* .*\blimit|please upgrade|trial has/i,
    code: 'RAILWAY_PLAN_LIMIT',
    remedy: 'Delete services that are no longer needed, ask for less, or take a larger plan.',
  },
  { pattern: /not found|does not exist/i, code: 'RAILWAY_NOT_FOUND' },
];

/** A server of GraphQL repeats what it could not read, and that may be somebody's password. */
const echoedValue = /got invalid value .*?(?= at "|$)/gs;

/** The error that an operation's GraphQL errors stand for. `redact` takes the token out of what Railway wrote. */
export function failureOf(
  errors: readonly { readonly message: string }[],
  operation: string,
  redact: (text: string) => string,
): RailwayError {
  const messages = errors.map(({ message }) => message.replace(echoedValue, 'got an invalid value'));
  const said = redact(messages.join('; ')).slice(0, maxMessageLength);
  const meaning = meanings.find(({ pattern }) => pattern.test(said));
  return new RailwayError(meaning?.code ?? 'RAILWAY_REFUSED', `Railway refused ${operation}: ${said}`, {
    operation,
    remedy: meaning?.remedy,
  });
}
