/** The rows of the table of nodes: filters, orders, groups. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import {
  filterNodes,
  filterValues,
  groupNodes,
  groupTitle,
  placeName,
  sortNodes,
} from '../../../src/state/nodes/node-table.ts';
import { noFilters, sortColumns } from '../../../src/state/page/table-view.ts';
import { memberOf } from '../../cluster-scenes.ts';
import { launchingNode, nodeNamed } from '../../scenes.ts';

const far = {
  cluster: 'ssh://ops@db1',
  place: { key: 'ssh://ops@db1', kind: 'ssh' },
  provider: 'ssh://ops@db1',
} as const;

const web = nodeNamed('web@127.0.0.1', { kind: 'typescript', version: 'Node.js 24', memoryBytes: 3e7 });
const worker2 = nodeNamed('worker-2@127.0.0.1', { upSince: 2000, peers: ['a@h', 'b@h'] });
const worker10 = nodeNamed('worker-10@127.0.0.1', { upSince: 1000, memoryBytes: 5e7, processes: 9 });
const store = nodeNamed('store@db1', { ...far, kind: 'erlang', version: 'OTP 27', status: 'crashed' });
const starting = launchingNode('late@127.0.0.1');
const all = [web, worker10, worker2, store, starting];

function names(nodes: readonly NodeView[]): string[] {
  return nodes.map(({ name }) => name.replace(/@.*/, ''));
}

describe('filters of the table', () => {
  test('by text find names, kinds, places, states and versions, word by word', () => {
    const by = (text: string): string[] => names(filterNodes(all, { ...noFilters, text }));
    assert.deepEqual(by(' WORKER '), ['worker-10', 'worker-2']);
    assert.deepEqual(by('ops@db1'), ['store']);
    assert.deepEqual(by('crashed erlang'), ['store']);
    assert.deepEqual(by('node.js'), ['web']);
    assert.deepEqual(by('erlang up'), []);
  });

  test('by kind, place, version and state hold together', () => {
    assert.deepEqual(names(filterNodes(all, { ...noFilters, kind: 'elixir', place: 'local' })), [
      'worker-10',
      'worker-2',
    ]);
    assert.deepEqual(names(filterNodes(all, { ...noFilters, status: 'up', version: 'Node.js 24' })), ['web']);
    assert.deepEqual(names(filterNodes(all, noFilters)), names(all));
  });

  test('offer what the nodes have', () => {
    assert.deepEqual(filterValues(all, 'version'), ['Node.js 24', 'OTP 25, Elixir 1.14.0', 'OTP 27']);
    assert.deepEqual(filterValues(all, 'place'), ['local', 'ssh://ops@db1']);
    assert.deepEqual(filterValues(all, 'status'), ['crashed', 'launching', 'up']);
  });
});

describe('the order of the table', () => {
  test('is that of the nodes until a column is chosen', () => {
    assert.equal(sortNodes(all, undefined), all);
  });

  test('counts numbers in names as numbers', () => {
    const sorted = sortNodes(all, { column: 'name', isDescending: false });
    assert.deepEqual(names(sorted), ['late', 'store', 'web', 'worker-2', 'worker-10']);
  });

  test('has nodes without a value at the end in both directions', () => {
    for (const isDescending of [false, true]) {
      const sorted = names(sortNodes(all, { column: 'processes', isDescending }));
      assert.equal(sorted.at(-1), 'late');
    }
    const byMemory = sortNodes(all, { column: 'memory', isDescending: true });
    assert.deepEqual(names(byMemory).slice(0, 2), ['worker-10', 'worker-2']);
  });

  test('begins with what needs attention, and with what came up last', () => {
    assert.equal(names(sortNodes(all, { column: 'status', isDescending: false }))[0], 'store');
    const ups = [worker10, worker2];
    assert.deepEqual(names(sortNodes(ups, { column: 'uptime', isDescending: false })), [
      'worker-2',
      'worker-10',
    ]);
  });

  test('can be that of every column, and loses no node', () => {
    for (const column of sortColumns)
      for (const isDescending of [false, true])
        assert.deepEqual(new Set(sortNodes(all, { column, isDescending })), new Set(all));
  });
});

describe('groups of the table', () => {
  const found = nodeNamed('found@10.0.0.7', {
    origin: 'discovered',
    place: { key: 'elsewhere', kind: 'elsewhere' },
    provider: 'elsewhere',
  });
  const member = memberOf('prod', 'app@10.0.0.5');

  test('are the places of each cluster, this computer first', () => {
    const groups = groupNodes([member, store, found, web]);
    assert.deepEqual(
      groups.map((group) => [group.key, names(group.nodes)]),
      [
        ['local', ['web']],
        ['local elsewhere', ['found']],
        ['prod elsewhere', ['app']],
        ['ssh://ops@db1', ['store']],
      ],
    );
  });

  test('are called by their places, and by their clusters where these are not one place', () => {
    const titles = groupNodes([member, store, found, web]).map((group) =>
      groupTitle(group, `<${group.cluster}>`),
    );
    assert.deepEqual(titles, ['This computer', '<local>, found in the mesh', '<prod>', 'ops@db1']);
    assert.equal(placeName({ key: 'railway:shop/production', kind: 'railway' }), 'shop/production');
  });
});
