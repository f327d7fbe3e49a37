import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import type { NodeView } from '../../src/protocol/index.ts';
import { changesBetween, type NodeEvent, type NodeTable, reduceNodes } from '../../src/nodes/node-table.ts';

const empty: NodeTable = new Map();
const problem = { code: 'X', message: 'broken' };

function after(...events: NodeEvent[]): NodeTable {
  return events.reduce(reduceNodes, empty);
}

function planned(node: string): NodeEvent {
  return {
    kind: 'planned',
    node,
    nodeKind: 'erlang',
    place: { key: 'local', kind: 'local' },
    join: true,
    at: 1,
  };
}

function up(node: string): NodeEvent[] {
  return [planned(node), { kind: 'up', node, at: 2, osPid: 42 }];
}

function observed(node: string, peers: string[], memoryBytes = 100): NodeEvent {
  return { kind: 'observed', node, seen: { peers, memoryBytes }, at: 3 };
}

function member(name: string, more: Partial<NodeView> = {}): NodeView {
  const [view] = after(planned(name)).values();
  assert.ok(view);
  const id = `prod:${name}`;
  return { ...view, id, origin: 'member', cluster: 'prod', status: 'up', ...more };
}

function members(...views: NodeView[]): NodeEvent {
  return { kind: 'members', cluster: 'prod', members: new Map(views.map((view) => [view.id, view])) };
}

test('members of a cluster come and go as it says, beside nodes of the same name', () => {
  const [one, two] = [member('a@h', { peers: ['b@h', 'x@h'] }), member('b@h')];
  const before = after(...up('a@h'), members(one, two));
  assert.deepEqual(
    [...before.keys()],
    ['a@h', 'prod:a@h', 'prod:b@h'],
    'a peer of a member is not discovered',
  );
  const next = reduceNodes(before, members(one));
  assert.deepEqual([...next.keys()], ['a@h', 'prod:a@h']);
  assert.deepEqual(changesBetween(before, next), { changed: [], replaced: [], gone: ['prod:b@h'] });
  const removed = reduceNodes(before, { kind: 'removed', node: 'b@h' });
  assert.deepEqual(
    removed.get('prod:a@h')?.peers,
    ['b@h', 'x@h'],
    'peers of a member are names of its own cluster',
  );
  assert.deepEqual([...reduceNodes(before, members()).keys()], ['a@h']);
});

test('follows a launch from its plan to an answering node', () => {
  const step = { name: 'start', label: 'Start', startedAt: 1 };
  const table = after(
    planned('a@h'),
    { kind: 'step', node: 'a@h', step: { ...step, state: 'running' } },
    { kind: 'step', node: 'a@h', step: { ...step, state: 'done', endedAt: 2 } },
    { kind: 'up', node: 'a@h', at: 5, osPid: 42 },
  );
  const view = table.get('a@h');
  assert.equal(view?.status, 'up');
  assert.equal(view.upSince, 5);
  assert.deepEqual(view.steps, [{ ...step, state: 'done', endedAt: 2 }]);
});

test('says which nodes can connect to each other: those of one place or one cookie, and the nodes found with them', () => {
  const db1 = { key: 'ssh://db1', kind: 'ssh' };
  const far: NodeEvent[] = [
    { kind: 'planned', node: 'far@db1', nodeKind: 'erlang', place: db1, join: true, at: 1 },
    { kind: 'up', node: 'far@db1', at: 2 },
  ];
  const attached: NodeEvent = {
    ...{ kind: 'attached', node: 'own@db1', nodeKind: 'elixir', place: db1, steps: [], at: 1 },
    cluster: 'ssh://db1 visitor',
  };
  const table = after(
    ...up('a@h'),
    ...far,
    attached,
    observed('a@h', ['found@h']),
    observed('far@db1', ['far-found@db1']),
    observed('own@db1', ['own-found@db1']),
  );
  const clusters = Object.fromEntries([...table.values()].map(({ name, cluster }) => [name, cluster]));
  assert.deepEqual(clusters, {
    'a@h': 'local',
    'found@h': 'local',
    'far@db1': 'ssh://db1',
    'far-found@db1': 'ssh://db1',
    'own@db1': 'ssh://db1 visitor',
    'own-found@db1': 'ssh://db1 visitor',
  });
});

test('says where a node runs; of a discovered one that is not known', () => {
  const place = { key: 'ssh://db1', kind: 'ssh' };
  const table = after(
    ...up('a@h'),
    { kind: 'attached', node: 'b@db1', nodeKind: 'elixir', place, cluster: 'x', steps: [], at: 1 },
    observed('a@h', ['c@h']),
  );
  assert.deepEqual(
    [...table.values()].map((view) => [view.name, view.place, view.provider]),
    [
      ['a@h', { key: 'local', kind: 'local' }, 'local'],
      ['b@db1', place, 'ssh://db1'],
      ['c@h', { key: 'elsewhere', kind: 'elsewhere' }, 'elsewhere'],
    ],
  );
});

