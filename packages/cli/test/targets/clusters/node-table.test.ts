/** The table of `convoy list`. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { nodeTable } from '../../../src/targets/clusters/node-table.ts';

function view(id: string, more: Partial<NodeView> = {}): NodeView {
  const [cluster, name = id] = id.includes(':') ? id.split(':', 2) : ['local'];
  return {
    id,
    name,
    kind: 'elixir',
    origin: cluster === 'local' ? 'launched' : 'member',
    place: { key: 'local', kind: 'local' },
    provider: 'local',
    cluster: cluster ?? '',
    status: 'up',
    join: true,
    steps: [],
    peers: [],
    startedAt: 0,
    memoryHistory: [],
    lastOutput: [],
    ...more,
  };
}

const own = { id: 'local', label: 'this computer', kind: 'own', production: false, state: 'up' } as const;
const prod = { id: 'prod', label: 'prod', kind: 'attached', production: true, state: 'up' } as const;

describe('the table of nodes', () => {
  test('has no column for the cluster while no cluster is attached', () => {
    const nodes = [view('ts-1@127.0.0.1', { version: 'Node.js 24', peers: ['a@h'] })];
    assert.equal(
      nodeTable(nodes, [own]),
      'NODE            KIND    STATUS  VERSION     PEERS\nts-1@127.0.0.1  elixir  up      Node.js 24  a@h',
    );
  });

  test('shows nodes by cluster, what they were booted from, and who is hidden, apart or gone', () => {
    const missing = ['a@h', 'b@h', 'c@h', 'd@h'];
    const nodes = [
      view('prod:app@h', { release: { name: 'shop', version: '1.2.0' }, peers: ['web@h'] }),
      view('ts-1@127.0.0.1'),
      view('prod:web@h', { kind: 'gleam', missing }),
      view('prod:watch@h', { kind: 'unknown', isHidden: true }),
      view('prod:old@h', { kind: 'lfe', status: 'left' }),
    ];
    const rows = nodeTable(nodes, [own, prod])
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    assert.deepEqual(rows, [
      ['NODE', 'CLUSTER', 'KIND', 'STATUS', 'VERSION', 'RELEASE', 'PEERS'],
      ['ts-1@127.0.0.1', 'this computer (local)', 'elixir', 'up'],
      ['prod:app@h', 'prod, production', 'elixir', 'up', 'shop 1.2.0', 'web@h'],
      ['prod:web@h', 'prod, production', 'gleam', 'up, apart from a@h b@h c@h and 1 more'],
      ['prod:watch@h', 'prod, production', 'unknown', 'up, hidden'],
      ['prod:old@h', 'prod, production', 'lfe', 'left'],
    ]);
  });

  test('says what is wrong with an attached cluster that is not connected', () => {
    const problem = { code: 'HANDSHAKE_COOKIE_MISMATCH', message: 'app@h has another cookie' };
    const text = nodeTable([], [own, { ...prod, state: 'failed', problem }]);
    assert.match(text, /^No nodes\. .*`convoy attach NODE`\.\n/);
    assert.match(
      text,
      /\nprod could not be attached: app@h has another cookie \[HANDSHAKE_COOKIE_MISMATCH\]$/,
    );
  });
});
