import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadSessions } from '../../src/auth/saved-sessions.ts';
import { sessionIdleMs, sessionMaxMs, SessionTable } from '../../src/auth/session-table.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { attack } from '../../../../test/support/attack.ts';
import { noSmallDisk, SmallDisk } from '../../../../test/support/small-disk.ts';

const token = 'a-token-of-some-length';
let folder: string;
let failures: string[];
const open: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-sessions-'));
  failures = [];
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function closeAll(): Promise<void> {
  for (const store of open.splice(0)) await store.close();
}

/** As after a start of the console at `now`, with the key that the data directory would have. */
async function start(
  now: number,
  { secret = token, key = 'the-key', at = folder } = {},
): Promise<SessionTable> {
  await closeAll();
  const store = await openSqliteStore(join(at, 'store.sqlite'));
  open.push(store);
  const onFailure = (_: unknown, text: string): void => void failures.push(text);
  return new SessionTable(
    await loadSessions({ store, token: secret, key, keyFile: join(at, 'session-key'), onFailure, now }),
  );
}

test('a session goes on after a restart', async () => {
  const { secret, session } = (await start(1000)).open(1000);
  const second = await start(2000);
  assert.equal(second.find(secret, 2000)?.label, session.label);
});

test('idle time and age go on counting over restarts', async () => {
  const idle = (await start(0)).open(0);
  assert.equal((await start(sessionIdleMs + 1)).find(idle.secret, sessionIdleMs + 1), undefined);
  let now = 0;
  let { secret } = (await start(0)).open(0);
  for (; now <= sessionMaxMs - sessionIdleMs; now += sessionIdleMs) {
    const table = await start(now);
    assert.ok(table.find(secret, now), `at ${now}`);
    await table.flush(now);
  }
  assert.equal((await start(sessionMaxMs + 1)).find(secret, sessionMaxMs + 1), undefined);
  ({ secret } = (await start(now)).open(now));
  assert.ok((await start(now)).find(secret, now));
});

test('the last use is kept without a clean end, to the minute', async () => {
  const { secret } = (await start(0)).open(0);
  const used = sessionIdleMs - 1;
  const table = await start(0);
  assert.ok(table.find(secret, used));
  await table.saved;
  assert.ok((await start(used)).find(secret, used + sessionIdleMs - 1));
});

test('a clock that was set back does not extend a session', async () => {
  const { secret } = (await start(sessionMaxMs)).open(sessionMaxMs);
  assert.equal((await start(0)).find(secret, 0), undefined);
});

test('another token ends every session', async () => {
  const { secret } = (await start(0)).open(0);
  const other = await start(0, { secret: 'another-token-in-the-file' });
  assert.equal(other.find(secret, 0), undefined);
  assert.equal((await start(0)).find(secret, 0), undefined, 'and the old token brings no session back');
});

test('another key ends every session', async () => {
  const { secret } = (await start(0)).open(0);
  assert.equal((await start(0, { key: 'another-key' })).find(secret, 0), undefined);
});

test('when the store cannot be written, that costs the restart, not the login', async () => {
  const sessions = await start(0);
  await closeAll();
  const { secret } = sessions.open(0);
  await sessions.saved;
  assert.ok(sessions.find(secret, 0));
  assert.match(failures.join(), /cannot be saved/);
});

attack(
  'Login and sockets',
  'the cookie of a session that was logged out opens nothing after a restart',
  async () => {
    const sessions = await start(0);
    const [kept, ended] = [sessions.open(0), sessions.open(0)];
    assert.ok(sessions.end(ended.secret));
    const again = await start(0);
    assert.equal(again.find(ended.secret, 0), undefined);
    assert.ok(again.find(kept.secret, 0));
  },
);

attack(
  'Login and sockets',
  'a logout on a full disk holds after a restart, at the cost of all sessions',
  async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    using disk = new SmallDisk(1024);
    const key = join(disk.path, 'session-key');
    writeFileSync(key, 'the-key');
    const first = await start(0, { at: disk.path });
    const all = Array.from({ length: 100 }, () => first.open(0));
    // After a restart, the log is short: it has to grow.
    const sessions = await start(0, { at: disk.path });
    assert.deepEqual(failures, []);
    disk.fill();
    // What is left of the last page of the log takes a few more.
    let count = 0;
    while (failures.length === 0 && count < all.length - 1) {
      assert.ok(sessions.end(all[count]?.secret ?? ''));
      count += 1;
      await sessions.saved;
    }
    assert.match(failures[0] ?? '', /cannot be saved/);
    // As the data directory does when the key is missing.
    assert.ok(!existsSync(key));
    await assert.doesNotReject(closeAll());
    disk.free();
    const again = await start(0, { at: disk.path, key: 'another-key' });
    for (const { secret } of all) assert.equal(again.find(secret, 0), undefined);
    await closeAll();
  },
);

test('a logout that is saved later, when there is space again, ends only its session', async (context) => {
  if (noSmallDisk !== false) return context.skip(noSmallDisk);
  using disk = new SmallDisk(1024);
  const first = await start(0, { at: disk.path });
  const all = Array.from({ length: 100 }, () => first.open(0).secret);
  const sessions = await start(0, { at: disk.path });
  assert.deepEqual(failures, []);
  disk.fill();
  const ended: string[] = [];
  while (failures.length === 0) {
    const secret = all.pop() ?? '';
    assert.ok(sessions.end(secret));
    ended.push(secret);
    await sessions.saved;
  }
  disk.free();
  await sessions.flush(1);
  assert.equal(readFileSync(join(disk.path, 'session-key'), 'utf8'), 'the-key');
  const again = await start(0, { at: disk.path });
  for (const secret of ended) assert.equal(again.find(secret, 0), undefined);
  for (const secret of all) assert.ok(again.find(secret, 0));
  await closeAll();
});

attack('Login and sockets', 'nothing in the store can be used to log in', async () => {
  const sessions = await start(0);
  const { secret } = sessions.open(0);
  await sessions.saved;
  await closeAll();
  assert.deepEqual(readdirSync(folder), ['store.sqlite']);
  const content = readFileSync(join(folder, 'store.sqlite'), 'latin1');
  assert.ok(!content.includes(secret) && !content.includes(token));
  const digests = [...content.matchAll(/[0-9a-f]{64}/g)].map(([digest]) => digest);
  assert.ok(digests.length > 0);
  const again = await start(0);
  for (const digest of digests) assert.equal(again.find(digest, 0), undefined);
});
