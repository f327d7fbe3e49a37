/** What is not the Node.js that the packages ask for: older ones get one sentence; the library runs on Bun and Deno, the command says that it does not. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ErlangCluster } from '../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { onlyInAll, someOf } from '../support/extent.ts';
import { publishedDoors } from '../support/packed/prepared.ts';
import {
  bun,
  deno,
  missingRuntime,
  newestNode,
  oldestNode,
  outdatedNodes,
  ownNode,
} from '../support/packed/runtimes.ts';
import { Stranger } from '../support/packed/stranger.ts';

/** A node with everything that Bun and Deno could do differently: sockets, timers, digests, processes, large messages. */
const program = `
import assert from 'node:assert/strict';
import { atom, startNode, tuple } from '@convoy/node';

const node = await startNode({ name: 'web@127.0.0.1', cookie: process.env.COOKIE ?? '', epmd: 'system' });
await node.connect('app@127.0.0.1');
assert.deepEqual(node.list(), ['app@127.0.0.1']);
assert.equal(await node.rpc('app@127.0.0.1', 'lists', 'sum', [[1, 2, 3]]), 6);
node.expose('convoy_math', { add: (a: number, b: number) => a + b });
const back = [atom(node.name), atom('convoy_math'), atom('add'), [40, 2]];
assert.equal(await node.rpc('app@127.0.0.1', 'rpc', 'call', back), 42);
const received = Promise.withResolvers<unknown>();
node.register('printer', node.spawn(async (self) => received.resolve(await self.receive())));
await node.rpc('app@127.0.0.1', 'erlang', 'send', [tuple(atom('printer'), atom(node.name)), atom('hi')]);
assert.equal(await received.promise, atom('hi'));
const large = new Uint8Array(5_000_000).fill(7);
assert.deepEqual(await node.rpc('app@127.0.0.1', 'erlang', 'iolist_to_binary', [large]), large);
await node.close();
console.log('all good');
`;

describe('what the packages run on', () => {
  for (const runtime of someOf(outdatedNodes, 2)) {
    test(`${runtime.name} is told what the command needs`, { skip: missingRuntime(runtime) }, async () => {
      await using stranger = await Stranger.on(runtime);
      const { text, code } = await stranger.runConvoy(['up']).ended();
      assert.match(text, /^convoy: Node\.js 22\.18 or later is needed; this is \d+\.\d+\.\d+ \(\/\S+\)\n$/);
      assert.equal(code, 2);
    });
  }

  for (const runtime of [bun, deno]) {
    test(
      `${runtime.name} is told that the command needs Node.js`,
      { skip: missingRuntime(runtime) },
      async () => {
        await using stranger = await Stranger.on(runtime);
        const { text, code } = await stranger.runConvoy(['up']).ended();
        assert.match(
          text,
          /^convoy: Node\.js 22\.18 or later is needed; this is (?:Bun|Deno) \S+, on which [^\n]+\n$/,
        );
        assert.equal(code, 2);
      },
    );
  }

  for (const runtime of [bun, deno, oldestNode]) {
    const skip = missingRuntime(runtime) || missingPeer();
    test(`a node on ${runtime.name} is a member of an Erlang cluster`, { skip }, async () => {
      await using cluster = await ErlangCluster.start({ cookie: 'runtimes-interop' });
      await cluster.erlang('app');
      await using stranger = await Stranger.on(runtime);
      const env = { COOKIE: 'runtimes-interop', ERL_EPMD_PORT: String(cluster.epmdPort) };
      const { text, code } = await stranger.run([stranger.write('web.ts', program)], { env }).ended();
      assert.match(text, /all good\n$/);
      assert.equal(code, 0);
    });
  }

  for (const runtime of [oldestNode, ownNode, newestNode]) {
    const skip = runtime === oldestNode ? false : onlyInAll();
    test(`every door opens on ${runtime.name}`, { skip: skip || missingRuntime(runtime) }, async () => {
      await using stranger = await Stranger.on(runtime);
      const imports = publishedDoors().map((door) => `await import('${door}');`);
      const script = stranger.write('doors.mjs', `${imports.join('\n')}\nconsole.log('open');\n`);
      const { text, code } = await stranger.run([script]).ended();
      assert.equal(text, 'open\n');
      assert.equal(code, 0);
    });
  }
});
