import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparableNodes, compareCode } from '../../src/inspecting/cluster-code.ts';
import { NodeRegistry } from '../../src/nodes/node-registry.ts';

test('a cluster without nodes that are up has nothing to compare, and no node is asked', async () => {
  const registry = new NodeRegistry();
  assert.deepEqual(comparableNodes({ registry }, 'prod'), []);
  const asked = (): never => assert.fail('a node is asked');
  const answer = await compareCode({ registry, own: { of: asked }, askerOf: asked }, 'prod', []);
  assert.deepEqual(answer, {
    state: 'answered',
    value: { total: 0, nodes: [], modules: [], differing: 0, problems: {} },
    cost: { questions: 0 },
  });
});
