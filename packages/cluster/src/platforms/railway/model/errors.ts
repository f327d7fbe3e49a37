/** What goes wrong between Convoy and Railway's API. No message holds a token or the value of a variable. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

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

export interface RailwayErrorDetail extends ConvoyErrorDetail {
  /** Name of the operation in GraphQL: `ServiceCreate`. */
  readonly operation?: string | undefined;
  /** When it may be tried again, in milliseconds since 1970. */
  readonly retryAt?: number | undefined;
}

/** Railway could not be asked, or did not do what was asked of it. */
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
