/** The error class of process groups. */

import { ConvoyError } from '../errors.ts';

/** The codes of `PgError`. */
export type PgErrorCode = 'PG_BAD_GROUP' | 'PG_BAD_LIMIT' | 'PG_FOREIGN_PID' | 'PG_CLOSED';

/** A scope of process groups cannot do what was asked. */
export class PgError extends ConvoyError<PgErrorCode> {
  static {
    ConvoyError.nameAfterClass(PgError);
  }
}
