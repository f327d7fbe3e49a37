/** What becomes of messages for a peer that takes them too slowly, or not at all. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Node, type NodeEvents, subscribeEvent, type Term } from '@convoy/node';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { eventually } from '../../../../../test/support/eventually.ts';

type Dropped = NodeEvents['convoy:message.dropped'];

const chunk = new Uint8Array(100_000);

/** Bytes whose first four are a number. */
function numbered(number: number): Uint8Array {
  const bytes = chunk.slice();
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberOf(message: Term): number {
  return new DataView((message as Uint8Array).slice().buffer).getUint32(0);
}

/** Keeps the numbers of what a process named `sink` gets. */
function startSink(node: Node): number[] {
  const got: number[] = [];
  node.spawnServer({ onMessage: (_self, message) => void got.push(numberOf(message)) }, { name: 'sink' });
  return got;
}

/** What the nodes drop from now on. */
function watchDropped(): { readonly dropped: Dropped[] } & Disposable {
  const dropped: Dropped[] = [];
  const stop = subscribeEvent('convoy:message.dropped', (event) => dropped.push(event));
  return { dropped, [Symbol.dispose]: stop };
}

async function startPair(
  cluster: MemoryCluster,
  limits: Parameters<MemoryCluster['start']>[1] = {},
): Promise<{ a: Node; b: Node; sink: { name: string; node: string } }> {
  const [a, b] = [await cluster.start('a', limits), await cluster.start('b')];
  await a.connect(b.name);
  return { a, b, sink: { name: 'sink', node: b.name } };
}

/** Hidden: `global` sends nothing of its own. */
const tight = { hidden: true, limits: { maxSendQueueBytes: 1_000_000, sendQueueHighWaterBytes: 200_000 } };

describe('more than the queue for a peer takes', () => {
  test('is told in one event with its count, and nothing follows a gap on the same connection', async () => {
    await using cluster = createMemoryCluster();
    using watched = watchDropped();
    const { a, b, sink } = await startPair(cluster, tight);
    const got = startSink(b);
    const down = new Promise<string>((resolve) => {
      a.onNodeDown((_name, reason) => resolve(reason));
    });
    for (let number = 0; number < 70; number += 1) a.send(sink, numbered(number));
    assert.equal(await down, 'CONNECTION_OVERFLOW');
    const [lost, ...others] = watched.dropped;
    assert.deepEqual([lost?.reason, lost?.count, lost?.peer, others.length], ['overflow', 70, b.name, 0]);
    assert.ok((lost?.bytes ?? 0) > 1_000_000, `${lost?.bytes} bytes`);
    a.send(sink, numbered(70));
    await eventually('the next message to arrive', 30_000, () => got.includes(70));
    assert.deepEqual(got, [70]);
  });

  test('is told when it was sent while the peer was being dialled, too', async () => {
    await using cluster = createMemoryCluster();
    using watched = watchDropped();
    const [a, b] = [await cluster.start('a', tight), await cluster.start('b')];
    const got = startSink(b);
    const sink = { name: 'sink', node: b.name };
    for (let number = 0; number < 30; number += 1) a.send(sink, numbered(number));
    await eventually('the event', 30_000, () => watched.dropped.length > 0);
    const [lost] = watched.dropped;
    assert.deepEqual([lost?.reason, lost?.count, watched.dropped.length], ['overflow', 30, 1]);
    await a.connect(b.name);
    a.send(sink, numbered(30));
    await eventually('the next message to arrive', 30_000, () => got.includes(30));
    assert.deepEqual(got, [30]);
  });

  test('is counted when a peer cannot be reached', async () => {
    await using cluster = createMemoryCluster();
    using watched = watchDropped();
    const a = await cluster.start('a');
    for (let count = 0; count < 20; count += 1) a.send({ name: 'x', node: 'gone@memory.test' }, chunk);
    await eventually('the event', 30_000, () => watched.dropped.length > 0);
    const [lost] = watched.dropped;
    assert.deepEqual([lost?.reason, lost?.count, watched.dropped.length], ['not-connected', 20, 1]);
    assert.ok((lost?.bytes ?? 0) >= 2_000_000);
  });
});

describe('a send that waits for room', () => {
  test('loses nothing and keeps the order, however many wait at once', async () => {
    await using cluster = createMemoryCluster();
    using watched = watchDropped();
    const { a, b, sink } = await startPair(cluster, tight);
    const got = startSink(b);
    const all = Array.from({ length: 100 }, (_, number) => a.sendWhenWritable(sink, numbered(number)));
    await Promise.all(all);
    await eventually('all to arrive', 30_000, () => got.length === 100);
    assert.deepEqual(got, [...got.keys()]);
    assert.deepEqual(watched.dropped, []);
  });

  test('waits for the room of a connection that is being made, and reaches local processes at once', async () => {
    await using cluster = createMemoryCluster();
    const [a, b] = [await cluster.start('a', tight), await cluster.start('b')];
    const got = startSink(b);
    const ours = startSink(a);
    const sink = { name: 'sink', node: b.name };
    await Promise.all(Array.from({ length: 30 }, (_, number) => a.sendWhenWritable(sink, numbered(number))));
    await eventually('all to arrive', 30_000, () => got.length === 30);
    assert.deepEqual(got, [...got.keys()]);
    await a.sendWhenWritable('sink', numbered(7));
    await eventually('the local one', 30_000, () => ours.length === 1);
  });

  test('ends with the reason of its signal, or with the connection', async () => {
    await using cluster = createMemoryCluster();
    const { a, b, sink } = await startPair(cluster, tight);
    startSink(b);
    for (let number = 0; number < 5; number += 1) a.send(sink, numbered(number));
    const controller = new AbortController();
    const aborted = a.sendWhenWritable(sink, chunk, { signal: controller.signal });
    const lost = a.sendWhenWritable(sink, chunk);
    controller.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    a.disconnect(b.name);
    await assert.rejects(lost, { name: 'ConnectionError', code: 'CONNECTION_CLOSED' });
    await assert.rejects(a.sendWhenWritable(sink, (() => 1) as unknown as Term), { name: 'EncodeError' });
    await assert.rejects(a.sendWhenWritable(sink, 1, { signal: controller.signal }), /enough/);
  });

  test('is one of a process, too, and ends with it', async () => {
    await using cluster = createMemoryCluster();
    const { a, b, sink } = await startPair(cluster, tight);
    const got = startSink(b);
    const ended = Promise.withResolvers<unknown>();
    a.spawn(async (self) => {
      for (let number = 0; number < 5; number += 1) self.send(sink, numbered(number));
      const waiting = self.sendWhenWritable(sink, numbered(5));
      waiting.catch(ended.resolve);
      self.exit(atom('enough'));
    });
    assert.equal(((await ended.promise) as { code?: string }).code, 'PROCESS_DEAD');
    const sent = Promise.withResolvers<void>();
    a.spawn(async (self) => {
      for (let number = 5; number < 40; number += 1) await self.sendWhenWritable(sink, numbered(number));
      sent.resolve();
    });
    await sent.promise;
    await eventually('all to arrive', 30_000, () => got.length === 40);
    assert.deepEqual(got, [...got.keys()]);
  });
});
