/**
 * What becomes of messages between nodes of which one is too slow: a real Erlang node that is suspended keeps its connections and reads
 * nothing, and a process of ours takes nothing.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Node, type NodeEvents, subscribeEvent, type Term, type Tuple, tuple } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

type Dropped = NodeEvents['convoy:message.dropped'];

const megabyte = 1024 * 1024;
const bytes = new Uint8Array(megabyte);
const messages = 100;

/** Remembers the numbers of what it gets, and every node that goes down. */
const sink = `register(sink, spawn(fun() -> net_kernel:monitor_nodes(true, [{node_type, all}]), (fun L(Got) ->
  receive {get, From} -> From ! {got, lists:reverse(Got)}, L(Got);
          {nodedown, _, _} -> L([down | Got]);
          {N, _} when is_integer(N) -> L([N | Got]);
          _ -> L(Got) end end)([]) end))`;

for (const release of testedReleases()) {
  describe(`a suspended node of OTP ${release}`, { skip: missingPeer(release, 'erl') }, () => {
    let cluster: ErlangCluster;
    let erlang: ErlangNode;
    let node: Node;

    before(async () => {
      cluster = await ErlangCluster.start({ cookie: 'suspended-interop', release });
      erlang = await cluster.erlang(`slow${release}`);
      node = await cluster.own(`fast${release}`, {
        hidden: true,
        limits: { maxSendQueueBytes: 32 * megabyte, maxMailboxBytes: 60 * megabyte },
      });
      await erlang.eval(sink);
    });
    after(() => cluster[Symbol.asyncDispose]());

    const got = async (): Promise<string[]> => {
      const text = await erlang.eval('(fun() -> sink ! {get, self()}, receive {got, Got} -> Got end end)().');
      return text
        .replaceAll(/[[\]]/g, '')
        .split(',')
        .filter((item) => item !== '');
    };

    test('every message that passes the bound is counted, and none arrives after a gap', async () => {
      const dropped: Dropped[] = [];
      const stop = subscribeEvent('convoy:message.dropped', (event) => dropped.push(event));
      await node.connect(erlang.name);
      const to = { name: 'sink', node: erlang.name };
      const down = new Promise<string>((resolve) => {
        node.onNodeDown((_name, reason) => resolve(reason));
      });
      process.kill(erlang.osPid, 'SIGSTOP');
      try {
        for (let number = 0; number < messages; number += 1) node.send(to, tuple(number, bytes));
        assert.equal(await down, 'CONNECTION_OVERFLOW');
      } finally {
        process.kill(erlang.osPid, 'SIGCONT');
        stop();
      }
      await node.connect(erlang.name);
      node.send(to, tuple(messages, 'after'));
      await eventually('the later message to arrive', 30_000, async () =>
        (await got()).includes(String(messages)),
      );
      const arrived = await got();
      const before = arrived.slice(0, arrived.indexOf('down'));
      assert.deepEqual(arrived.slice(before.length), ['down', String(messages)]);
      // Those that had left this node may have arrived: the first ones, without a gap.
      assert.deepEqual(before, [...before.keys()].map(String));
      const lost = dropped.filter(({ peer }) => peer === erlang.name);
      assert.deepEqual(
        lost.map(({ reason }) => reason),
        ['overflow'],
      );
      const count = lost[0]?.count ?? 0;
      assert.ok(count <= messages);
      // What the operating system had accepted counts as sent, and a connection that ends may lose it: no more than its buffers hold.
      assert.ok(count + before.length >= messages - 12, `${count} lost, ${before.length} arrived`);
    });

    test('messages that wait for room all arrive once it goes on', async () => {
      await node.connect(erlang.name);
      const to = { name: 'sink', node: erlang.name };
      const dropped: Dropped[] = [];
      const stop = subscribeEvent('convoy:message.dropped', (event) => dropped.push(event));
      process.kill(erlang.osPid, 'SIGSTOP');
      let sent = 0;
      let all: Promise<unknown>;
      try {
        const numbers = Array.from({ length: messages }, (_, index) => 1000 + index);
        all = Promise.all(
          numbers.map((number) =>
            node.sendWhenWritable(to, tuple(number, bytes)).then(() => {
              sent += 1;
            }),
          ),
        );
        await eventually('the first to be sent', 30_000, () => sent > 0);
        assert.ok(sent < messages, `${sent} of ${messages} found room at a node that does not read`);
      } finally {
        process.kill(erlang.osPid, 'SIGCONT');
      }
      await all;
      await eventually('the last to arrive', 30_000, async () =>
        (await got()).includes(String(999 + messages)),
      );
      stop();
      const arrived = (await got()).filter((item) => Number(item) >= 1000);
      assert.deepEqual(
        arrived,
        Array.from({ length: messages }, (_, index) => String(1000 + index)),
      );
      assert.deepEqual(dropped, []);
    });
  });

  describe(
    `a sender of OTP ${release} to a process that takes nothing`,
    { skip: missingPeer(release, 'erl') },
    () => {
      let cluster: ErlangCluster;
      let erlang: ErlangNode;
      let node: Node;

      before(async () => {
        cluster = await ErlangCluster.start({ cookie: 'slowed-interop', release });
        erlang = await cluster.erlang(`flood${release}`);
        node = await cluster.own(`idle${release}`, {
          hidden: true,
          limits: { maxMailboxBytes: 60 * megabyte },
        });
      });
      after(() => cluster[Symbol.asyncDispose]());

      test('is slowed, and its other calls pass', async () => {
        const full: NodeEvents['convoy:mailbox.full'][] = [];
        const dropped: Dropped[] = [];
        const stops = [
          subscribeEvent('convoy:mailbox.full', (event) => full.push(event)),
          subscribeEvent('convoy:message.dropped', (event) => dropped.push(event)),
        ];
        await node.connect(erlang.name);
        const go = Promise.withResolvers<void>();
        const arrived: Term[] = [];
        node.spawn(
          async (self) => {
            await go.promise;
            for (;;) arrived.push(((await self.receive()) as unknown as Tuple).at(0));
          },
          { name: 'idle' },
        );
        node.expose('found', { one: () => 1 });
        const flood = `spawn(fun() -> [{idle, '${node.name}'} ! {N, <<0:${8 * megabyte}>>} || N <- lists:seq(1, 90)] end)`;
        await erlang.eval(`register(flood, ${flood})`);
        await eventually('the event', 30_000, () => full.length > 0);
        assert.equal(await erlang.eval(`erpc:call('${node.name}', found, one, [], 20000)`), '1');
        assert.notEqual(await erlang.eval('whereis(flood)'), 'undefined', 'the sender is suspended');
        go.resolve();
        await eventually('all to arrive', 30_000, () => arrived.length === 90);
        for (const stop of stops) stop();
        assert.deepEqual(
          arrived,
          Array.from({ length: 90 }, (_, index) => index + 1),
        );
        assert.deepEqual([full[0]?.active, full.at(-1)?.active, dropped.length], [true, false, 0]);
      });
    },
  );
}
