import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  clearNodesFolder,
  identityOf,
  isSameProcess,
  newKeptId,
  readExit,
  readIdentity,
  runningNames,
  writeIdentity,
} from '../../../src/platforms/local/kept-folder.ts';

async function inFolder(body: (parent: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'convoy-kept-'));
  try {
    await body(parent);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The folder of a node that is this process. */
async function runningFolder(parent: string, name: string): Promise<string> {
  const id = newKeptId(name);
  mkdirSync(join(parent, id));
  const identity = identityOf(name, process.pid);
  assert.ok(identity !== undefined);
  await writeIdentity(join(parent, id), identity);
  return id;
}

test('tells the process of a node from a later one with the same id', () =>
  inFolder(async (parent) => {
    const id = await runningFolder(parent, 'web@127.0.0.1');
    const identity = await readIdentity(join(parent, id));
    assert.equal(identity?.name, 'web@127.0.0.1');
    assert.ok(isSameProcess(identity));
    assert.ok(!isSameProcess({ ...identity, startedAt: 'before-that' }));
    assert.equal(identityOf('web@127.0.0.1', 2 ** 30), undefined);
  }));

test('makes nothing of files that are missing or damaged', () =>
  inFolder(async (parent) => {
    assert.equal(await readIdentity(parent), undefined);
    for (const text of ['', '[]', '{"name":1,"pid":2,"startedAt":"3"}', 'null', '{"name":']) {
      writeFileSync(join(parent, 'process'), text);
      assert.equal(await readIdentity(parent), undefined, text);
    }
    assert.equal((await readExit(parent)).reason, 'its exit status is not known');
    writeFileSync(join(parent, 'exit'), '137\n');
    assert.deepEqual(await readExit(parent), { signal: 'SIGKILL', isDeliberate: false });
    writeFileSync(join(parent, 'exit'), '0\n');
    assert.deepEqual(await readExit(parent), { code: 0, isDeliberate: true });
  }));

test('names the nodes that run, also those that are not remembered', () =>
  inFolder(async (parent) => {
    await runningFolder(parent, 'web@127.0.0.1');
    const ended = newKeptId('gone@127.0.0.1');
    mkdirSync(join(parent, ended));
    await writeIdentity(join(parent, ended), {
      name: 'gone@127.0.0.1',
      pid: process.pid,
      startedAt: 'before',
    });
    assert.deepEqual(await runningNames(parent), ['web@127.0.0.1']);
    assert.deepEqual(await runningNames(join(parent, 'missing')), []);
  }));

test('removes what ended nodes left, and keeps what runs or is remembered', () =>
  inFolder(async (parent) => {
    const running = await runningFolder(parent, 'web@127.0.0.1');
    const [remembered, ended] = [newKeptId('one@127.0.0.1'), newKeptId('two@127.0.0.1')];
    for (const name of [remembered, ended, 'mortal@127.0.0.1']) mkdirSync(join(parent, name));
    writeFileSync(join(parent, 'a-file'), '');
    await clearNodesFolder(parent, (id) => id === remembered);
    assert.deepEqual(readdirSync(parent).toSorted(), [running, remembered].toSorted());
    await clearNodesFolder(join(parent, 'new'), () => false);
    assert.deepEqual(readdirSync(join(parent, 'new')), []);
  }));

test('gives every launch a folder of its own, whose name is safe in a path', () => {
  const [one, other] = [newKeptId('web@127.0.0.1'), newKeptId('web@127.0.0.1')];
  assert.match(one, /^web-[0-9a-f]{8}$/);
  assert.notEqual(one, other);
  assert.match(newKeptId(`${'x'.repeat(63)}@127.0.0.1`), /^x{40}-[0-9a-f]{8}$/);
});
