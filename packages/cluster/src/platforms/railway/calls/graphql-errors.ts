/**
 * Maps Railway's GraphQL errors to error codes. Railway's errors have no codes, so this matches the same phrases as Railway's
 * own command line. Pure.
 */

import { z } from 'zod';
import { RailwayError, type RailwayErrorCode } from '../model/railway-error.ts';

const maxMessageLength = 500;

const graphqlError = z.object({
  message: z.string().transform((text) => text.slice(0, maxMessageLength)),
});

/** The form of every answer. Only the first 20 errors are kept. */
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

/** `undefined` when the value is not a GraphQL answer. */
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
      'The token is no longer valid or lacks permission: a project token can access only one environment.',
  },
  {
    pattern: /two factor authentication required/i,
    code: 'RAILWAY_TWO_FACTOR',
    remedy: 'The workspace requires two-factor authentication: enable it for the account.',
  },
  {
    pattern: /rate limit|too many requests/i,
    code: 'RAILWAY_RATE_LIMITED',
    remedy: 'Wait, or switch to a plan with more requests per hour.',
  },
  {
    pattern:
      /limit (?:was |is |has been )?(?:exceeded|reached)|exceed\w* .*\blimit|please upgrade|trial has/i,
    code: 'RAILWAY_PLAN_LIMIT',
    remedy: 'Delete services that are no longer needed, request less, or switch to a larger plan.',
  },
  { pattern: /not found|does not exist/i, code: 'RAILWAY_NOT_FOUND' },
];

/** A GraphQL server echoes values it could not read, and those may be passwords. */
const echoedValue = /got invalid value .*?(?= at "|$)/gs;

/** The error for the GraphQL errors of an operation. `redact` removes the token from Railway's text. */
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
