/** Every claim of a connection is shown, once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { edgesOf, peersOf, strangersOf } from '../../../src/state/nodes/mesh-edges.ts';
import { nodeNamed } from '../../scenes.ts';

const names = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h'];
const clusters = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.array(fc.constantFrom(...names, 'far@h'))), { maxLength: 5 })
  .map((list) => [...new Map(list)].map(([name, peers]) => nodeNamed(name, { peers })));

test('shows every claim in exactly one edge, mutual when both claim it', () => {
  fc.assert(
    fc.property(clusters, (nodes) => {
      const edges = edgesOf(nodes);
      const pairs = edges.map(({ from, to }) => [from, to].sort().join(' '));
      assert.equal(new Set(pairs).size, pairs.length);
      const claims = (from: string, to: string): boolean =>
        nodes.find((node) => node.name === from)?.peers.includes(to) ?? false;
      for (const { name, peers } of nodes)
        for (const peer of peers)
          assert.equal(peer === name || pairs.includes([name, peer].sort().join(' ')), true);
      for (const { from, to, kind } of edges) {
        assert.equal(claims(from, to), true);
        assert.equal(claims(to, from), kind === 'mutual');
      }
    }),
  );
});

test('tells both sides of an asymmetric connection apart', () => {
  const cluster = [nodeNamed('a@h', { peers: ['b@h', 'far@h'] }), nodeNamed('b@h', { peers: [] })];
  assert.deepEqual(peersOf(cluster[0]!, cluster), [
    { id: 'b@h', name: 'b@h', kind: 'seen' },
    { id: 'far@h', name: 'far@h', kind: 'seen' },
  ]);
  assert.deepEqual(peersOf(cluster[1]!, cluster), [{ id: 'a@h', name: 'a@h', kind: 'claims' }]);
  assert.deepEqual(strangersOf(cluster), ['far@h']);
});
