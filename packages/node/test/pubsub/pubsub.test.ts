/** PubSub between nodes of ours, in memory, and its messages byte for byte as Phoenix.PubSub sends and accepts them. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { atom, inspect, type Node, Pid, type Term, TermMap, tuple } from '@convoy/node';
import { encode } from '@convoy/node/etf';
import { type PubSub, type PubSubOptions, startPubSub, type TopicMessage } from '@convoy/node/pubsub';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { attack } from '../../../../test/support/attack.ts';
import { eventuallyEqual } from '../../../../test/support/eventually.ts';
import { adapterGroups, forwardMessage, parseForwarded } from '../../src/pubsub/pubsub-messages.ts';
import { decodeFrame, encodeFrame } from '../distribution/frame-bytes.ts';
import { RawPeer } from '../node/raw-peer.ts';
import { phoenix } from '../pg/captured-messages.ts';

const name = 'MyApp.PubSub';

let cluster: MemoryCluster;
beforeEach(() => {
  cluster = createMemoryCluster();
});
afterEach(() => cluster.close());

async function start(
  at: string,
  options: Partial<PubSubOptions> = {},
): Promise<{ node: Node; pubsub: PubSub; heard: string[] }> {
  const node = await cluster.start(at);
  const pubsub = await startPubSub(node, { name, ...options });
  const heard: string[] = [];
  pubsub.subscribe('topic:1', log(heard));
  return { node, pubsub, heard };
}

const log =
  (heard: string[]) =>
  ({ message, from }: TopicMessage): void =>
    void heard.push(`${inspect(message)} ${from}`);

async function connect(a: { node: Node; pubsub: PubSub }, b: { node: Node; pubsub: PubSub }): Promise<void> {
  await a.node.connect(b.node.name);
  await eventuallyEqual(() => [a.pubsub.nodes(), b.pubsub.nodes()], [[b.node.name], [a.node.name]]);
}

describe('the message of Phoenix.PubSub', () => {
  it('is the one that Phoenix sends', () => {
    const { control, payload } = decodeFrame(phoenix.broadcast);
    const forwarded = parseForwarded(payload);
    assert.deepEqual(forwarded, {
      topic: 'topic:1',
      message: tuple(atom('hello'), 1),
      dispatcher: 'Elixir.Phoenix.PubSub',
    });
    assert.equal(encodeFrame({ control, payload: forwardMessage(forwarded) }), phoenix.broadcast);
  });

  it('is the one that Phoenix accepts', () => {
    const message = tuple(atom('from_ts'), 1);
    const term = forwardMessage({ topic: 'topic:1', message, dispatcher: 'Elixir.Phoenix.PubSub' });
    assert.equal(Buffer.from(encode(term).subarray(1)).toString('hex'), phoenix.acceptedPayload);
  });

  it('goes to the groups that Phoenix names', () => {
    assert.deepEqual(adapterGroups('MyApp.PubSub', 1), ['Elixir.MyApp.PubSub.Adapter']);
    assert.deepEqual(adapterGroups('Elixir.MyApp.PubSub', 3), [
      'Elixir.MyApp.PubSub.Adapter',
      'Elixir.MyApp.PubSub.Adapter_2',
      'Elixir.MyApp.PubSub.Adapter_3',
    ]);
  });

  it('is ignored in any other shape', () => {
    const label = atom('forward_to_local');
    const others: Term[] = [
      atom('x'),
      tuple(label, 'topic', 1),
      tuple(label, 1, 1, atom('M')),
      tuple(label, 'topic', 1, 'M'),
      tuple(label, new Uint8Array([0xff]), 1, atom('M')),
    ];
    for (const term of others) assert.equal(parseForwarded(term), undefined);
  });
});

describe('a PubSub', () => {
  it('reaches the subscribers of a topic on all nodes, in order', async () => {
    const [a, b, c] = [await start('a'), await start('b', { poolSize: 3 }), await start('c')];
    await connect(a, b);
    await c.node.connect(a.node.name);
    await eventuallyEqual(() => a.pubsub.nodes().length, 2);
    b.pubsub.subscribe('topic:2', log(b.heard));
    for (let count = 1; count <= 3; count += 1) a.pubsub.broadcast('topic:1', count);
    a.pubsub.broadcast('topic:2', 'other');
    const three = ['1', '2', '3'].map((count) => `${count} ${a.node.name}`);
    await eventuallyEqual(() => b.heard, [...three, `"other" ${a.node.name}`]);
    await eventuallyEqual(() => c.heard, three);
    assert.deepEqual(a.heard, three);
  });

  it('leaves the sender out on request, and reaches one node or only its own', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await connect(a, b);
    const own: string[] = [];
    const listener = log(own);
    const unsubscribe = a.pubsub.subscribe('topic:1', listener);
    a.pubsub.broadcastFrom(listener, 'topic:1', 'others');
    a.pubsub.localBroadcast('topic:1', 'local');
    a.pubsub.directBroadcast(b.node.name, 'topic:1', 'direct');
    a.pubsub.directBroadcast(a.node.name, 'topic:1', 'to itself');
    await eventuallyEqual(() => b.heard, [`"others" ${a.node.name}`, `"direct" ${a.node.name}`]);
    assert.deepEqual(own, [`"local" ${a.node.name}`, `"to itself" ${a.node.name}`]);
    unsubscribe();
    unsubscribe();
    a.pubsub.localBroadcast('topic:1', 'last');
    assert.equal(own.length, 2);
    assert.equal(a.heard.length, 4);
  });

  it('sends to processes what Phoenix sends them: the message', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await connect(a, b);
    const got: Term[] = [];
    const pid = b.node.spawnServer({ onMessage: (_self, message) => void got.push(message) });
    b.pubsub.subscribeProcess('topic:1', pid);
    const unsubscribe = b.pubsub.subscribeProcess('topic:1', pid);
    a.pubsub.broadcast('topic:1', atom('one'));
    await eventuallyEqual(() => got, [atom('one'), atom('one')]);
    unsubscribe();
    a.pubsub.broadcast('topic:1', atom('two'));
    await eventuallyEqual(() => got.length, 3);
    b.node.processes.exit(pid, atom('kill'));
    a.pubsub.broadcast('topic:1', atom('three'));
    await eventuallyEqual(() => b.heard.length, 3);
    assert.equal(got.length, 3);
  });
});

describe('a PubSub beside others', () => {
  it('broadcasts events of channels as Phoenix does', async () => {
    const raw = await RawPeer.start();
    await using _ = raw;
    const pubsub = await startPubSub(raw.node, { name });
    const heard: Term[] = [];
    pubsub.subscribe('room:1', ({ message }) => heard.push(message));
    pubsub.broadcastEvent('room:1', 'new_msg', { body: 'hi' });
    const [message] = heard;
    assert.ok(message instanceof TermMap);
    assert.equal(message.get(atom('__struct__')), atom('Elixir.Phoenix.Socket.Broadcast'));
    assert.deepEqual([message.get(atom('topic')), message.get(atom('event'))], ['room:1', 'new_msg']);
  });

  it('shares the scope of its node with others, until the last is closed', async () => {
    const node = await cluster.start('a');
    const first = await startPubSub(node, { name: 'First' });
    const second = await startPubSub(node, { name: 'Second' });
    await assert.rejects(startPubSub(node, { name: 'Second' }), { code: 'PROCESS_NAME_TAKEN' });
    first.close();
    first.close();
    assert.throws(() => first.broadcast('t', 1), { code: 'PUBSUB_CLOSED' });
    second.broadcast('t', 1);
    second.close();
    assert.deepEqual(
      node.processes.registered().filter((registered) => registered.startsWith('Elixir.')),
      [],
    );
    const again = await startPubSub(node, { name: 'First' });
    await node.close();
    assert.throws(() => again.subscribe('t', () => undefined), { code: 'PUBSUB_CLOSED' });
  });

  it('refuses what would harm the other nodes, and sends nothing then', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await connect(a, b);
    const topics = ['x'.repeat(40_000), '\ud800', 1 as unknown as string];
    for (const topic of topics)
      assert.throws(() => a.pubsub.broadcast(topic, 1), { code: 'PUBSUB_BAD_TOPIC' });
    assert.throws(() => a.pubsub.broadcast('topic:1', 1, { dispatcher: '' }), {
      code: 'PUBSUB_BAD_DISPATCHER',
    });
    assert.throws(() => a.pubsub.broadcast('topic:1', (() => 1) as unknown as Term), {
      code: 'ENCODE_UNSUPPORTED',
    });
    a.pubsub.broadcast('topic:1', 'fine');
    await eventuallyEqual(() => b.heard, [`"fine" ${a.node.name}`]);
    assert.equal(a.heard.length, 1);
    await assert.rejects(startPubSub(a.node, { name: '' }), { code: 'PUBSUB_BAD_NAME' });
    await assert.rejects(startPubSub(a.node, { name, poolSize: 0 }), { code: 'PUBSUB_BAD_POOL' });
  });

  attack(
    'Forged senders',
    'a broadcast with the pid of another node comes from the node that sent it',
    async () => {
      const raw = await RawPeer.start();
      await using _ = raw;
      const pubsub = await startPubSub(raw.node, { name });
      const heard: string[] = [];
      pubsub.subscribe('topic:1', log(heard));
      const message = tuple(new Pid('third@memory.test', 1, 0, 1), atom('hello'));
      const payload = forwardMessage({ topic: 'topic:1', message, dispatcher: 'Elixir.Phoenix.PubSub' });
      const to = 'Elixir.MyApp.PubSub.Adapter';
      for (const sent of [atom('garbage'), payload])
        raw.connection.send({ kind: 'REG_SEND', from: raw.pid(1), to }, sent);
      await eventuallyEqual(() => heard.length, 1);
      assert.match(heard[0] ?? '', / raw@memory\.test$/);
    },
  );
});
