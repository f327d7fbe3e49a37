/** PubSub between a TypeScript node and nodes that do what Phoenix.PubSub does, on the pg of each release. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atom, inspect, type Node, tuple } from '@convoy/node';
import { type PubSub, startPubSub } from '@convoy/node/pubsub';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { loadModule } from '../../support/erlang/modules/load-module.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const module = new URL('../../support/erlang/modules/phoenix_pg2.erl', import.meta.url);
const adapter = "'Elixir.MyApp.PubSub.Adapter'";
const plain = "'Elixir.Phoenix.PubSub'";

interface Scene {
  readonly a: ErlangNode;
  readonly b: ErlangNode;
  readonly node: Node;
  readonly pubsub: PubSub;
  readonly heard: string[];
}

/** Two nodes that run Phoenix.PubSub and subscribe to `t`, and one of ours. */
async function startScene(context: TestContext, release: OtpRelease, poolSize: number): Promise<Scene> {
  const cluster = await ErlangCluster.start({ cookie: 'pubsub-interop', release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const phoenix = async (name: string): Promise<ErlangNode> => {
    // Otherwise `global` separates the third node as well when one connection is lost.
    const args = ['-kernel', 'prevent_overlapping_partitions', 'false'];
    const erl = await cluster.erlang(name, { args });
    await loadModule(erl, module);
    await erl.eval(`phoenix_pg2:start(${adapter}, ${poolSize}), phoenix_pg2:subscribe(one, <<"t">>)`);
    return erl;
  };
  const [a, b, node] = await Promise.all([phoenix('a'), phoenix('b'), cluster.own('ts')]);
  const pubsub = await startPubSub(node, { name: 'MyApp.PubSub', poolSize });
  const heard: string[] = [];
  pubsub.subscribe('t', ({ message, from }) => heard.push(`${inspect(message)} ${from}`));
  await a.eval(`net_adm:ping('${b.name}')`);
  await node.connect(a.name);
  await node.connect(b.name);
  await eventuallyEqual(() => pubsub.nodes().sort(), [a.name, b.name]);
  for (const each of [a, b]) {
    const members = `length(pg:get_members(${plain}, ${adapter}))`;
    await eventuallyEqual(() => each.eval(members), '3');
  }
  return { a, b, node, pubsub, heard };
}

const heardBy = (erl: ErlangNode): Promise<string> => erl.eval('phoenix_pg2:heard(one)');

for (const release of testedReleases()) {
  describe(
    `PubSub with Phoenix.PubSub on OTP ${release}`,
    { skip: missingPeer(release), concurrency: 2 },
    () => {
      it('reaches the subscribers of all nodes once, and hears theirs', async (context) => {
        const { a, b, pubsub, heard, node } = await startScene(context, release, 1);
        pubsub.broadcast('t', tuple(atom('from_ts'), 1));
        pubsub.broadcast('unknown', 1);
        pubsub.broadcast('t', 'text');
        for (const each of [a, b]) {
          await eventuallyEqual(() => heardBy(each), '[{<<"t">>,{from_ts,1}},{<<"t">>,<<"text">>}]');
        }
        assert.deepEqual(heard, [`{:from_ts, 1} ${node.name}`, `"text" ${node.name}`]);
        await b.eval(`phoenix_pg2:broadcast(<<"t">>, {from_b, 2}, ${plain})`);
        await eventuallyEqual(() => heard.at(-1), `{:from_b, 2} ${b.name}`);
        await eventuallyEqual(async () => (await heardBy(a)).includes('{from_b,2}'), true);
      });

      it('reaches one node directly, and is reached directly whatever the pool', async (context) => {
        const { a, b, node, pubsub, heard } = await startScene(context, release, 3);
        pubsub.directBroadcast(a.name, 't', atom('to_a'));
        await eventuallyEqual(() => heardBy(a), '[{<<"t">>,to_a}]');
        // Each process of Phoenix chooses one of the groups.
        await b.eval(
          `[spawn(fun() -> phoenix_pg2:direct_broadcast('${node.name}', <<"t">>, N, ${plain}) end) || N <- lists:seq(1, 9)]`,
        );
        const direct = Array.from({ length: 9 }, (_, at) => `${at + 1} ${b.name}`);
        await eventuallyEqual(() => [...heard].sort(), direct);
        await b.eval(
          `[spawn(fun() -> phoenix_pg2:broadcast(<<"t">>, {all, N}, ${plain}) end) || N <- lists:seq(1, 9)]`,
        );
        await eventuallyEqual(() => heard.filter((text) => text.startsWith('{:all')).length, 9);
        assert.equal(await heardBy(b), '[]');
      });

      it('sends events of channels, and ends no process there', async (context) => {
        const { a, b, node, pubsub } = await startScene(context, release, 2);
        pubsub.broadcastEvent('t', 'new_msg', { body: 'hi' });
        await eventuallyEqual(() => heardBy(a), '[{<<"t">>,{event,<<"new_msg">>,#{body => <<"hi">>}}}]');
        node.disconnect(a.name);
        await eventuallyEqual(() => pubsub.nodes(), [b.name]);
        await node.connect(a.name);
        await eventuallyEqual(() => pubsub.nodes().length, 2);
        pubsub.broadcast('t', 'again');
        await eventuallyEqual(async () => (await heardBy(a)).endsWith(',{<<"t">>,<<"again">>}]'), true);
        pubsub.close();
        const ours = `length([P || P <- pg:get_members(${plain}, ${adapter}), node(P) =:= '${node.name}'])`;
        for (const each of [a, b]) {
          await eventuallyEqual(() => each.eval(ours), '0');
          assert.equal(await each.eval('phoenix_pg2:workers()'), '2');
        }
      });
    },
  );
}
