/** A store in PostgreSQL where its driver, an optional package, is not installed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('without the package pg, one sentence says what to install', () => {
  const source = (name: string): string =>
    JSON.stringify(fileURLToPath(new URL(`../../../packages/console/src/${name}`, import.meta.url)));
  const program = `
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve(name, context, next) {
          if (name === 'pg') throw Object.assign(new Error('there is no pg'), { code: 'ERR_MODULE_NOT_FOUND' });
          return next(name, context);
        },
      });
      const { openPostgresStore } = await import(${source('store/postgres/open-postgres.ts')});
      const opening = openPostgresStore({ address: 'postgres://u:s3cret@127.0.0.1:1/d', key: 'the-key-of-this-console' });
      await opening.catch(({ code, message, remedy }) => console.log([code, message, remedy].join('\\n')));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@convoy/source', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  assert.deepEqual(
    stdout.split('\n').slice(0, 3),
    [
      'CONSOLE_NO_STORE_DRIVER',
      'a store in PostgreSQL needs the package pg, which cannot be loaded',
      'Install it beside Convoy with `npm install pg`.',
    ],
    stderr,
  );
});
