/** The address of a store in PostgreSQL. It may contain a password, so no message shows it as it is. */

import { ConsoleError } from '../../errors.ts';

/** What messages show of an address: host, port and database, never a user, a password or a setting. Throws CONSOLE_BAD_OPTION. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) throw badAddress();
  // A folder with a socket is given as a setting: postgres:///convoy?host=/run/postgresql
  const host = url.host === '' ? (url.searchParams.get('host') ?? '') : url.host;
  return `postgres://${host}${url.pathname}`;
}

function badAddress(): ConsoleError {
  return new ConsoleError(
    'CONSOLE_BAD_OPTION',
    'the address of the store is not a URL that begins with postgres://',
    {
      remedy:
        'Write it as postgres://user:password@host:5432/database. It is not shown here, because it may contain a password.',
    },
  );
}
