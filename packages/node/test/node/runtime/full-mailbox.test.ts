/** What happens when a process takes its messages more slowly than they come. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Node, type NodeEventName, type NodeEvents, type Process, subscribeEvent } from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';
import { eventually } from '../../../../../test/support/eventually.ts';

const megabyte = 1024 * 1024;
const bytes = new Uint8Array(megabyte);

function watch<Name extends NodeEventName>(name: Name): { readonly events: NodeEvents[Name][] } & Disposable {
  const events: NodeEvents[Name][] = [];
  const stop = subscribeEvent(name, (event) => events.push(event));
  return { events, [Symbol.dispose]: stop };
}

/** A process `slow` that takes nothing until it is told to, and then counts. */
function startSlow(node: Node): { go: () => void; readonly lengths: number[] } {
  const started = Promise.withResolvers<void>();
  const lengths: number[] = [];
  const body = async (self: Process): Promise<void> => {
    await started.promise;
    for (;;) lengths.push(((await self.receive()) as Uint8Array).length);
  };
  node.spawn(body, { name: 'slow' });
  return { go: started.resolve, lengths };
}

describe('a process that takes its messages too slowly', () => {
  test('slows the node that sends them and loses nothing, and the other traffic of that node passes', async () => {
    using full = watch('convoy:mailbox.full');
    using dropped = watch('convoy:message.dropped');
    await using cluster = createMemoryCluster();
    const limits = { maxMailboxBytes: 60 * megabyte };
    const receiver = await cluster.start('receiver', { hidden: true, limits });
    const sender = await cluster.start('sender', { hidden: true });
    sender.expose('m', { one: () => 1 });
    const slow = startSlow(receiver);
    const to = { name: 'slow', node: receiver.name };
    await sender.connect(receiver.name);
    let sent = 0;
    const all = (async () => {
      for (; sent < 90; sent += 1) await sender.sendWhenWritable(to, bytes);
    })();
    await eventually('the event', 30_000, () => full.events.length > 0);
    assert.equal(await receiver.rpc(sender.name, 'm', 'one', [], { timeoutMs: 20_000 }), 1);
    assert.ok(sent < 90, `${sent} of 90 sent`);
    const [first] = full.events;
    assert.deepEqual([first?.name, first?.peer, first?.active], ['slow', sender.name, true]);
    assert.ok((first?.bytes ?? 0) > 30 * megabyte && (first?.bytes ?? 0) < 32 * megabyte, `${first?.bytes}`);
    slow.go();
    await all;
    await eventually('all to arrive', 30_000, () => slow.lengths.length === 90);
    assert.equal(full.events.at(-1)?.active, false);
    assert.deepEqual(dropped.events, []);
  });

  test('with the option drop gets messages of other nodes up to the bound, and all of its own node', async () => {
    using full = watch('convoy:mailbox.full');
    using dropped = watch('convoy:message.dropped');
    await using cluster = createMemoryCluster();
    const limits = { maxMailboxBytes: 3 * megabyte, maxMailboxMessages: 20 };
    const receiver = await cluster.start('receiver', { hidden: true, limits, fullMailbox: 'drop' });
    const sender = await cluster.start('sender', { hidden: true });
    const slow = startSlow(receiver);
    for (let count = 0; count < 3; count += 1) sender.send({ name: 'slow', node: receiver.name }, bytes);
    sender.send({ name: 'slow', node: receiver.name }, bytes);
    await eventually('the fourth to be dropped', 30_000, () => dropped.events.length > 0);
    assert.deepEqual(
      dropped.events.map(({ reason, peer }) => [reason, peer]),
      [['limit', sender.name]],
    );
    for (let count = 0; count < 50; count += 1) receiver.send('slow', bytes);
    slow.go();
    await eventually('all others to arrive', 30_000, () => slow.lengths.length === 53);
    assert.deepEqual([dropped.events.length, full.events.length], [1, 0]);
  });

  test('releases the senders when it ends', async () => {
    using full = watch('convoy:mailbox.full');
    await using cluster = createMemoryCluster();
    const receiver = await cluster.start('receiver', { hidden: true, limits: { maxMailboxMessages: 10 } });
    const sender = await cluster.start('sender', { hidden: true });
    startSlow(receiver);
    for (let count = 0; count < 8; count += 1) sender.send({ name: 'slow', node: receiver.name }, count);
    await eventually('the event', 30_000, () => full.events.length > 0);
    const pid = receiver.processes.whereis('slow');
    assert.ok(pid !== undefined);
    receiver.processes.exit(pid, 'enough');
    await eventually('its end', 30_000, () => full.events.length > 1);
    assert.deepEqual(
      full.events.map(({ active }) => active),
      [true, false],
    );
  });
});
