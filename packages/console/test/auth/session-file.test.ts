import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SessionFile } from '../../src/auth/session-file.ts';
import { sessionIdleMs, sessionMaxMs, SessionTable } from '../../src/auth/session-table.ts';
import { attack } from '../../../../test/support/attack.ts';

const token = 'a-token-of-some-length';
let folder: string;
let file: string;
let failures: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-sessions-'));
  file = join(folder, 'sessions.json');
  failures = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As after a start of the console at `now`. */
function start(now: number, secret: string = token): { sessions: SessionTable; id: string } {
  const store = new SessionFile({ file, token: secret, now, onFailure: (_, text) => failures.push(text) });
  return { sessions: new SessionTable(store), id: store.id };
}

test('a session goes on after a restart, under the same public id', () => {
  const first = start(1000);
  const { secret, session } = first.sessions.open(1000);
  const second = start(2000);
  assert.equal(second.sessions.find(secret, 2000)?.label, session.label);
  assert.equal(second.id, first.id);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('idle time and age go on counting over restarts', () => {
  const { sessions } = start(0);
  const idle = sessions.open(0);
  assert.equal(start(sessionIdleMs + 1).sessions.find(idle.secret, sessionIdleMs + 1), undefined);
  let now = 0;
  let { secret } = sessions.open(0);
  for (; now <= sessionMaxMs - sessionIdleMs; now += sessionIdleMs) {
    const table = start(now).sessions;
    assert.ok(table.find(secret, now), `at ${now}`);
    table.flush(now);
  }
  assert.equal(start(sessionMaxMs + 1).sessions.find(secret, sessionMaxMs + 1), undefined);
  ({ secret } = sessions.open(now));
  assert.ok(start(now).sessions.find(secret, now));
});

test('the last use is kept without a clean end, to the minute', () => {
  const { sessions } = start(0);
  const { secret } = sessions.open(0);
  assert.ok(sessions.find(secret, 600_000));
  const [saved] = JSON.parse(readFileSync(file, 'utf8')).sessions;
  assert.equal(saved.seenAt, 600_000);
});

test('another token ends every session', () => {
  const { secret } = start(0).sessions.open(0);
  assert.equal(start(0, 'another-token-in-the-file').sessions.find(secret, 0), undefined);
  assert.equal(start(0).sessions.find(secret, 0), undefined, 'and the old token brings no session back');
});

test('a file that makes no sense counts as none', () => {
  for (const content of ['', '{}', '{"id":"x"', '[]', '{"id":"00000000","token":"","sessions":[{}]}']) {
    writeFileSync(file, content);
    const { secret } = start(0).sessions.open(0);
    assert.ok(start(0).sessions.find(secret, 0), content);
  }
  assert.deepEqual(failures, []);
});

test('a disk that takes nothing costs the restart, not the login', () => {
  rmSync(folder, { recursive: true });
  const { sessions } = start(0);
  const { secret } = sessions.open(0);
  assert.ok(sessions.find(secret, 0));
  assert.match(failures.join(), /cannot be saved/);
  mkdirSync(folder);
});

attack(
  'Login and sockets',
  'the cookie of a session that was logged out opens nothing after a restart',
  () => {
    const { sessions } = start(0);
    const [kept, ended] = [sessions.open(0), sessions.open(0)];
    assert.ok(sessions.end(ended.secret, 0));
    const again = start(0).sessions;
    assert.equal(again.find(ended.secret, 0), undefined);
    assert.ok(again.find(kept.secret, 0));
  },
);

attack(
  'Login and sockets',
  'a logout on a full disk holds after a restart, at the cost of all sessions',
  () => {
    const { sessions } = start(0);
    const { secret } = sessions.open(0);
    // The draft cannot be written where a folder is.
    mkdirSync(`${file}.${process.pid}`);
    writeFileSync(join(`${file}.${process.pid}`, 'x'), '');
    assert.ok(sessions.end(secret, 0));
    assert.ok(!existsSync(file));
    rmSync(`${file}.${process.pid}`, { recursive: true });
    assert.equal(start(0).sessions.find(secret, 0), undefined);
  },
);

attack('Login and sockets', 'nothing in the session file can be used to log in', () => {
  const { sessions } = start(0);
  const { secret } = sessions.open(0);
  const content = readFileSync(file, 'utf8');
  assert.ok(!content.includes(secret) && !content.includes(token));
  for (const { digest } of JSON.parse(content).sessions) assert.equal(sessions.find(digest, 0), undefined);
});
