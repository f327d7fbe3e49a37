/** Selecting nodes, and which of them bulk actions apply to. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planFor } from '../../../src/state/nodes/bulk-plan.ts';
import {
  clearSelection,
  rangeOf,
  selectAll,
  selection,
  selectTo,
  toggled,
  toggleSelected,
} from '../../../src/state/nodes/selection.ts';
import { memberOf } from '../../cluster-scenes.ts';
import { failedNode, nodeNamed } from '../../scenes.ts';

const shown = ['a', 'b', 'c', 'd'];

describe('a selection', () => {
  test('gets and loses a node', () => {
    const one = toggled(new Set(), 'a');
    assert.deepEqual([...one], ['a']);
    assert.deepEqual([...toggled(one, 'a')], []);
  });

  test('has ranges in the order that is shown, in both directions', () => {
    assert.deepEqual(rangeOf(shown, 'b', 'd'), ['b', 'c', 'd']);
    assert.deepEqual(rangeOf(shown, 'c', 'a'), ['a', 'b', 'c']);
    assert.deepEqual(rangeOf(shown, 'gone', 'c'), ['c']);
    assert.deepEqual(rangeOf(shown, undefined, 'c'), ['c']);
  });

  test('grows from the node that was selected last', () => {
    toggleSelected('b');
    selectTo(shown, 'd');
    assert.deepEqual([...selection.value], ['b', 'c', 'd']);
    selectAll(['a']);
    assert.deepEqual([...selection.value], ['a']);
    clearSelection();
    assert.equal(selection.value.size, 0);
  });
});

describe('bulk actions', () => {
  const web = nodeNamed('web@127.0.0.1', { peers: ['app@127.0.0.1'] });
  const app = nodeNamed('app@127.0.0.1', { peers: ['web@127.0.0.1'] });
  const store = nodeNamed('store@127.0.0.1');
  const failed = failedNode('cache@127.0.0.1');
  const far = nodeNamed('far@db1', { origin: 'attached', cluster: 'ssh://db1' });
  const found = nodeNamed('found@127.0.0.1', { origin: 'discovered' });
  const member = memberOf('prod', 'web@127.0.0.1');
  const plan = planFor([web, app, store, failed, far, found, member]);
  const ids = (nodes: readonly { readonly id: string }[]): string[] => nodes.map(({ id }) => id);

  test('open shells where a node is up', () => {
    assert.equal(plan.shells.length, 6);
    assert.ok(!plan.shells.includes(failed));
  });

  test('launch again only what the console launched and what has ended', () => {
    assert.deepEqual(plan.relaunches, [failed]);
  });

  test('restart only what the console launched and what runs', () => {
    const quiet = nodeNamed('quiet@127.0.0.1', { status: 'unreachable' });
    const busy = (['launching', 'stopping'] as const).map((status) => nodeNamed(`${status}@h`, { status }));
    assert.deepEqual(planFor([quiet, ...busy]).restarts, [quiet]);
    assert.deepEqual(plan.restarts, [web, app, store]);
  });

  test('delete only what the console launched or attached', () => {
    assert.deepEqual(ids(plan.removals), ids([web, app, store, failed, far]));
  });

  test('join every pair once that is not connected and can be', () => {
    const pairs = plan.joins.map(([one, other]) => `${one.name} ${other.name}`);
    assert.deepEqual(pairs, [
      'web@127.0.0.1 store@127.0.0.1',
      'web@127.0.0.1 found@127.0.0.1',
      'app@127.0.0.1 store@127.0.0.1',
      'app@127.0.0.1 found@127.0.0.1',
      'store@127.0.0.1 found@127.0.0.1',
    ]);
  });
});