test('keeps the last output of a node that crashed, and no peers', () => {
  const view = after(...up('a@h'), observed('a@h', ['b@h']), {
    kind: 'crashed',
    node: 'a@h',
    problem,
    output: ['boom'],
  }).get('a@h');
  assert.equal(view?.status, 'crashed');
  assert.deepEqual([view.lastOutput, view.peers, view.problem], [['boom'], [], problem]);
});

test('a silent node is unreachable until it answers again', () => {
  const silent: NodeEvent = { kind: 'silent', node: 'a@h', problem, at: 4 };
  const lost = after(...up('a@h'), silent);
  assert.equal(lost.get('a@h')?.status, 'unreachable');
  assert.equal(reduceNodes(lost, silent), lost, 'a second missing answer changes nothing');
  const back = reduceNodes(lost, observed('a@h', [])).get('a@h');
  assert.equal(back?.status, 'up');
  assert.equal(back.problem, undefined);
});

test('answers of a node that is being stopped change nothing', () => {
  const stopping = after(...up('a@h'), { kind: 'stopping', node: 'a@h' });
  assert.equal(reduceNodes(stopping, observed('a@h', ['b@h'])), stopping);
});

test('shows peers that were not launched here as discovered, as long as somebody sees them', () => {
  const seen = after(...up('a@h'), ...up('b@h'), observed('a@h', ['b@h', 'x@h']), observed('b@h', ['x@h']));
  const stranger = seen.get('x@h');
  assert.equal(stranger?.origin, 'discovered');
  assert.equal(stranger.kind, 'unknown');
  assert.deepEqual(stranger.peers, ['a@h', 'b@h']);
  const left = [observed('a@h', ['b@h']), observed('b@h', [])].reduce(reduceNodes, seen);
  assert.equal(left.has('x@h'), false);
});

test('a removed node does not come back as a discovered one', () => {
  const table = after(...up('a@h'), ...up('b@h'), observed('a@h', ['b@h']), { kind: 'removed', node: 'b@h' });
  assert.deepEqual([...table.keys()], ['a@h']);
  assert.deepEqual(table.get('a@h')?.peers, []);
});

test('keeps 60 readings of the memory and 200 discovered nodes', () => {
  const many = Array.from({ length: 300 }, (_, index) => `x${index}@h`);
  const readings = Array.from({ length: 80 }, (_, index) => observed('a@h', many, index));
  const table = after(...up('a@h'), ...readings);
  assert.equal(table.get('a@h')?.memoryHistory.length, 60);
  assert.equal(table.get('a@h')?.memoryHistory.at(-1), 79);
  assert.equal(table.size, 201);
});

attack(
  'Forged senders',
  'a node that makes up hundreds of peers hides no peer that another node sees',
  () => {
    const many = Array.from({ length: 300 }, (_, index) => `x${index}@h`);
    const table = after(
      ...up('a@h'),
      ...up('b@h'),
      observed('a@h', many),
      observed('b@h', ['y@h', 'x299@h', 'z@h']),
    );
    assert.equal(table.size, 202);
    assert.deepEqual(table.get('y@h')?.peers, ['b@h']);
    assert.deepEqual(table.get('z@h')?.peers, ['b@h']);
    assert.deepEqual(table.get('x299@h')?.peers, ['a@h', 'b@h']);
  },
);

test('events of unknown nodes change nothing', () => {
  for (const event of [observed('a@h', ['b@h']), { kind: 'up', node: 'a@h', at: 1 } as const]) {
    assert.equal(reduceNodes(empty, event), empty);
  }
});

test('tells a node that was launched again from one that is new or has changed', () => {
  const crashed = reduceNodes(after(...up('a@h')), { kind: 'crashed', node: 'a@h', problem, output: ['x'] });
  const again = reduceNodes(crashed, planned('a@h'));
  assert.deepEqual(changesBetween(crashed, again).replaced, ['a@h']);
  assert.deepEqual([again.get('a@h')?.status, again.get('a@h')?.lastOutput], ['launching', []]);
  assert.deepEqual(changesBetween(empty, after(planned('a@h'))).replaced, []);
  assert.deepEqual(changesBetween(after(...up('a@h')), crashed).replaced, []);
});

test('tells exactly what changed', () => {
  const before = after(...up('a@h'), ...up('b@h'));
  const now = [observed('a@h', ['x@h']), { kind: 'removed', node: 'b@h' } as const].reduce(
    reduceNodes,
    before,
  );
  const { changed, gone } = changesBetween(before, now);
  assert.deepEqual(changed.map(({ name }) => name).sort(), ['a@h', 'x@h']);
  assert.deepEqual(gone, ['b@h']);
});
