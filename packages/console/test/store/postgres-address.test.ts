/** What is said about a store in PostgreSQL without one: never its address, which may contain a password. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shownAddress } from '../../src/store/postgres/connection-string.ts';
import { openPostgresStore, schemaOf } from '../../src/store/postgres/open-postgres.ts';
import { postgresProblem } from '../../src/store/postgres/postgres-problem.ts';
import { attack } from '../../../../test/support/attack.ts';

const key = 'the-key-of-this-console';

describe('the address of a store in PostgreSQL', () => {
  test('is shown as host, port and database', () => {
    for (const [address, shown] of [
      ['postgres://convoy:s3cret@db1:6432/convoy?sslmode=verify-full', 'postgres://db1:6432/convoy'],
      ['postgresql://db1/convoy', 'postgres://db1/convoy'],
      ['postgres:///convoy?host=/run/postgresql&password=s3cret', 'postgres:///run/postgresql/convoy'],
      ['postgres://[::1]/convoy', 'postgres://[::1]/convoy'],
    ] as const)
      assert.equal(shownAddress(address), shown);
  });

  attack(
    'Secrets',
    'the password of the store is in no message, whatever is wrong with its address',
    async () => {
      const addresses = [
        's3cret',
        'postgres//convoy:s3cret@db1/convoy',
        'https://convoy:s3cret@db1/convoy',
        'postgres://convoy:s3cret@db1:port/convoy',
      ];
      for (const address of addresses) {
        await assert.rejects(
          openPostgresStore({ address, key }),
          (error: Error & { code?: string; remedy?: string }) => {
            assert.equal(error.code, 'CONSOLE_BAD_OPTION');
            assert.match(error.message, /not a URL that begins with postgres:/);
            assert.ok(!`${error.message} ${error.remedy} ${String(error.cause)}`.includes('s3cret'));
            return true;
          },
        );
      }
      // Port 1 of this computer is closed.
      const closed = openPostgresStore({ address: 'postgres://convoy:s3cret@127.0.0.1:1/convoy', key });
      await assert.rejects(closed, (error: Error & { code?: string; remedy?: string }) => {
        assert.equal(error.code, 'CONSOLE_STORE_UNREACHABLE');
        assert.equal(
          error.message,
          'cannot use the store postgres://127.0.0.1:1/convoy: the connection is refused',
        );
        assert.ok(!`${error.remedy} ${String(error.cause)} ${error.stack}`.includes('s3cret'));
        return true;
      });
    },
  );

  test('leads to a schema for each key', () => {
    assert.match(schemaOf(key), /^convoy_[0-9a-f]{16}$/);
    assert.notEqual(schemaOf(key), schemaOf('the-key-of-another-console'));
    assert.ok(!schemaOf(key).includes(key));
  });
});

test('errors of PostgreSQL are explained if they are not ours', () => {
  const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });
  for (const [error, why] of [
    [withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND db1'), 'its host name is unknown'],
    [
      withCode('28P01', 'password authentication failed for user "convoy"'),
      'password authentication failed for user "convoy"',
    ],
    [withCode('3D000', 'database "convoy" does not exist'), 'database "convoy" does not exist'],
    [
      withCode('53100', 'could not extend file: No space left on device'),
      'could not extend file: No space left on device',
    ],
    [withCode('42501', 'permission denied for database convoy'), 'permission denied for database convoy'],
    [new Error('timeout exceeded when trying to connect'), 'it does not answer'],
    [new Error('Query read timeout'), 'it does not answer'],
    [new Error('Connection terminated unexpectedly'), 'the connection was lost'],
    [
      new Error('The server does not support SSL connections'),
      'the server does not support TLS, which the address asks for',
    ],
    [
      new AggregateError([withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')]),
      'the connection is refused',
    ],
  ] as const) {
    const problem = postgresProblem(error, 'postgres://db1/convoy') as Error & { code?: string };
    assert.equal(problem.code, 'CONSOLE_STORE_UNREACHABLE', why);
    assert.equal(problem.message, `cannot use the store postgres://db1/convoy: ${why}`);
  }
  for (const error of [withCode('42P01', 'relation "x" does not exist'), new TypeError('a mistake'), 'text'])
    assert.equal(postgresProblem(error, 'postgres://db1/convoy'), error);
});
