/** An error in one part of the console ends only that part; an error of the console itself shuts it down in order. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FaultKind } from '../../packages/console/src/fault-boundary.ts';
import { launchNode } from '../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../support/console/console-process.ts';
import { eventually } from '../support/eventually.ts';
import { ConsoleClient, type LiveClient } from '../support/console/live-client.ts';
import { processesWith } from '../support/processes.ts';

const plant = fileURLToPath(new URL('../support/console/planted-faults.mjs', import.meta.url));
let folder: string;
let flag: string;
let convoy: ConsoleProcess;
let client: ConsoleClient;
let node: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-faults-'));
  flag = join(folder, 'flag');
  const env = { NODE_OPTIONS: `--import ${plant}`, CONVOY_PLANTED_FLAG: flag };
  convoy = await startConsoleProcess({ env });
  client = new ConsoleClient(convoy.url);
  node = await launchNode(convoy, 'typescript');
});

after(async () => {
  await convoy?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function faultsOf(kind: FaultKind): Promise<number> {
  return (await client.ask('/api/state')).json.faults[kind];
}

/** Waits until exactly one more fault of that kind has been counted than `before`. */
async function oneMore(kind: FaultKind, before: number): Promise<void> {
  await eventually(`a fault of ${kind} to be counted`, 30_000, async () => (await faultsOf(kind)) > before);
  assert.equal(await faultsOf(kind), before + 1);
}

async function openShell(live: LiveClient, requestId: string): Promise<string> {
  live.send({ type: 'shell.open', requestId, node, cols: 80, rows: 24 });
  const { shell } = await live.message('shell.opened', (message) => message.requestId === requestId);
  await eventually(`a prompt of ${requestId}`, 30_000, () => live.shellText(shell.id).includes('>'));
  return shell.id;
}

async function expectAnswers(live: LiveClient, shellId: string, sum: number): Promise<void> {
  live.type(shellId, `${sum - 1000} + 1000\r`);
  await eventually(`${sum} in a shell`, 30_000, () => live.shellText(shellId).includes(String(sum)));
}

for (const [mark, how] of [
  ['plant-now', 'while a key is drawn'],
  ['plant-timer', 'in a timer'],
  ['plant-promise', 'in a promise that is not awaited'],
] as const) {
  test(`an error in a shell ${how} ends that shell; the other continues`, async () => {
    await using live = await client.live();
    await using viewer = await client.live();
    const faulty = await openShell(live, 'faulty');
    const other = await openShell(live, 'other');
    viewer.send({ type: 'shell.attach', requestId: 'look', shellId: faulty });
    await viewer.message('shell.snapshot');
    const before = await faultsOf('shell');
    live.type(faulty, mark);
    for (const one of [live, viewer]) {
      const { reason } = await one.message('shell.closed', ({ shellId }) => shellId === faulty);
      assert.match(reason, /an internal error of the console ended this shell/);
    }
    await oneMore('shell', before);
    assert.match(convoy.output(), new RegExp(`"message":"planted in a?.*"thing":"shell on ${node}"`));
    await expectAnswers(live, other, 4711);
    live.send({ type: 'shell.close', shellId: other });
    await live.message('shell.closed', ({ shellId }) => shellId === other);
  });
}

test('an error in a socket ends that socket; its shells continue', async () => {
  await using live = await client.live();
  await using other = await client.live();
  const shellId = await openShell(live, 'mine');
  const before = await faultsOf('socket');
  live.send({ type: 'shell.open', requestId: 'r', node: 'plant-stringify@h', cols: 80, rows: 24 });
  assert.equal((await live.closed).code, 1011);
  await oneMore('socket', before);
  other.send({ type: 'shell.attach', requestId: 'again', shellId });
  await other.message('shell.snapshot');
  await expectAnswers(other, shellId, 5822);
});

test('output that cannot be sent to one page ends its socket, not the shell', async () => {
  await using live = await client.live();
  const shellId = await openShell(live, 'mine');
  live.type(shellId, 'plant-output');
  assert.equal((await live.closed).code, 1011);
  await using again = await client.live();
  again.send({ type: 'shell.attach', requestId: 'again', shellId });
  await again.message('shell.snapshot');
  again.type(shellId, '\u0003');
  await expectAnswers(again, shellId, 6933);
});

test('an error in a log follower ends that follower, and is reported', async () => {
  await using live = await client.live();
  const shellId = await openShell(live, 'printing');
  live.send({ type: 'logs.follow', node, afterSeq: 0 });
  const before = await faultsOf('follower');
  live.type(shellId, `process.stdout.write('plant-' + 'stringify\\n')\r`);
  const { problem } = await live.message('problem');
  assert.match(problem.message, /the log of .* is no longer followed/);
  await oneMore('follower', before);
  await expectAnswers(live, shellId, 7044);
});

test('an error in a route ends that request', async () => {
  const before = await faultsOf('request');
  const answer = await client.ask('/api/nodes/plant-stringify@h/logs').catch(() => undefined);
  assert.ok(answer === undefined || answer.status === 500);
  await oneMore('request', before);
  assert.equal((await client.ask('/api/health')).status, 200);
});

test('an error in the poller ends one probe of a node; the next one follows', async () => {
  const statusOf = async (): Promise<string> =>
    (await client.ask('/api/nodes')).json.find(({ name }: { name: string }) => name === node).status;
  const before = await faultsOf('poller');
  writeFileSync(`${flag}-decode`, '');
  await eventually('two faults of the poller', 30_000, async () => (await faultsOf('poller')) >= before + 2);
  rmSync(`${flag}-decode`);
  await eventually('the node to be up again', 30_000, async () => (await statusOf()) === 'up');
});

test('an error of the console itself ends it and its nodes, and every line of the audit log is complete', async () => {
  // Not 'exit': its last output is read after that.
  const ended = once(convoy.process, 'close');
  writeFileSync(`${flag}-core`, '');
  const [code] = await ended;
  assert.equal(code, 70);
  assert.match(convoy.output(), /the console failed and is shutting down: planted in nobody’s timer/);
  assert.match(convoy.output(), /"msg":"an internal error outside of any request, shell or socket"/);
  const lines = readFileSync(join(convoy.dataDir, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
  assert.ok(lines.map((line) => JSON.parse(line)).some(({ event }) => event === 'node.launch'));
  const left = (): number[] =>
    processesWith(`ERL_EPMD_PORT=${convoy.epmdPort}`).filter((id) => id !== process.pid);
  await eventually('all nodes to go', 30_000, () => left().length === 0);
});
