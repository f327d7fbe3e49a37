/** Which nodes the pages show, and what they are called there. */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { dropCluster, freeColor, replaceClusters } from '../../../src/state/clusters/clusters.ts';
import { nodeTitle } from '../../../src/state/clusters/node-titles.ts';
import { showCluster, shownCluster, shownNodes } from '../../../src/state/clusters/shown-cluster.ts';
import { dropNode, replaceNodes } from '../../../src/state/nodes/nodes.ts';
import { parsePreferences, preferences } from '../../../src/state/page/preferences.ts';
import { attachedCluster, twoClusters } from '../../cluster-scenes.ts';

function shownIds(): string[] {
  return shownNodes.value.map(({ id }) => id);
}

describe('the cluster that is shown', () => {
  before(() => {
    const { clusters, nodes } = twoClusters();
    replaceClusters(clusters);
    replaceNodes(nodes);
  });

  test('is all of them at first, then the one that was chosen', () => {
    assert.equal(shownIds().length, 6);
    showCluster('staging');
    assert.deepEqual(shownIds(), ['staging:app@10.0.0.5', 'staging:web@10.0.0.6']);
    showCluster(undefined);
    assert.equal(shownIds().length, 6);
  });

  test('is kept with the preferences, and comes back when the console has it again', () => {
    showCluster('staging');
    assert.equal(parsePreferences(JSON.stringify(preferences.value)).cluster, 'staging');
    dropCluster('staging');
    assert.equal(shownCluster.value, undefined);
    assert.equal(shownIds().length, 6);
    replaceClusters([attachedCluster('staging')]);
    assert.equal(shownIds().length, 2);
    showCluster(undefined);
  });

  test('is all of them if what is stored is not a name', () => {
    assert.equal(parsePreferences('{"cluster":7}').cluster, '');
  });
});

describe('the title of a node', () => {
  before(() => {
    const { clusters, nodes } = twoClusters();
    replaceClusters(clusters);
    replaceNodes(nodes);
  });

  test('names the cluster where two have a node of that name', () => {
    assert.equal(nodeTitle('app-1@127.0.0.1'), 'app-1@127.0.0.1');
    assert.equal(nodeTitle('prod:app@10.0.0.5'), 'app@10.0.0.5 (prod)');
    assert.equal(nodeTitle('prod:store@10.0.0.7'), 'store@10.0.0.7');
  });

  test('is the label of the cluster, not its id', () => {
    replaceClusters([attachedCluster('prod', { label: 'Shop, live' }), attachedCluster('staging')]);
    assert.equal(nodeTitle('prod:app@10.0.0.5'), 'app@10.0.0.5 (Shop, live)');
  });

  test('still tells the cluster of a node that is gone', () => {
    dropNode('prod:store@10.0.0.7');
    assert.equal(nodeTitle('prod:store@10.0.0.7'), 'store@10.0.0.7 (Shop, live)');
    assert.equal(nodeTitle('gone@127.0.0.1'), 'gone@127.0.0.1');
  });
});

test('the next cluster gets a colour that no other has', () => {
  replaceClusters(twoClusters().clusters);
  assert.equal(freeColor(), 'green');
});
