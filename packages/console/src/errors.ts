/**
 * The console's own errors, and how the console reports errors of all packages to a client: as a problem with a stable
 * code, with a matching HTTP status. No message contains a token or a cookie.
 */

import { ProviderError, type ProviderErrorCode } from '@convoy/cluster';
import { InspectError } from '@convoy/cluster/inspect';
import { RailwayError, type RailwayErrorCode } from '@convoy/cluster/railway';
import { SshError } from '@convoy/cluster/ssh';
import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';
import type { z } from 'zod';
import type { Problem } from './protocol/index.ts';

/** Codes of `ConsoleError`. */
export type ConsoleErrorCode =
  | 'CONSOLE_BAD_REQUEST'
  | 'CONSOLE_BAD_OPTION'
  | 'CONSOLE_UNAUTHORIZED'
  | 'CONSOLE_WRONG_TOKEN'
  | 'CONSOLE_WRONG_HOST'
  | 'CONSOLE_WRONG_ORIGIN'
  | 'CONSOLE_NOT_FOUND'
  | 'CONSOLE_TOO_LARGE'
  | 'CONSOLE_TOO_MANY'
  | 'CONSOLE_SEARCH_TOO_SLOW'
  | 'CONSOLE_SHELL_LIMIT'
  | 'CONSOLE_SHELL_FAILED'
  | 'CONSOLE_INPUT_GAP'
  | 'CONSOLE_PEER_REFUSED'
  | 'CONSOLE_NOT_JOINED'
  | 'CONSOLE_RESTART_INTERRUPTED'
  | 'CONSOLE_NODE_NOT_UP'
  | 'CONSOLE_NODE_NOT_ENDED'
  | 'CONSOLE_ACTING_OFF'
  | 'CONSOLE_LAUNCH_UNKNOWN'
  | 'CONSOLE_LOGGER_UNAVAILABLE'
  | 'CONSOLE_CLUSTER_EXISTS'
  | 'CONSOLE_SAME_NAME'
  | 'CONSOLE_RAILWAY_LOGGED_OUT'
  | 'CONSOLE_ALREADY_RUNNING'
  | 'CONSOLE_LISTEN_FAILED'
  | 'CONSOLE_STORAGE_FAILED'
  | 'CONSOLE_STORE_DAMAGED'
  | 'CONSOLE_STORE_NEWER'
  | 'CONSOLE_STORE_UNREACHABLE'
  | 'CONSOLE_NO_STORE_DRIVER'
  | 'CONSOLE_OTHER_CONSOLE'
  | 'CONSOLE_BACKUP_FAILED'
  | 'CONSOLE_AUDIT_FAILED'
  | 'CONSOLE_INTERNAL';

const consoleStatus: Readonly<Record<ConsoleErrorCode, number>> = {
  CONSOLE_BAD_REQUEST: 400,
  CONSOLE_BAD_OPTION: 400,
  CONSOLE_UNAUTHORIZED: 401,
  CONSOLE_WRONG_TOKEN: 401,
  CONSOLE_WRONG_HOST: 421,
  CONSOLE_WRONG_ORIGIN: 403,
  CONSOLE_NOT_FOUND: 404,
  CONSOLE_TOO_LARGE: 413,
  CONSOLE_TOO_MANY: 429,
  CONSOLE_SEARCH_TOO_SLOW: 422,
  CONSOLE_SHELL_LIMIT: 429,
  CONSOLE_SHELL_FAILED: 500,
  CONSOLE_INPUT_GAP: 409,
  CONSOLE_PEER_REFUSED: 502,
  CONSOLE_NOT_JOINED: 502,
  CONSOLE_RESTART_INTERRUPTED: 502,
  CONSOLE_NODE_NOT_UP: 409,
  CONSOLE_NODE_NOT_ENDED: 409,
  CONSOLE_ACTING_OFF: 403,
  CONSOLE_LAUNCH_UNKNOWN: 409,
  CONSOLE_LOGGER_UNAVAILABLE: 409,
  CONSOLE_CLUSTER_EXISTS: 409,
  CONSOLE_SAME_NAME: 409,
  CONSOLE_RAILWAY_LOGGED_OUT: 409,
  CONSOLE_ALREADY_RUNNING: 409,
  CONSOLE_LISTEN_FAILED: 500,
  CONSOLE_STORAGE_FAILED: 507,
  CONSOLE_STORE_DAMAGED: 500,
  CONSOLE_STORE_NEWER: 500,
  CONSOLE_STORE_UNREACHABLE: 503,
  CONSOLE_NO_STORE_DRIVER: 500,
  CONSOLE_OTHER_CONSOLE: 409,
  CONSOLE_BACKUP_FAILED: 500,
  CONSOLE_AUDIT_FAILED: 507,
  CONSOLE_INTERNAL: 500,
};

