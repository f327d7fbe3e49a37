import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changesBetween, type NodeEvent, type NodeTable, reduceNodes } from '../../src/nodes/node-table.ts';
import { nodeViewSchema, type NodeView } from '../../src/protocol/index.ts';

const name = fc.constantFrom('a@h', 'b@h', 'c@h');
const peers = fc.subarray(['a@h', 'b@h', 'c@h', 'x@h', 'y@h']);
const problem = { code: 'X', message: 'broken' };

const event: fc.Arbitrary<NodeEvent> = fc.oneof(
  name.map((node) => ({
    kind: 'planned' as const,
    node,
    nodeKind: 'elixir' as const,
    place: { key: 'local', kind: 'local' },
    join: true,
    at: 1,
  })),
  name.map((node) => ({ kind: 'up' as const, node, at: 2 })),
  name.map((node) => ({ kind: 'stopping' as const, node })),
  name.map((node) => ({ kind: 'removed' as const, node })),
  name.map((node) => ({ kind: 'crashed' as const, node, problem, output: ['boom'] })),
  name.map((node) => ({ kind: 'silent' as const, node, problem, at: 4 })),
  fc.tuple(name, peers, fc.nat()).map(([node, seen, memoryBytes]) => ({
    kind: 'observed' as const,
    node,
    seen: { peers: seen, memoryBytes },
    at: 3,
  })),
);

test('whatever happens, a client that is told the changes knows the table', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let table: NodeTable = new Map();
      const known = new Map<string, NodeView>();
      for (const one of events) {
        const next = reduceNodes(table, one);
        const { changed, gone } = changesBetween(table, next);
        for (const view of changed) known.set(view.name, view);
        for (const left of gone) known.delete(left);
        table = next;
        assert.deepEqual(known, new Map(table));
      }
    }),
  );
});

test('every view is one the protocol can carry, and every discovered one is somebody’s peer', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const table = events.reduce<NodeTable>(reduceNodes, new Map());
      for (const view of table.values()) {
        nodeViewSchema.parse(view);
        if (view.origin === 'launched') continue;
        const seers = [...table.values()].filter(
          (other) => other.origin === 'launched' && other.peers.includes(view.name),
        );
        assert.ok(seers.length > 0);
      }
    }),
  );
});
