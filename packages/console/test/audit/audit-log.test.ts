import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuditFile } from '../../src/audit/audit-file.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { attack } from '../../../../test/support/attack.ts';
import { noSmallDisk, SmallDisk } from '../../../../test/support/small-disk.ts';

const actor = { label: 'token', address: '127.0.0.1' };

function inFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-audit-'));
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** Every line of the file; fails on one that is not JSON. */
function entriesOf(file: string): Entry[] {
  const text = readFileSync(file, 'utf8');
  assert.ok(text === '' || text.endsWith('\n'), 'the last line has an end');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

test('appends a line per deed to a file only its owner can read', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    for (const node of ['a@h', 'b@h']) {
      const log = new AuditLog(file);
      log.record('node.delete', actor, { node });
      log.close();
    }
    assert.deepEqual(
      entriesOf(file).map(({ at, ...entry }) => [typeof at, entry]),
      ['a@h', 'b@h'].map((node) => [
        'string',
        { event: 'node.delete', actor: 'token', address: '127.0.0.1', node },
      ]),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }));

test('a line that a crash has torn is closed before the next entry', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    writeFileSync(file, '{"event":"login"}\n{"event":"node.la');
    const log = new AuditLog(file);
    log.record('login', actor);
    log.close();
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.equal(lines[1], '{"event":"node.la');
    assert.equal(JSON.parse(lines[2] ?? '').event, 'login');
    assert.deepEqual(lines.slice(3), ['']);
  }));

test('takes no entry once it is closed', () =>
  inFolder((folder) => {
    const log = new AuditLog(join(folder, 'audit.jsonl'));
    log.close();
    assert.throws(() => log.record('node.launch', actor), { code: 'CONSOLE_AUDIT_FAILED' });
  }));

test('rotates by size, and keeps so many files', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    const log = new AuditFile(file, { maxBytes: 1000, keep: 2 });
    for (let number = 0; number < 100; number += 1) log.append({ number, text: 'x'.repeat(80) });
    log.close();
    const names = readdirSync(folder).sort((a, b) => a.localeCompare(b));
    assert.deepEqual(names, ['audit.1.jsonl', 'audit.2.jsonl', 'audit.jsonl']);
    const numbers = ['audit.2.jsonl', 'audit.1.jsonl', 'audit.jsonl'].flatMap((name) => {
      assert.ok(statSync(join(folder, name)).size <= 1000);
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
      return entriesOf(join(folder, name)).map(({ number }) => number);
    });
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, index) => 100 - numbers.length + index),
      'the newest entries, each once',
    );
  }));

test('gives up no older file for a rotation that fails', { skip: noSmallDisk }, () => {
  using disk = new SmallDisk(64, 6);
  const file = join(disk.path, 'audit.jsonl');
  const aside = join(disk.path, 'audit.1.jsonl');
  const log = new AuditFile(file, { maxBytes: 200, keep: 3 });
  for (const number of [1, 2]) log.append({ number, text: 'x'.repeat(150) });
  for (const name of ['a', 'b', 'c']) writeFileSync(join(disk.path, name), '');
  assert.throws(() => writeFileSync(join(disk.path, 'd'), ''), { code: 'ENOSPC' });
  for (const number of [3, 4, 5, 6]) log.append({ number, text: 'x'.repeat(150) });
  const numbers = [aside, file].flatMap((name) => entriesOf(name).map(({ number }) => number));
  assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6]);
  rmSync(join(disk.path, 'a'));
  log.append({ number: 7 });
  log.close();
  assert.deepEqual(
    entriesOf(file).map(({ number }) => number),
    [7],
    'and rotates when it can again',
  );
});

test('goes on in the same file when it cannot be put aside', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    const log = new AuditFile(file, { maxBytes: 200, keep: 1 });
    log.append({ text: 'x'.repeat(150) });
    rmSync(file);
    log.append({ text: 'y'.repeat(150) });
    log.close();
  }));