const providerStatus: Readonly<Record<ProviderErrorCode, number>> = {
  PROVIDER_UNAVAILABLE: 422,
  PROVIDER_UNKNOWN: 422,
  PROVIDER_NO_IMAGE: 422,
  PROVIDER_FORBIDDEN: 422,
  PROVIDER_BAD_NAME: 400,
  PROVIDER_BAD_VARIABLE: 400,
  PROVIDER_BAD_PROGRAM: 400,
  PROVIDER_UNSUPPORTED: 422,
  PROVIDER_NAME_TAKEN: 409,
  PROVIDER_LIMIT: 409,
  PROVIDER_SPAWN_FAILED: 500,
  PROVIDER_NODE_EXITED: 500,
  PROVIDER_DEPLOY_FAILED: 502,
  PROVIDER_UNREACHABLE: 502,
  PROVIDER_TIMEOUT: 504,
  PROVIDER_CANCELLED: 409,
  PROVIDER_NO_NODE: 404,
  PROVIDER_CLOSED: 503,
};

/** Railway's errors that the client can fix. The others get 502. */
const railwayStatus: Readonly<Partial<Record<RailwayErrorCode, number>>> = {
  RAILWAY_BAD_INPUT: 400,
  RAILWAY_TOKEN_REFUSED: 422,
  RAILWAY_NOT_AUTHORIZED: 422,
  RAILWAY_NOT_FOUND: 404,
  RAILWAY_PLAN_LIMIT: 409,
  RAILWAY_RATE_LIMITED: 429,
  RAILWAY_WRONG_ENVIRONMENT: 422,
};

/** Codes with a status of their own. All other codes of Convoy get 502. */
export type KnownCode =
  | ConsoleErrorCode
  | ProviderErrorCode
  | RailwayErrorCode
  | 'SSH_BAD_TARGET'
  | 'INSPECT_BAD_OPTION';

const knownStatus: Readonly<Partial<Record<KnownCode, number>>> = {
  ...consoleStatus,
  ...providerStatus,
  ...railwayStatus,
  SSH_BAD_TARGET: 400,
  INSPECT_BAD_OPTION: 400,
};

/** The HTTP status of a code. */
export function statusOfCode(code: KnownCode): number {
  return knownStatus[code] ?? 502;
}

/** The console refuses a request, or cannot start with the given options. */
export class ConsoleError extends ConvoyError<ConsoleErrorCode> {
  static {
    ConvoyError.nameAfterClass(ConsoleError);
  }
  /** The HTTP status of the answer. */
  readonly status: number;
  /** Seconds to wait before the next attempt, for CONSOLE_TOO_MANY. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ConsoleErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { retryAfterSeconds?: number } = {},
  ) {
    super(code, message, detail);
    this.status = consoleStatus[code];
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

/** Checks `value` with its schema and returns the parsed value. Throws CONSOLE_BAD_REQUEST, which says where `what` is invalid. */
export function checked<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} is not valid: ${where}${issue?.message ?? ''}`, {
    remedy: 'See GET /api/openapi.json and docs/guide/console.md for the expected format.',
  });
}

/** The problem that a client receives for an error. Internal errors are reported without their text. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof ConvoyError)) {
    return {
      code: 'CONSOLE_INTERNAL',
      message: 'an internal error occurred in the console',
      remedy: 'The log of the console has the cause.',
    };
  }
  const { code, message, remedy } = error;
  return { code, message, remedy };
}

/** The HTTP status of an error. Errors of nodes and shells are those of a gateway, 502; internal ones are 500. */
export function statusOf(error: unknown): number {
  if (error instanceof ConsoleError) return error.status;
  if (error instanceof ProviderError || error instanceof RailwayError) return statusOfCode(error.code);
  if (error instanceof InspectError && error.code === 'INSPECT_BAD_OPTION') return statusOfCode(error.code);
  if (error instanceof SshError && error.code === 'SSH_BAD_TARGET') return statusOfCode(error.code);
  return error instanceof ConvoyError ? 502 : 500;
}
