import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeView } from '../../src/protocol/index.ts';
import { type NodeEvent, reduceNodes, type NodeTable } from '../../src/nodes/node-table.ts';
import { withSample } from '../../src/nodes/node-sample.ts';

test('a value that a sample does not have leaves its history as it is', () => {
  const first = withSample(undefined, { memoryBytes: 10, processes: 5, load: 0.256 });
  assert.deepEqual(first, { memoryHistory: [10], processHistory: [5], loadHistory: [26] });
  assert.deepEqual(withSample(first, {}), first);
  const second = withSample(first, { processes: 6, runQueue: 0 });
  assert.deepEqual(second, { ...first, processHistory: [5, 6], runQueueHistory: [0] });
});

test('a message about a node stays small with all its histories, also of a node with a hundred thousand processes', () => {
  const node = 'app@10.0.0.5';
  const place = { key: 'local', kind: 'local' };
  const up: NodeEvent[] = [
    { kind: 'planned', node, nodeKind: 'erlang', place, join: true, at: 1 },
    { kind: 'up', node, at: 2 },
  ];
  let table: NodeTable = up.reduce(reduceNodes, new Map() as NodeTable);
  for (let at = 0; at < 200; at += 1) {
    const seen = { peers: [], memoryBytes: 1_234_567_890 + at, processes: 100_000 + at, runQueue: at % 100 };
    table = reduceNodes(table, { kind: 'observed', node, seen, at });
  }
  const view = table.get(node);
  assert.ok(view !== undefined);
  const lengths = [view.memoryHistory, view.processHistory, view.runQueueHistory].map((one) => one?.length);
  assert.deepEqual(lengths, [60, 60, 60]);
  const bytes = (one: NodeView): number => JSON.stringify({ type: 'node', node: one }).length;
  const { processHistory: _counts, runQueueHistory: _queues, ...before } = view;
  assert.ok(bytes(view) < 2048, `${bytes(view)} bytes`);
  assert.ok(bytes(view) - bytes(before) < 700, `${bytes(view) - bytes(before)} bytes more`);
});
