/** How nodes connect, and what their frames look like. */

import assert from 'node:assert/strict';
import { atom, equals, type Term } from '@convoy/node';
import { Flag, hasFlags } from '@convoy/node/connection';
import { eventuallyEqual } from '../../support/eventually.ts';
import { type ConformanceRow, hiddenly, over, visibly } from './row.ts';
import type { Scene } from './scene.ts';

async function dialBothAtOnce({ node, peer, us, run }: Scene): Promise<void> {
  const [, theirs] = await Promise.all([node.connect(peer), run(`net_kernel:connect_node('${us}')`)]);
  assert.equal(theirs, 'true');
  assert.deepEqual(node.list('connected'), [peer]);
}

const listedIn = ({ run, us }: Scene, kind: string): Promise<string> =>
  run(`lists:member('${us}', nodes(${kind}))`);

/** Three hundred atoms that no other test uses, there and back. */
async function sendAtoms(scene: Scene): Promise<void> {
  const { node, peer, combination } = scene;
  const flags = node.peer(peer)?.flags ?? 0n;
  assert.equal(hasFlags(flags, Flag.DIST_HDR_ATOM_CACHE), combination.hasHeaders);
  const list = '[list_to_atom("c_" ++ integer_to_list(N)) || N <- lists:seq(1, 300)]';
  const ours: Term = Array.from({ length: 300 }, (_, at) => atom(`c_${at + 1}`));
  node.expose('conformance', { echo: (term: Term) => term });
  for (let round = 0; round < 3; round += 1) {
    assert.equal(
      await scene.run(`L = ${list}, L =:= rpc:call('${scene.us}', conformance, echo, [L])`),
      'true',
    );
    assert.ok(
      equals(
        await node.rpc(peer, 'lists', 'reverse', [await node.rpc(peer, 'lists', 'reverse', [ours])]),
        ours,
      ),
    );
  }
}

const twoMegabytes = 2 * 1024 * 1024;

/** More than one fragment in each direction. */
async function sendLarge({ node, peer, us, run }: Scene): Promise<void> {
  const bytes = new Uint8Array(twoMegabytes).fill(7);
  assert.equal(await node.rpc(peer, 'erlang', 'byte_size', [bytes]), twoMegabytes);
  node.expose('conformance', { size: (term: Uint8Array) => term.filter((byte) => byte === 7).length });
  const sum = await run(`rpc:call('${us}', conformance, size, [binary:copy(<<7>>, ${twoMegabytes})])`);
  assert.equal(sum, String(twoMegabytes));
}

export const connectionRows: readonly ConformanceRow[] = [
  {
    feature: 'handshake version 6, out',
    answer: 'Yes',
    cases: [
      {
        title: 'dials an Erlang node',
        run: async (scene) => {
          await scene.disconnect();
          await scene.connect();
          assert.deepEqual(scene.node.list('connected'), [scene.peer]);
        },
      },
    ],
  },
  {
    feature: 'handshake version 6, in',
    answer: 'Yes',
    cases: [
      {
        title: 'is dialled by an Erlang node',
        run: async (scene) => {
          await scene.disconnect();
          assert.equal(await scene.run(`net_kernel:connect_node('${scene.us}')`), 'true');
          assert.deepEqual(scene.node.list('connected'), [scene.peer]);
        },
      },
    ],
  },
  {
    feature: 'version 5 names (`n`), with the complement',
    answer: 'Yes, in: OTP 23 and 24 send them. Out, Convoy sends version 6',
    suites: ['test/interop/handshakes/names.test.ts'],
  },
  {
    feature: '`alive`, `nok` and simultaneous dials',
    answer: 'Yes',
    cases: [
      {
        title: 'both dial at once, and one connection results',
        run: async (scene) => {
          for (let round = 0; round < 2; round += 1) {
            await scene.disconnect();
            await dialBothAtOnce(scene);
          }
        },
      },
    ],
    suites: ['test/interop/node/handshake.test.ts'],
  },
  {
    feature: 'dynamic node names',
    answer: 'Yes: Convoy gives names and asks for one (`namedBy`)',
    suites: ['test/interop/handshakes/names.test.ts'],
  },
  {
    feature: 'visible node',
    answer: 'Yes',
    cases: [
      {
        title: 'is in nodes()',
        appliesTo: visibly,
        run: async (scene) => {
          await scene.connect();
          await eventuallyEqual(() => listedIn(scene, 'visible'), 'true');
          assert.deepEqual(scene.node.list(), [scene.peer]);
        },
      },
    ],
  },
  {
    feature: 'hidden node',
    answer: 'Yes',
    cases: [
      {
        title: 'is only in nodes(hidden)',
        appliesTo: hiddenly,
        run: async (scene) => {
          await scene.connect();
          await eventuallyEqual(() => listedIn(scene, 'hidden'), 'true');
          assert.equal(await listedIn(scene, 'visible'), 'false');
        },
      },
    ],
  },
  {
    feature: 'distribution header and atom cache',
    answer: 'Yes, both ways',
    cases: [
      {
        title: 'three hundred atoms go there and back, three times',
        run: async (scene) => {
          await scene.connect();
          await sendAtoms(scene);
        },
      },
    ],
    suites: ['test/interop/node/large-messages.test.ts'],
  },
  {
    feature: 'fragmentation',
    answer: 'Yes',
    cases: [
      {
        title: 'two megabytes go both ways',
        run: async (scene) => {
          await scene.connect();
          await sendLarge(scene);
        },
      },
    ],
    suites: ['test/interop/node/large-messages.test.ts'],
  },
  {
    feature: 'TLS distribution',
    answer: 'Yes',
    cases: [
      {
        title: 'carries a call',
        appliesTo: over('tls'),
        run: async ({ node, peer }) => {
          assert.equal(await node.rpc(peer, 'erlang', 'abs', [-1]), 1);
        },
      },
    ],
    suites: ['test/interop/node/tls.test.ts'],
  },
  {
    feature: 'IPv6',
    answer: 'Yes',
    cases: [
      {
        title: 'carries a call',
        appliesTo: over('ipv6'),
        run: async ({ node, peer }) => {
          assert.equal(await node.rpc(peer, 'erlang', 'abs', [-1]), 1);
        },
      },
    ],
    suites: ['test/interop/node/two-families.test.ts'],
  },
  {
    feature: 'ticks',
    answer: 'Yes: sent and expected by `netTickTimeMs`',
    suites: ['test/interop/node/handshake.test.ts'],
  },
  { feature: 'EPMD client', answer: 'Yes', suites: ['test/interop/node/epmd.test.ts'] },
  { feature: 'EPMD server', answer: 'Yes', suites: ['test/interop/node/epmd-program.test.ts'] },
  {
    feature: 'without EPMD, on a fixed port',
    answer: 'Yes',
    suites: ['test/interop/node/resolvers.test.ts'],
  },
];
