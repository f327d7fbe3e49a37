import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeIdOf, splitNodeId } from '../../src/nodes/node-id.ts';

test('an id is the name, after the cluster where that was attached', () => {
  for (const name of ['app@10.0.0.5', 'app@fd00::1', 'a-b_c@h']) {
    assert.deepEqual(splitNodeId(nodeIdOf(name)), { name, cluster: undefined });
    assert.deepEqual(splitNodeId(nodeIdOf(name, 'prod-2')), { name, cluster: 'prod-2' });
  }
  assert.equal(nodeIdOf('app@10.0.0.5', 'prod'), 'prod:app@10.0.0.5');
});
