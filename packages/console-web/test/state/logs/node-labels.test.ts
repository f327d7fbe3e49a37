/** What nodes are called before their lines. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelsOf } from '../../../src/state/logs/node-labels.ts';

function labels(...ids: string[]): string[] {
  const nodes = ids.map((id) => {
    const [cluster = '', name = ''] = id.includes(':') ? id.split(':') : ['local', id];
    return { id, name, cluster };
  });
  return [...labelsOf(nodes, (cluster) => cluster.toUpperCase()).values()];
}

test('by the part before the host, where that is enough', () => {
  assert.deepEqual(labels('app@127.0.0.1', 'web@127.0.0.1'), ['app', 'web']);
});

test('with the host, or its end, where another has the same name', () => {
  assert.deepEqual(labels('app@h1', 'app@h2', 'web@h2'), ['app@h1', 'app@h2', 'web']);
  assert.deepEqual(labels('app@10.20.30.105', 'app@10.20.30.106'), ['app@…0.30.105', 'app@…0.30.106']);
});

test('with the cluster, where two have a node of the same full name', () => {
  assert.deepEqual(labels('prod:app@h', 'test:app@h', 'prod:web@h'), ['PROD:app', 'TEST:app', 'web']);
});
