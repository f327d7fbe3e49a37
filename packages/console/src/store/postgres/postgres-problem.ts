/** Turns errors of PostgreSQL and of the way to it into those of the console. No message contains an address or a password. */

import { ConsoleError } from '../../errors.ts';

const systemErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was lost',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be resolved',
  EPIPE: 'the connection was lost',
  ETIMEDOUT: 'it does not answer',
};

/** Classes of SQLSTATE: what the server, its settings or its state prevent. Other errors are mistakes of ours. */
const sqlClasses: ReadonlySet<string> = new Set([
  '08', // connection exception
  '25', // invalid transaction state: a server that only reads
  '28', // invalid authorization
  '3D', // no such database
  '42501', // insufficient privilege
  '53', // insufficient resources: a full disk, too many connections
  '55', // not in the prerequisite state
  '57', // operator intervention: the server shuts down
  '58', // system error
]);

/** The driver's own errors have no code. */
const driverErrors: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, 'it does not answer'],
  [/connection (?:terminated|ended)|not queryable/i, 'the connection was lost'],
  [/does not support SSL/i, 'the server does not support TLS, which the address asks for'],
  [/certificate|SSL|TLS/i, 'the certificate of the server is not accepted'],
  [
    /password must be|SASL|scram/i,
    'the server asks for a password, and the address has none that it accepts',
  ],
];

/** The console's error for one of PostgreSQL; any other error as it is. `where` names the store. */
export function postgresProblem(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof ConsoleError) return error;
  const why = reasonOf(error);
  if (why === undefined) return error;
  return new ConsoleError('CONSOLE_STORE_UNREACHABLE', `cannot use the store ${where}: ${why}`, {
    remedy:
      'Check that the server runs, and the address, user and password of the store. Nothing was changed.',
    cause: error,
  });
}

function reasonOf(error: Error): string | undefined {
  if (error instanceof AggregateError) return error.errors.map((one) => reasonOf(one as Error)).find(Boolean);
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && Object.hasOwn(systemErrors, code)) return systemErrors[code];
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    return sqlClasses.has(code) || sqlClasses.has(code.slice(0, 2)) ? error.message : undefined;
  }
  return driverErrors.find(([pattern]) => pattern.test(error.message))?.[1];
}
