/** Errors of Railway's API. No message contains a token or the value of a variable. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

/** Code of a `RailwayError`. Listed in docs/errors.md. */
export type RailwayErrorCode =
  | 'RAILWAY_BAD_ENDPOINT'
  | 'RAILWAY_BAD_INPUT'
  | 'RAILWAY_TOKEN_REFUSED'
  | 'RAILWAY_NOT_AUTHORIZED'
  | 'RAILWAY_TWO_FACTOR'
  | 'RAILWAY_RATE_LIMITED'
  | 'RAILWAY_PLAN_LIMIT'
  | 'RAILWAY_NOT_FOUND'
  | 'RAILWAY_REFUSED'
  | 'RAILWAY_WRONG_ENVIRONMENT'
  | 'RAILWAY_UNAVAILABLE'
  | 'RAILWAY_TIMEOUT'
  | 'RAILWAY_BAD_ANSWER'
  | 'RAILWAY_STREAM_LOST'
  | 'RAILWAY_CLOSED';

/** Details of a `RailwayError`. */
export interface RailwayErrorDetail extends ConvoyErrorDetail {
  /** Name of the GraphQL operation: `ServiceCreate`. */
  readonly operation?: string | undefined;
  /** When to retry, in milliseconds since 1970. */
  readonly retryAt?: number | undefined;
}

/** A request to Railway failed or was refused. */
export class RailwayError extends ConvoyError<RailwayErrorCode> {
  static {
    ConvoyError.nameAfterClass(RailwayError);
  }
  readonly operation: string | undefined;
  readonly retryAt: number | undefined;

  constructor(code: RailwayErrorCode, message: string, detail: RailwayErrorDetail = {}) {
    super(code, message, detail);
    this.operation = detail.operation;
    this.retryAt = detail.retryAt;
  }
}
