import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../src/testing.ts';
import { atom, inspect, Pid, type Term, tuple } from '../../src/etf/index.ts';
import { subscribeEvent } from '../../src/events.ts';
import { defaultLimits } from '../../src/limits.ts';
import { ProcessTable } from '../../src/process/process-table.ts';
import type { Process } from '../../src/process/process.ts';
import { settle, startProbe, Wires } from './table-fixture.ts';

const newTable = (): ProcessTable => new Wires().table('a@h');

test('a function process receives in order and selectively', async () => {
  const table = newTable();
  const got: Term[] = [];
  const pid = table.spawn(async (self) => {
    got.push(await self.receive({ match: (message) => message === 3 }));
    got.push(await self.receive(), await self.receive());
  });
  for (const message of [1, 2, 3]) table.sendAs(pid, pid, message);
  await settle();
  assert.deepEqual(got, [3, 1, 2]);
  assert.equal(table.find(pid), undefined, 'the process ends when its function does');
});

test('receive gives up after its time and by its signal, and a second one at once', async () => {
  const clock = new ManualClock();
  const router = {
    sendMessage: () => undefined,
    answerMessage: () => undefined,
    sendPriority: () => undefined,
    sendExit: () => undefined,
    sendSignal: () => undefined,
    sendWhenWritable: () => Promise.resolve(),
    holdBack: () => undefined,
    release: () => undefined,
  };
  const table = new ProcessTable({
    node: 'a@h',
    creation: 4,
    limits: defaultLimits,
    clock,
    router,
    randomWord: () => 0,
  });
  const codes: unknown[] = [];
  const abort = new AbortController();
  table.spawn(async (self) => {
    const waiting = self.receive({ timeoutMs: 50 });
    await self.receive().catch((error: { code: string }) => codes.push(error.code));
    await waiting.catch((error: { code: string }) => codes.push(error.code));
    await self.receive({ signal: abort.signal }).catch((error: unknown) => codes.push(error));
  });
  await settle();
  clock.advance(50);
  await settle();
  abort.abort('enough');
  await settle();
  assert.deepEqual(codes, ['RECEIVE_BUSY', 'RECEIVE_TIMEOUT', 'enough']);
});

test('a process that is killed while it waits unwinds its function', async () => {
  const table = newTable();
  const steps: string[] = [];
  const pid = table.spawn(async (self) => {
    self.signal.addEventListener('abort', () => steps.push('aborted'));
    try {
      await self.receive();
    } catch (error) {
      steps.push((error as { code: string }).code);
    } finally {
      steps.push('finally');
    }
    assert.throws(() => self.send(self.pid, 1), { code: 'PROCESS_DEAD' });
    steps.push('over');
  });
  await settle();
  table.signal('a@h', { kind: 'PAYLOAD_EXIT2', from: pid, to: pid }, atom('kill'));
  await settle();
  assert.deepEqual(steps, ['aborted', 'PROCESS_DEAD', 'finally', 'over']);
});

test('a function that throws exits with the error, which is published', async () => {
  const table = newTable();
  const watcher = startProbe(table);
  const crashes: unknown[] = [];
  const stop = subscribeEvent('convoy:process.crashed', (event) => crashes.push(event));
  const error = new TypeError('broken');
  const pid = table.spawn(() => Promise.reject(error), { name: 'fragile' });
  const ref = watcher.self.monitor(pid);
  await settle();
  stop();
  const reason = tuple(tuple(atom('convoy_error'), null, 'broken'), []);
  assert.deepEqual(watcher.messages, [tuple(atom('DOWN'), ref, atom('process'), pid, reason)]);
  assert.deepEqual(crashes, [{ node: 'a@h', pid: pid.toString(), name: 'fragile', error }]);
  assert.equal(table.findRegistered('fragile'), undefined);
});

test('self.exit ends the process with its reason and is not a crash', async () => {
  const table = newTable();
  const watcher = startProbe(table);
  const crashes: unknown[] = [];
  const stop = subscribeEvent('convoy:process.crashed', (event) => crashes.push(event));
  const pid = table.spawn((self) => self.exit(atom('enough')));
  const ref = watcher.self.monitor(pid);
  await settle();
  stop();
  assert.deepEqual(watcher.messages, [tuple(atom('DOWN'), ref, atom('process'), pid, atom('enough'))]);
  assert.deepEqual(crashes, []);
});

test('a server gets messages and trapped exits in order, one at a time', async () => {
  const table = newTable();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  let isFirst = true;
  const pid = table.spawnServer({
    async onMessage(_self, message) {
      log.push(`begin ${inspect(message)}`);
      if (isFirst) await gate.promise;
      isFirst = false;
      log.push(`end ${inspect(message)}`);
    },
    onExitSignal: (_self, _from, reason) => void log.push(`exit ${inspect(reason, { syntax: 'erlang' })}`),
    onTerminate: (reason) => log.push(`over ${inspect(reason, { syntax: 'erlang' })}`),
  });
  const other = startProbe(table);
  other.self.send(pid, 1);
  other.self.exitSignal(pid, atom('knock'));
  other.self.send(pid, 2);
  await settle();
  assert.deepEqual(log, ['begin 1']);
  gate.resolve();
  await settle();
  other.self.exitSignal(pid, atom('kill'));
  assert.deepEqual(log, ['begin 1', 'end 1', 'exit knock', 'begin 2', 'end 2', 'over killed']);
});

