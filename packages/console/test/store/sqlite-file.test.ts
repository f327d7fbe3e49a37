import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSqlite } from '../../src/store/sqlite/load-sqlite.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import type { LaunchedNodeRecord, Store } from '../../src/store/store.ts';
import { noSmallDisk, SmallDisk } from '../../../../test/support/small-disk.ts';
import { launchedRecord } from '../../../../test/support/store/launched-record.ts';

const place = 'ssh://ops@db1';
const cookie = 'the-cookie-of-the-place';
const node: LaunchedNodeRecord = launchedRecord;

async function inFolder(body: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-store-'));
  try {
    await body(join(folder, 'store.sqlite'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function filledStore(file: string, count = 1): Promise<void> {
  const store = await openSqliteStore(file);
  for (let number = 0; number < count; number += 1)
    await store.launchedNodes.save(place, cookie, { ...node, name: `erlang-${number}@db1` });
  await store.close();
}

async function nodeNames(store: Store): Promise<string[]> {
  return (await store.launchedNodes.all()).flatMap(({ nodes }) => nodes.map(({ name }) => name)).sort();
}

test('a node that was launched before nodes could be kept does not live on, and joins the others', () =>
  inFolder(async (file) => {
    const [first] = Object.entries(migrations);
    assert.ok(first !== undefined);
    await (await openSqliteStore(file, Object.fromEntries([first]))).close();
    const { DatabaseSync } = loadSqlite();
    const db = new DatabaseSync(file);
    const { name, id, kind, port, osPid, linkCookie } = node;
    db.prepare(
      'insert into launched_nodes (place, name, id, kind, port, os_pid) values (?, ?, ?, ?, ?, ?)',
    ).run(...[place, name, id, kind, port, osPid]);
    const secret = db.prepare('insert into secrets (owner, name, value) values (?, ?, ?)');
    secret.run(place, 'cookie', cookie);
    secret.run(place, `link ${name}`, linkCookie);
    db.close();
    const store = await openSqliteStore(file);
    const migrated = { ...node, keep: false, join: true };
    assert.deepEqual(await store.launchedNodes.all(), [{ place, cookie, nodes: [migrated] }]);
    await store.close();
  }));

describe('the file of the store', () => {
  test('can be read by its owner alone, and so can its log', () =>
    inFolder(async (file) => {
      const mask = process.umask(0);
      try {
        await filledStore(file);
        chmodSync(file, 0o666);
        const store = await openSqliteStore(file);
        await store.launchedNodes.save(place, cookie, node);
        const names = readdirSync(join(file, '..'));
        assert.ok(names.includes('store.sqlite-wal'));
        for (const name of names) assert.equal(statSync(join(file, '..', name)).mode & 0o777, 0o600, name);
        await store.close();
      } finally {
        process.umask(mask);
      }
    }));

  test('is one file once the store is closed, without the secrets that were deleted', () =>
    inFolder(async (file) => {
      await filledStore(file, 3);
      const store = await openSqliteStore(file);
      assert.ok(readFileSync(file, 'latin1').includes(node.linkCookie));
      for (const name of await nodeNames(store)) await store.launchedNodes.delete(place, name);
      await store.close();
      assert.deepEqual(readdirSync(join(file, '..')), ['store.sqlite']);
      const bytes = readFileSync(file, 'latin1');
      assert.ok(!bytes.includes(node.linkCookie) && !bytes.includes(cookie));
    }));

  test('begins empty where the file was moved away, and its log is not lost', () =>
    inFolder(async (file) => {
      await filledStore(file, 5);
      const store = await openSqliteStore(file);
      await store.launchedNodes.save(place, cookie, node);
      const log = readFileSync(`${file}-wal`);
      await store.close();
      rmSync(file);
      writeFileSync(`${file}-wal`, log);
      const empty = await openSqliteStore(file);
      assert.deepEqual(await nodeNames(empty), []);
      await empty.close();
      assert.deepEqual(readFileSync(`${file}-wal.old`), log);
    }));

  test('is named when it cannot be used', () =>
    inFolder(async (file) => {
      mkdirSync(file);
      const code = 'CONSOLE_STORAGE_FAILED';
      await assert.rejects(openSqliteStore(file), {
        code,
        message: `cannot use ${file}: there is a folder where a file should be`,
      });
      await assert.rejects(openSqliteStore(join(file, 'no', 'store.sqlite')), {
        code,
        message: /store\.sqlite.*: its folder does not exist/,
      });
      assert.ok(!existsSync(join(file, 'no')));
    }));
});

describe('the file of a damaged store', () => {
  test('is refused, and stays as it is', () =>
    inFolder(async (file) => {
      await filledStore(file, 200);
      const sound = readFileSync(file);
      const torn = Buffer.from(sound);
      torn.fill(0xa5, 3 * 4096, 4 * 4096);
      const foreign = join(file, '..', 'foreign');
      const { DatabaseSync } = loadSqlite();
      const other = new DatabaseSync(foreign);
      other.exec('create table things (name text)');
      other.close();
      for (const [what, bytes, why] of [
        ['empty', Buffer.alloc(0), /the file is empty/],
        ['cut', sound.subarray(0, sound.length - 4096), /./],
        ['cut in its first page', sound.subarray(0, 2000), /./],
        ['text', Buffer.from('{"node":"convoy"}'.repeat(500)), /not a database/],
        ['zeros', Buffer.alloc(sound.length), /./],
        ['torn', torn, /./],
        ['of another program', readFileSync(foreign), /the database of another program/],
      ] as const) {
        writeFileSync(file, bytes);
        await assert.rejects(openSqliteStore(file), (error: Error & { code?: string; remedy?: string }) => {
          assert.equal(error.code, 'CONSOLE_STORE_DAMAGED', what);
          assert.ok(error.message.startsWith(`the store ${file} is damaged: `));
          assert.match(error.message, why);
          assert.match(error.remedy ?? '', /move the file away/);
          return true;
        });
        assert.deepEqual(readFileSync(file), bytes, what);
        // Reading leaves an index, and an empty log.
        assert.equal(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0, 0, what);
        const names = readdirSync(join(file, '..')).filter((name) => !/-(?:wal|shm)$/.test(name));
        assert.deepEqual(names.sort(), ['foreign', 'store.sqlite'], what);
      }
      writeFileSync(file, sound);
      const store = await openSqliteStore(file);
      assert.equal((await nodeNames(store)).length, 200);
      await store.close();
    }));

  test('is refused after its console was killed, and so is its log', () =>
    inFolder(async (file) => {
      await filledStore(file, 200);
      const store = await openSqliteStore(file);
      await store.launchedNodes.save(place, cookie, node);
      const copy = `${file}-copy`;
      for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
      await store.close();
      const torn = readFileSync(copy);
      torn.fill(0xa5, 3 * 4096, 4 * 4096);
      writeFileSync(copy, torn);
      const log = readFileSync(`${copy}-wal`);
      assert.ok(log.length > 0);
      await assert.rejects(openSqliteStore(copy), { code: 'CONSOLE_STORE_DAMAGED' });
      assert.deepEqual(readFileSync(copy), torn);
      assert.deepEqual(readFileSync(`${copy}-wal`), log);
    }));
});

describe('a store on a disk that is full', { skip: noSmallDisk }, () => {
  test('is not created, and leaves no draft', async () => {
    using disk = new SmallDisk(64);
    disk.fill();
    await assert.rejects(openSqliteStore(join(disk.path, 'store.sqlite')), {
      code: 'CONSOLE_STORAGE_FAILED',
      message: /the disk is full/,
    });
    assert.deepEqual(readdirSync(disk.path), ['filler']);
  });

  test('says so, loses nothing, and goes on when there is space again', async () => {
    using disk = new SmallDisk(512);
    const file = join(disk.path, 'store.sqlite');
    const store = await openSqliteStore(file);
    await store.launchedNodes.save(place, cookie, node);
    disk.fill();
    const saved = [node.name];
    let refused: (Error & { code?: string }) | undefined;
    // What is left of the last page of its log takes a few more.
    for (let number = 0; refused === undefined && number < 1000; number += 1) {
      const one = { ...node, name: `erlang-${number}@full` };
      try {
        await store.launchedNodes.save(place, cookie, one);
        saved.push(one.name);
      } catch (error) {
        refused = error as Error;
      }
    }
    assert.equal(refused?.code, 'CONSOLE_STORAGE_FAILED');
    assert.equal(refused.message, `cannot use ${file}: the disk is full`);
    assert.deepEqual(await nodeNames(store), [...saved].sort());
    disk.free();
    await store.launchedNodes.save(place, cookie, { ...node, name: 'erlang-9@after' });
    await store.close();
    const again = await openSqliteStore(file);
    assert.deepEqual(await nodeNames(again), [...saved, 'erlang-9@after'].sort());
    await again.close();
  });

  test('is not opened, and is whole when there is space again', async () => {
    using disk = new SmallDisk(512);
    const file = join(disk.path, 'store.sqlite');
    await filledStore(file, 5);
    disk.fill();
    // The index of its log needs 32 kB.
    await assert.rejects(openSqliteStore(file), {
      code: 'CONSOLE_STORAGE_FAILED',
      message: `cannot use ${file}: the disk is full`,
    });
    disk.free();
    const store = await openSqliteStore(file);
    assert.equal((await nodeNames(store)).length, 5);
    await store.close();
  });

  test('is refused on a read-only disk', async () => {
    using disk = new SmallDisk(512);
    const file = join(disk.path, 'store.sqlite');
    await filledStore(file);
    disk.setReadOnly();
    await assert.rejects(openSqliteStore(file), {
      code: 'CONSOLE_STORAGE_FAILED',
      message: /the file system is read-only/,
    });
  });
});

test('the warning of Node.js about SQLite is not printed, and others are', () => {
  const source = fileURLToPath(new URL('../../src/store/sqlite/load-sqlite.ts', import.meta.url));
  const program = `
    const { loadSqlite } = await import(${JSON.stringify(source)});
    new (loadSqlite().DatabaseSync)(':memory:').close();
    process.emitWarning('something else', 'ExperimentalWarning');
    process.emitWarning('SQLite is an experimental feature of ours');`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  const warnings = stderr.split('\n').filter((line) => line.includes('Warning:'));
  // Node.js 22 also warns that it strips types.
  const others = warnings.filter((line) => !line.includes('Type Stripping'));
  assert.equal(others.length, 2, stderr);
  assert.match(others[0] ?? '', /something else/);
});
