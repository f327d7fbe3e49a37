/** A console that gets its store in PostgreSQL, and back: nothing is lost on the way, and nothing comes back that has ended. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { backUpConsole, restoreConsole } from '@convoy/console/backup';
import {
  openSavedState,
  type SavedState,
} from '../../../packages/console/src/saved-state/open-saved-state.ts';
import { storeFile } from '../../../packages/console/src/saved-state/open-store.ts';
import { DataDirectory } from '../../../packages/console/src/server/data-directory.ts';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import { onlyInAll } from '../../support/extent.ts';
import { missingPostgres } from '../../support/network/postgres-server.ts';
import { postgresDatabases } from '../../support/store/postgres-database.ts';
import { launchedRecord as node } from '../../support/store/launched-record.ts';

const makeDatabase = postgresDatabases();
const host = 'ssh://ops@db1';
const cluster = {
  id: 'prod',
  label: 'Production',
  color: 'red',
  production: true,
  acting: false,
  attached: { request: '{}', owner: undefined, cookie: 'the-cookie-of-the-cluster' },
} as const;

interface Running {
  readonly state: SavedState;
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** Opens a data directory as a console does, with a store in PostgreSQL or without. */
async function open(path: string, address?: string): Promise<Running> {
  const directory = DataDirectory.open(path);
  const warnings: string[] = [];
  try {
    const { token, sessionKey } = directory;
    const logger = { warn: (_: object, message: string) => void warnings.push(message) };
    const state = await openSavedState({ path, token, sessionKey, address, logger });
    return {
      state,
      warnings,
      async close() {
        await state.sessions.flush(Date.now());
        await state.close();
        directory.release();
      },
    };
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-moved-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A console with a node, a cluster and two sessions, whose secrets are returned. */
async function fill({ state }: Running): Promise<[string, string]> {
  await state.nodes.add(host, 'the-cookie-of-the-host', node);
  await state.clusters.save(cluster);
  await state.audit.add([{ at: 1, actor: 'token', act: 'login', text: '{"event":"login"}' }], 10);
  return [state.sessions.open(Date.now()).secret, state.sessions.open(Date.now()).secret];
}

async function assertFilled({ state }: Running): Promise<void> {
  const places = [{ place: host, cookie: 'the-cookie-of-the-host', nodes: [node] }];
  assert.deepEqual([state.nodes.place(host)], places);
  assert.deepEqual(await state.clusters.all(), [cluster]);
  assert.equal((await state.audit.find({ limit: 5 })).length, 1);
}

test('a directory whose store could not be reached is as it was', () =>
  inFolder(async (folder) => {
    const dataDir = join(folder, 'state');
    await assert.rejects(open(dataDir, 'postgres://127.0.0.1:1/convoy'), {
      code: 'CONSOLE_STORE_UNREACHABLE',
    });
    assert.ok(!existsSync(join(dataDir, 'store-key')));
    await (await open(dataDir)).close();
  }));

describe('a store that moves to PostgreSQL', { skip: onlyInAll(missingPostgres) }, () => {
  test('takes everything along, and ended sessions do not come back with the file', () =>
    inFolder(async (folder) => {
      await using database = await makeDatabase();
      const dataDir = join(folder, 'state');
      const before = await open(dataDir);
      const [stays, ends] = await fill(before);
      await before.close();

      const moved = await open(dataDir, database.address);
      assert.deepEqual(moved.state.identity, before.state.identity);
      await assertFilled(moved);
      assert.ok(moved.state.sessions.find(stays, Date.now()));
      assert.ok(moved.state.sessions.end(ends));
      await moved.close();
      assert.ok(!existsSync(storeFile(dataDir)));
      assert.equal(statSync(join(dataDir, 'store-key')).mode & 0o777, 0o600);

      const again = await open(dataDir, database.address);
      assert.deepEqual(again.state.identity, before.state.identity);
      assert.deepEqual(again.warnings, []);
      assert.ok(again.state.sessions.find(stays, Date.now()));
      assert.equal(again.state.sessions.find(ends, Date.now()), undefined);
      await again.close();
      const old = await openSqliteStore(`${storeFile(dataDir)}.moved`);
      assert.equal((await old.launchedNodes.all()).length, 1);
      await old.close();

      await assert.rejects(open(dataDir), {
        code: 'CONSOLE_BAD_OPTION',
        message: `the store of the console in ${dataDir} is in PostgreSQL`,
      });
      assert.ok(!existsSync(storeFile(dataDir)));
    }));

  test('is backed up, and restored to a file, from which another one begins', () =>
    inFolder(async (folder) => {
      await using database = await makeDatabase();
      const [dataDir, other, file] = ['state', 'other', 'backup'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const running = await open(dataDir, database.address);
      const { identity } = running.state;
      const [secret] = await fill(running);
      await assert.rejects(backUpConsole({ dataDir, file }), {
        code: 'CONSOLE_BACKUP_FAILED',
        message: `the store of the console in ${dataDir} is in PostgreSQL`,
      });
      await using wrong = await makeDatabase();
      await assert.rejects(backUpConsole({ dataDir, file, store: wrong.address }), {
        code: 'CONSOLE_BACKUP_FAILED',
        message: /has nothing of this console$/,
      });
      const made = await backUpConsole({ dataDir, file, store: database.address });
      assert.deepEqual([made.nodes, statSync(file).mode & 0o777], [1, 0o600]);
      assert.deepEqual(readdirSync(folder).sort(), ['backup', 'state']);
      await running.state.nodes.delete(host, node.name);
      await running.close();

      await restoreConsole({ dataDir: other, file });
      const elsewhere = await open(other);
      assert.deepEqual(elsewhere.state.identity, identity);
      await assertFilled(elsewhere);
      await elsewhere.close();

      const { previous = '' } = await restoreConsole({ dataDir, file });
      assert.ok(existsSync(join(previous, 'store-key')) && !existsSync(join(dataDir, 'store-key')));
      const restored = await open(dataDir, database.address);
      assert.deepEqual(restored.state.identity, identity);
      await assertFilled(restored);
      assert.equal(restored.state.sessions.find(secret, Date.now()), undefined);
      await restored.close();
    }));
});
