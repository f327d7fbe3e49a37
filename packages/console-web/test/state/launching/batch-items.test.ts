/** How far the nodes of a launch of several have come. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import {
  countOf,
  isOver,
  itemsFor,
  type LaunchItem,
  mostAtOnce,
  nextItems,
  withNodes,
} from '../../../src/state/launching/batch-items.ts';
import { failedNode, launchingNode, nodeNamed } from '../../scenes.ts';

const name = 'worker-1@127.0.0.1';
const starting: LaunchItem = { number: 1, name: 'worker-1', state: 'starting', node: name };

/** The item once the node is as given. */
function after(item: LaunchItem, node: NodeView | undefined): LaunchItem | undefined {
  return withNodes([item], () => node)[0];
}

describe('the items of a launch', () => {
  test('are asked for a few at a time', () => {
    const items = itemsFor(Array.from({ length: 9 }, () => undefined));
    assert.equal(nextItems(items).length, mostAtOnce);
    const busy = items.map((item, at) => (at < 3 ? { ...item, state: 'starting' as const } : item));
    assert.deepEqual(
      nextItems(busy).map(({ number }) => number),
      [4],
    );
    assert.equal(isOver(busy), false);
  });

  test('follow their nodes', () => {
    assert.equal(after(starting, nodeNamed(name))?.state, 'up');
    assert.equal(after(starting, launchingNode(name))?.state, 'starting');
    const failed = after(starting, failedNode(name));
    assert.equal(failed?.state, 'failed');
    assert.match(failed?.problem?.message ?? '', /the name is taken/);
  });

  test('have failed when a node is up and a step has failed', () => {
    const [step] = nodeNamed(name).steps;
    const node = nodeNamed(name, { steps: [{ ...step!, label: 'Join the other nodes', state: 'failed' }] });
    const item = after(starting, node);
    assert.equal(item?.state, 'failed');
    assert.match(item?.problem?.message ?? '', /Join the other nodes failed/);
  });

  test('are cancelled when their node is gone, but not before it was there', () => {
    assert.equal(after(starting, undefined)?.state, 'starting');
    const seen = after(starting, launchingNode(name));
    assert.equal(seen?.wasSeen, true);
    assert.equal(after(seen, undefined)?.state, 'cancelled');
  });

  test('do not take the failure of the run before for their own', () => {
    const before = failedNode(name);
    const again = { ...starting, replacedStart: before.startedAt };
    assert.equal(after(again, before)?.state, 'starting');
    assert.equal(after(again, nodeNamed(name, { startedAt: before.startedAt + 1 }))?.state, 'up');
  });

  test('are the same list when nothing has changed', () => {
    const items = itemsFor(['a', 'b']);
    assert.equal(
      withNodes(items, () => undefined),
      items,
    );
    assert.equal(countOf(items, 'waiting'), 2);
  });
});
