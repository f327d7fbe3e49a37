import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodesForOthers, nodesOfOther, sharedView } from '../../src/sharing/shared-nodes.ts';
import type { NodeView } from '../../src/protocol/index.ts';
import { attack } from '../../../../test/support/attack.ts';
import { nodeView } from './node-view.ts';

const owner = { id: '0a1b2c3d', label: 'web-2:4000', url: 'https://two.example.com/' };

describe('the nodes that a console shows to others', () => {
  test('are those that it has, without what changes all the time and what is long', () => {
    const view = nodeView({
      id: 'prod:app@h',
      name: 'app@h',
      cluster: 'prod',
      memoryBytes: 5,
      memoryHistory: [1, 2],
      processHistory: [7],
      runQueueHistory: [0],
      loadHistory: [3],
      processes: 7,
      osPid: 42,
      lastOutput: ['a line'],
      problem: { code: 'NODE_CRASHED', message: 'it crashed', remedy: 'Launch it again.' },
    });
    const [read] = nodesOfOther(nodesForOthers([view]));
    const { memoryBytes: _bytes, processes: _processes, osPid: _pid, ...kept } = view;
    const { processHistory: _counts, runQueueHistory: _queues, loadHistory: _loads, ...rest } = kept;
    const problem = { code: 'NODE_CRASHED', message: 'it crashed' };
    assert.deepEqual(read, { ...rest, memoryHistory: [], lastOutput: [], problem });
    const later = { ...view, memoryBytes: 6, runQueueHistory: [0, 1] };
    assert.equal(nodesForOthers([later]), nodesForOthers([view]));
  });

  test('are bounded in number and length', () => {
    const many = Array.from({ length: 600 }, (_, number) =>
      nodeView({ id: `n${number}@h`, name: `n${number}@h` }),
    );
    assert.equal(nodesOfOther(nodesForOthers(many)).length, 500);
    const long = many.map((view) => ({ ...view, version: 'x'.repeat(10_000) }));
    const json = nodesForOthers(long);
    assert.ok(json.length <= 500_000);
    const { length } = nodesOfOther(json);
    assert.ok(length > 40 && length < 50, `${length} nodes`);
    const meshed = { ...nodeView({}), peers: many.map(({ name }) => name) };
    assert.equal(nodesOfOther(nodesForOthers([meshed]))[0]?.peers.length, 50);
  });

  test('are shown with their console, under ids and in places that no own node has', () => {
    const view = nodeView({
      id: 'prod:app@h',
      name: 'app@h',
      cluster: 'prod',
      origin: 'launched',
      status: 'up',
    });
    const shown = sharedView(view, owner);
    assert.equal(shown.id, '0a1b2c3d:prod:app@h');
    assert.equal(shown.name, 'app@h');
    assert.deepEqual([shown.origin, shown.owner, shown.status], ['shared', owner, 'up']);
    const place = { key: 'console:web-2:4000/prod', kind: 'console' };
    assert.deepEqual([shown.place, shown.cluster], [place, place.key]);
    assert.equal(sharedView({ ...view, cluster: 'local' }, owner).cluster, 'console:web-2:4000');
  });

  test('are last seen when their console is gone, and not shown as up', () => {
    const lastSeenAt = Date.UTC(2026, 11, 1, 10);
    const view = nodeView({ status: 'up', peers: ['b@h'] });
    const shown = sharedView(view, { ...owner, lastSeenAt });
    assert.deepEqual([shown.status, shown.peers, shown.owner?.lastSeenAt], ['unreachable', [], lastSeenAt]);
    assert.equal(
      shown.problem?.message,
      'the console web-2:4000, which has this node, was last seen at 2026-12-01T10:00:00.000Z',
    );
  });
});

attack(
  'Input',
  'nodes that another console has made up are left out, one by one, and cost no more than a bound',
  () => {
    const good = nodeView({ id: 'good@h', name: 'good@h' });
    const forged: readonly unknown[] = [
      null,
      7,
      {},
      [],
      { ...good, status: 'fine' },
      { ...good, peers: 'all' },
      good,
    ];
    assert.deepEqual(
      nodesOfOther(JSON.stringify(forged)).map(({ name }: NodeView) => name),
      ['good@h'],
    );
    for (const json of ['', 'null', '{}', '[', '['.repeat(100_000), `[${'0,'.repeat(300_000)}0]`])
      assert.deepEqual(nodesOfOther(json), [], json.slice(0, 10));
  },
);