test('a server whose callback throws ends', async () => {
  const table = newTable();
  const boom = (): never => {
    throw new Error('boom');
  };
  const pids = [table.spawnServer({ onMessage: boom }), table.spawnServer({ onMessage: async () => boom() })];
  for (const pid of pids) table.sendAs(pid, pid, 1);
  await settle();
  assert.equal(table.size, 0);
});

test('two processes that message each other endlessly do not stop the event loop', async () => {
  const table = newTable();
  const bounce = async (self: Process): Promise<void> => {
    for (;;) {
      const peer = await self.receive();
      if (peer instanceof Pid) self.send(peer, self.pid);
    }
  };
  const [one, two] = [table.spawn(bounce), table.spawn(bounce)];
  const echo = table.spawnServer({ onMessage: (self) => self.send(self.pid, 1) });
  table.sendAs(one, two, one);
  table.sendAs(one, echo, 1);
  for (let turn = 0; turn < 10; turn += 1) await settle();
  table.close();
  assert.equal(table.size, 0);
});

test('names: one process each, given back when it ends', () => {
  const table = newTable();
  const { pid, self } = startProbe(table, { name: 'one' });
  assert.equal(table.findRegistered('one')?.pid, pid);
  assert.throws(() => startProbe(table, { name: 'one' }), { code: 'PROCESS_NAME_TAKEN' });
  assert.equal(table.size, 1, 'the process that could not get the name does not live');
  assert.throws(() => table.register('two', pid), { code: 'PROCESS_NAME_TAKEN' });
  assert.throws(() => table.register('', pid), { code: 'PROCESS_BAD_NAME' });
  assert.throws(() => self.exit(1));
  assert.equal(table.findRegistered('one'), undefined);
  assert.throws(() => table.register('one', pid), { code: 'PROCESS_DEAD' });
});

test('drops and publishes messages without a receiver or over the limit', async () => {
  const wires = new Wires();
  const table = wires.table('a@h', { maxMailboxMessages: 2 });
  const sender = startProbe(wires.table('b@h'));
  const pid = table.spawn(async (self) => {
    await new Promise((resolve) => self.signal.addEventListener('abort', resolve));
  });
  const reasons: string[] = [];
  const stop = subscribeEvent('convoy:message.dropped', (event) => reasons.push(event.reason));
  for (const message of [1, 2, 3]) sender.self.send(pid, message);
  sender.self.send({ name: 'nobody', node: 'a@h' }, 1);
  wires.flush();
  stop();
  assert.deepEqual(reasons, ['limit', 'no-receiver']);
  table.close();
});

test('starts no more processes than the limit, and none when closed', () => {
  const table = new Wires().table('a@h', { maxProcesses: 1 });
  startProbe(table);
  assert.throws(() => startProbe(table), { code: 'PROCESS_LIMIT' });
  table.close();
  assert.throws(() => startProbe(table), { code: 'NODE_CLOSED' });
});

test('group leaders are inherited from the node and set by signals', () => {
  const table = newTable();
  const leader = startProbe(table);
  table.defaultGroupLeader = leader.pid;
  const { self, pid } = startProbe(table);
  assert.equal(self.groupLeader, leader.pid);
  table.signal('a@h', { kind: 'GROUP_LEADER', from: pid, to: pid });
  assert.equal(self.groupLeader, pid);
});

test('a server takes what the network brings before the next read, however much that is', async () => {
  const table = newTable();
  let count = 0;
  const pid = table.spawnServer({ onMessage: () => void (count += 1) });
  const far = new Pid('b@h', 1, 0, 1);
  for (let read = 1; read <= 5; read += 1) {
    for (let message = 0; message < 1500; message += 1) table.deliverRemote(pid, message, far, far.node);
    await Promise.resolve();
    assert.equal(count, read * 1500, 'in microtasks, as the turn that reads goes on');
  }
});

test('receives look at a long queue once, and not at all for the answer to a new reference', async () => {
  const table = newTable();
  const done = Promise.withResolvers<{ function: number; reference: number }>();
  table.spawn(async (self) => {
    const asked = { function: 0, reference: 0 };
    for (let number = 0; number < 20_000; number += 1) self.send(self.pid, number);
    for (let number = 0; number < 500; number += 1) self.send(self.pid, `late ${number}`);
    const isText = (message: Term): boolean => (asked.function += 1) > 0 && typeof message === 'string';
    for (let number = 0; number < 500; number += 1) {
      assert.equal(await self.receive({ match: isText }), `late ${number}`);
    }
    for (let number = 0; number < 500; number += 1) {
      const ref = self.makeRef();
      self.send(self.pid, ref);
      const match = (message: Term): boolean => (asked.reference += 1) > 0 && message === ref;
      assert.equal(await self.receive({ match, since: ref }), ref);
    }
    assert.equal(await self.receive(), 0);
    done.resolve(asked);
  });
  const { function: byFunction, reference: byReference } = await done.promise;
  assert.ok(byFunction <= 20_500, `${byFunction} comparisons by one function`);
  assert.ok(byReference <= 1000, `${byReference} comparisons by a reference`);
});