attack('Audit log', 'a flood of wrong logins is counted in a few entries, each refusal once', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    let now = 0;
    const log = new AuditLog(file, { now: () => now });
    const perSecond = 200;
    const seconds = 3600;
    for (let second = 0; second < seconds; second += 1) {
      now += 1000;
      for (let count = 0; count < perSecond; count += 1) log.refuse('10.0.0.1', 'CONSOLE_TOO_MANY');
      log.flush();
    }
    log.close();
    const entries = entriesOf(file);
    assert.ok(entries.length < 12, `${entries.length} entries`);
    assert.equal(
      entries.reduce((sum, { count = 1 }) => sum + Number(count), 0),
      perSecond * seconds,
    );
    assert.ok(entries.every(({ event }) => event === 'login.refused'));
  }),
);

attack('Audit log', 'wrong logins from very many addresses do not fill the log', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    let now = 0;
    const log = new AuditLog(file, { now: () => now });
    for (let address = 0; address < 100_000; address += 1) {
      now += 36;
      log.refuse(`2001:db8::${address.toString(16)}`, 'CONSOLE_WRONG_TOKEN');
      if (address % 100 === 0) log.flush();
    }
    log.close();
    assert.ok(statSync(file).size < 32_768, `${statSync(file).size} bytes in an hour`);
  }),
);

/** A disk whose last page the file fills but for a few bytes. */
function almostFull(disk: SmallDisk, file: string): void {
  const log = new AuditFile(file);
  log.append({ text: 'x'.repeat(3900) });
  log.close();
  disk.fill();
}

attack('Audit log', 'a disk that accepts only half an entry leaves no partial line', (context) => {
  if (noSmallDisk !== false) return context.skip(noSmallDisk);
  using disk = new SmallDisk(64);
  const file = join(disk.path, 'audit.jsonl');
  almostFull(disk, file);
  const log = new AuditLog(file);
  const long = 'y'.repeat(400);
  assert.throws(() => log.record('node.launch', actor, { name: long }), { code: 'CONSOLE_AUDIT_FAILED' });
  assert.equal(entriesOf(file).length, 1);
  log.record('node.delete', actor, { node: long });
  disk.free();
  log.record('node.launch', actor, { name: 'later@h' });
  log.close();
  assert.deepEqual(
    entriesOf(file).map(({ event }) => event),
    [undefined, 'node.delete', 'audit.gap', 'node.launch'],
  );
});

attack(
  'Audit log',
  'with a full disk, stopping and deleting work and are logged later, and nothing is started',
  (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    using disk = new SmallDisk(512);
    const file = join(disk.path, 'audit.jsonl');
    almostFull(disk, file);
    const log = new AuditLog(file);
    const told: (string | undefined)[] = [];
    log.subscribe((failure) => told.push(failure?.why));
    const name = 'z'.repeat(300);
    for (const event of ['node.launch', 'shell.open', 'shell.attach', 'host.connect', 'node.join'] as const) {
      assert.throws(() => log.record(event, actor, { name }), {
        code: 'CONSOLE_AUDIT_FAILED',
        message: /the disk is full; the request was not carried out/,
      });
    }
    assert.throws(() => log.record('railway.control', actor, { action: 'restart' }), {
      code: 'CONSOLE_AUDIT_FAILED',
    });
    for (const event of ['login', 'node.delete', 'shell.close', 'logout'] as const)
      log.record(event, actor, { name });
    log.record('railway.control', actor, { action: 'delete' });
    for (let count = 0; count < 1200; count += 1) log.record('node.delete', actor, { count });
    assert.deepEqual(told, ['the disk is full']);
    assert.ok(log.failure !== undefined);
    log.flush();
    assert.equal(told.length, 1);
    disk.free();
    log.flush();
    assert.deepEqual(told, ['the disk is full', undefined]);
    log.close();
    const entries = entriesOf(file).slice(1);
    assert.deepEqual(
      entries.slice(0, 5).map(({ event }) => event),
      ['login', 'node.delete', 'shell.close', 'logout', 'railway.control'],
    );
    assert.equal(entries.at(-1)?.['lost'], 205);
  },
);

test('a line torn on a full disk is closed when it cannot be taken back', () =>
  inFolder((folder) => {
    const file = join(folder, 'audit.jsonl');
    const log = new AuditFile(file);
    log.append({ a: 1 });
    log.close();
    appendFileSync(file, '{"torn');
    const next = new AuditFile(file);
    next.append({ b: 2 });
    next.append({ c: 3 });
    next.close();
    assert.deepEqual(readFileSync(file, 'utf8').split('\n'), ['{"a":1}', '{"torn', '{"b":2}', '{"c":3}', '']);
  }));
