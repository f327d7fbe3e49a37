/** Loads `pg`, the driver of PostgreSQL: an optional package, needed only for a store there. */

import type * as Pg from 'pg';
import { ConsoleError } from '../../errors.ts';

/** Rejects with CONSOLE_NO_STORE_DRIVER if the package is not installed. */
export async function loadPg(): Promise<typeof Pg.default> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw new ConsoleError(
      'CONSOLE_NO_STORE_DRIVER',
      'a store in PostgreSQL needs the package pg, which cannot be loaded',
      {
        remedy: 'Install it beside Convoy with `npm install pg`.',
        cause,
      },
    );
  }
}
