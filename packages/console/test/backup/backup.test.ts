import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
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
import { backUpConsole, restoreConsole } from '@convoy/console/backup';
import { openSavedState, type SavedState } from '../../src/saved-state/open-saved-state.ts';
import { storeFile } from '../../src/saved-state/open-store.ts';
import { DataDirectory } from '../../src/server/data-directory.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import { attack } from '../../../../test/support/attack.ts';
import { noSmallDisk, SmallDisk } from '../../../../test/support/small-disk.ts';
import { launchedRecord as node } from '../../../../test/support/store/launched-record.ts';

const host = 'ssh://ops@db1';

/** A data directory that a console uses. */
interface Running {
  readonly directory: DataDirectory;
  readonly state: SavedState;
  close(): Promise<void>;
}

interface World extends Disposable {
  readonly folder: string;
  readonly dataDir: string;
  readonly file: string;
  /** Opens a data directory as a console does. */
  open(dataDir?: string): Promise<Running>;
}

function makeWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-backup-'));
  const dataDir = join(folder, 'state');
  return {
    folder,
    dataDir,
    file: join(folder, 'backup'),
    async open(path = dataDir) {
      const directory = DataDirectory.open(path);
      const { token, sessionKey } = directory;
      const state = await openSavedState({ path, token, sessionKey, logger: { warn: () => undefined } });
      return {
        directory,
        state,
        async close() {
          await state.close();
          directory.release();
        },
      };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** A backup of a running console with one node and one session, which then goes on with another node. */
async function makeBackup({ open, dataDir, file }: World): Promise<{ identity: object; secret: string }> {
  const { state, close } = await open();
  const { secret } = state.sessions.open(Date.now());
  await state.audit.add([{ at: 1, actor: 'token', act: 'login', text: '{"event":"login"}' }], 10);
  await state.nodes.add(host, 'the-cookie-of-the-host', node);
  await backUpConsole({ dataDir, file });
  await state.nodes.add(host, 'the-cookie-of-the-host', { ...node, name: 'later@db1.internal' });
  await close();
  return { identity: state.identity, secret };
}

describe('a backup', () => {
  test('of a console that runs is restored in another directory, with token and cookie', async () => {
    using world = makeWorld();
    const { identity } = await makeBackup(world);
    const other = join(world.folder, 'other');
    assert.deepEqual(await restoreConsole({ dataDir: other, file: world.file }), {
      previous: undefined,
      nodes: 1,
    });
    assert.equal(statSync(other).mode & 0o777, 0o700);
    for (const name of ['store.sqlite', 'token', 'cookie']) {
      assert.equal(statSync(join(other, name)).mode & 0o777, 0o600, name);
    }
    for (const name of ['token', 'cookie']) {
      assert.equal(
        readFileSync(join(other, name), 'utf8'),
        readFileSync(join(world.dataDir, name), 'utf8'),
        name,
      );
    }
    const { state, close } = await world.open(other);
    assert.deepEqual(state.identity, identity);
    const [entry, ...others] = await state.audit.find({ limit: 2 });
    assert.deepEqual([entry?.text, others.length], ['{"event":"login"}', 0]);
    assert.deepEqual(state.nodes.place(host), {
      place: host,
      cookie: 'the-cookie-of-the-host',
      nodes: [node],
    });
    await close();
    const restored = readFileSync(storeFile(other), 'latin1');
    assert.ok(!restored.includes(readFileSync(join(other, 'token'), 'utf8')), 'they are files again');
  });

  test('is one file for its owner alone, and can be read from a read-only disk', async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    using world = makeWorld();
    const mask = process.umask(0);
    try {
      await makeBackup(world);
    } finally {
      process.umask(mask);
    }
    assert.equal(statSync(world.file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(world.folder).sort(), ['backup', 'state']);
    using disk = new SmallDisk(512);
    copyFileSync(world.file, join(disk.path, 'backup'));
    disk.setReadOnly();
    const { nodes } = await restoreConsole({ dataDir: world.dataDir, file: join(disk.path, 'backup') });
    assert.equal(nodes, 1);
  });

  test('keeps the previous state beside the restored one', async () => {
    using world = makeWorld();
    await makeBackup(world);
    writeFileSync(join(world.dataDir, 'token'), 'another-token-than-before');
    writeFileSync(join(world.dataDir, 'links.json'), '{"of": "an older version"}');
    const { previous = '' } = await restoreConsole({ dataDir: world.dataDir, file: world.file });
    assert.match(previous, /state\/before-restore-[\dTZ-]+$/);
    assert.equal(statSync(previous).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(previous).sort(), ['cookie', 'links.json', 'store.sqlite', 'token']);
    for (const name of readdirSync(previous)) {
      assert.equal(statSync(join(previous, name)).mode & 0o777, 0o600, name);
    }
    assert.equal(readFileSync(join(previous, 'token'), 'utf8'), 'another-token-than-before');
    assert.ok(!existsSync(join(world.dataDir, 'links.json')));
    const store = await openSqliteStore(join(previous, 'store.sqlite'));
    assert.equal((await store.launchedNodes.all())[0]?.nodes.length, 2);
    await store.close();
    const { state, close } = await world.open();
    assert.equal(state.nodes.place(host)?.nodes.length, 1);
    await close();
  });

  test('replaces a store that is damaged, and keeps that with its log', async () => {
    using world = makeWorld();
    await makeBackup(world);
    writeFileSync(storeFile(world.dataDir), 'not a database');
    writeFileSync(`${storeFile(world.dataDir)}-wal`, 'not a log');
    const { previous = '' } = await restoreConsole({ dataDir: world.dataDir, file: world.file });
    assert.equal(readFileSync(join(previous, 'store.sqlite'), 'utf8'), 'not a database');
    assert.equal(readFileSync(join(previous, 'store.sqlite-wal'), 'utf8'), 'not a log');
    const { state, close } = await world.open();
    assert.equal(state.nodes.place(host)?.nodes.length, 1);
    await close();
  });

  attack(
    'Login and sockets',
    'a session that ended after the backup opens nothing after the backup is restored',
    async () => {
      using world = makeWorld();
      const { secret } = await makeBackup(world);
      const first = await world.open();
      assert.ok(first.state.sessions.find(secret, Date.now()), 'the restart ended no session');
      assert.ok(first.state.sessions.end(secret));
      await first.close();
      // What a copy made by hand would bring back.
      copyFileSync(storeFile(world.dataDir), join(world.folder, 'copy'));
      for (const file of [world.file, join(world.folder, 'copy')]) {
        await restoreConsole({ dataDir: world.dataDir, file });
        const { state, close } = await world.open();
        assert.equal(state.sessions.find(secret, Date.now()), undefined);
        await close();
      }
    },
  );
});

describe('a backup that cannot be made', () => {
  const code = 'CONSOLE_BACKUP_FAILED';

  test('replaces no file', async () => {
    using world = makeWorld();
    await (await world.open()).close();
    writeFileSync(world.file, 'something else');
    await assert.rejects(backUpConsole(world), { code, message: `${world.file} already exists` });
    assert.equal(readFileSync(world.file, 'utf8'), 'something else');
  });

  test('needs a store, which it does not create', async () => {
    using world = makeWorld();
    await assert.rejects(backUpConsole(world), { code, message: `there is no store in ${world.dataDir}` });
    assert.ok(!existsSync(world.dataDir));
  });

  test('leaves nothing on a full disk or in a folder that does not exist', async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    using world = makeWorld();
    await (await world.open()).close();
    using disk = new SmallDisk(64);
    disk.fill();
    const { dataDir } = world;
    const file = join(disk.path, 'backup');
    await assert.rejects(backUpConsole({ dataDir, file }), {
      code,
      message: `cannot write the backup ${file}: the disk is full`,
    });
    assert.deepEqual(readdirSync(disk.path), ['filler']);
    const lost = join(world.folder, 'no', 'backup');
    await assert.rejects(backUpConsole({ dataDir, file: lost }), {
      code,
      message: `cannot write the backup ${lost}: its folder does not exist`,
    });
  });

  test('says so of a store that is damaged or newer', async () => {
    using world = makeWorld();
    await (await world.open()).close();
    const file = storeFile(world.dataDir);
    const later = { ...migrations, '9999-later': { up: () => Promise.resolve() } };
    await (await openSqliteStore(file, later)).close();
    await assert.rejects(backUpConsole(world), {
      code: 'CONSOLE_STORE_NEWER',
      message: `the store ${file} was written by a newer version of Convoy (9999-later)`,
    });
    writeFileSync(file, 'not a database');
    await assert.rejects(backUpConsole(world), {
      code: 'CONSOLE_STORE_DAMAGED',
      message: `the store ${file} is damaged: file is not a database`,
    });
    assert.deepEqual(readdirSync(world.folder), ['state']);
  });
});

describe('a backup that cannot be restored', () => {
  /** Everything in the data directory, to show that nothing has changed. */
  function contentOf(dataDir: string): Record<string, string> {
    const names = readdirSync(dataDir).filter((name) => name !== 'lock' && !/-(?:wal|shm)$/.test(name));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(dataDir, name), 'latin1')]));
  }

  test('changes nothing while a console uses the directory', async () => {
    using world = makeWorld();
    await makeBackup(world);
    const { close } = await world.open();
    const before = contentOf(world.dataDir);
    await assert.rejects(restoreConsole(world), { code: 'CONSOLE_ALREADY_RUNNING' });
    assert.deepEqual(contentOf(world.dataDir), before);
    await close();
    await restoreConsole(world);
    await (await world.open()).close();
  });

  test('changes nothing when it is not one', async () => {
    using world = makeWorld();
    await makeBackup(world);
    const before = contentOf(world.dataDir);
    const refused = async (file: string, message: RegExp, code = 'CONSOLE_BACKUP_FAILED'): Promise<void> => {
      await assert.rejects(restoreConsole({ ...world, file }), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(error.message.includes(file), 'the file is named, not its copy');
        return true;
      });
      assert.deepEqual(contentOf(world.dataDir), before);
    };
    await refused(join(world.folder, 'none'), /does not exist$/);
    await refused(world.folder, /is not a file$/);
    const sound = readFileSync(world.file);
    const bad = join(world.folder, 'bad');
    for (const bytes of [Buffer.alloc(0), Buffer.from('not a database'), sound.subarray(0, 5000)]) {
      writeFileSync(bad, bytes);
      await refused(bad, /cannot be used: /);
      await assert.rejects(restoreConsole({ dataDir: join(world.folder, 'new'), file: bad }));
      assert.ok(!existsSync(join(world.folder, 'new')));
    }
    writeFileSync(bad, sound);
    const forged = await openSqliteStore(bad);
    await forged.directorySecrets.save({ token: 'a token\r\nwith: a header' });
    await forged.close();
    await refused(bad, /cannot be used: secrets\.value has an invalid value$/);
    writeFileSync(bad, sound);
    const later = { ...migrations, '9999-later': { up: () => Promise.resolve() } };
    await (await openSqliteStore(bad, later)).close();
    await refused(bad, /was written by a newer version of Convoy$/, 'CONSOLE_STORE_NEWER');
  });

  test('changes nothing on a full disk', async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    using world = makeWorld();
    await makeBackup(world);
    using disk = new SmallDisk(512);
    const dataDir = join(disk.path, 'state');
    await (await world.open(dataDir)).close();
    const before = contentOf(dataDir);
    disk.fill();
    await assert.rejects(restoreConsole({ dataDir, file: world.file }), {
      code: 'CONSOLE_STORAGE_FAILED',
      message: /the disk is full/,
    });
    assert.deepEqual(contentOf(dataDir), before);
  });

  test('says so when it may not be read', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root may read everything');
    using world = makeWorld();
    await makeBackup(world);
    chmodSync(world.file, 0o000);
    await assert.rejects(restoreConsole(world), {
      code: 'CONSOLE_BACKUP_FAILED',
      message: /permission denied/,
    });
  });
});
