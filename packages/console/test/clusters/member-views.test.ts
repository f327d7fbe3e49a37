import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '@convoy/cluster/members';
import { type MemberSnapshot, memberViews } from '../../src/clusters/member-views.ts';

function memberNamed(name: string, more: Partial<Member> = {}): Member {
  return {
    name,
    isHidden: false,
    isEntry: false,
    seenBy: ['a@h'],
    kind: 'erlang',
    versions: { otp: '27' },
    missing: [],
    state: 'answering',
    vitals: { uptimeMs: 60_000, memoryBytes: 1000, processes: 50 },
    ...more,
  };
}

function snapshot(members: Member[], more: Partial<MemberSnapshot> = {}): MemberSnapshot {
  return {
    cluster: 'prod',
    members,
    former: [],
    measured: new Set(members.map(({ name }) => name)),
    isConnected: true,
    placeOf: () => ({ key: 'elsewhere', kind: 'elsewhere' }),
    now: 1_000_000,
    ...more,
  };
}

const abc = ['a@h', 'b@h', 'c@h'].map((name) => memberNamed(name));

test('a member has the other visible members as its peers, without those that it misses', () => {
  const [a, b] = abc as [Member, Member, Member];
  const c = memberNamed('c@h', { missing: ['b@h'] });
  const hidden = memberNamed('watcher@h', { isHidden: true, seenBy: ['b@h'], kind: 'unknown', versions: {} });
  const views = memberViews(new Map(), snapshot([a, b, c, hidden]));
  assert.deepEqual([...views.keys()], ['prod:a@h', 'prod:b@h', 'prod:c@h', 'prod:watcher@h']);
  assert.deepEqual(views.get('prod:a@h')?.peers, ['b@h', 'c@h']);
  assert.deepEqual([views.get('prod:c@h')?.peers, views.get('prod:c@h')?.missing], [['a@h'], ['b@h']]);
  const view = views.get('prod:watcher@h');
  assert.deepEqual([view?.isHidden, view?.peers, view?.version], [true, ['b@h'], undefined]);
});

test('a view stays the same object until something in it changes', () => {
  const first = memberViews(new Map(), snapshot(abc));
  const nothingNew = { measured: new Set<string>() };
  // A second later the uptime is a second longer, but for what the answer took.
  const later = abc.map((one) => ({ ...one, vitals: { ...one.vitals, uptimeMs: 61_020 } }));
  const second = memberViews(first, snapshot(later, { ...nothingNew, now: 1_001_000 }));
  assert.ok([...first].every(([id, view]) => second.get(id) === view));
  const restarted = memberNamed('b@h', { vitals: { uptimeMs: 10 } });
  const third = memberViews(second, snapshot([restarted], { ...nothingNew, now: 1_002_000 }));
  assert.equal(third.get('prod:b@h')?.upSince, 1_001_990);
});

test('memory is remembered for each answer, up to a limit', () => {
  let views = memberViews(new Map(), snapshot(abc));
  for (let round = 0; round < 100; round += 1) views = memberViews(views, snapshot(abc));
  assert.equal(views.get('prod:a@h')?.memoryHistory.length, 60);
  views = memberViews(views, snapshot(abc, { measured: new Set() }));
  assert.equal(views.get('prod:a@h')?.memoryHistory.length, 60);
});

test('a node that does not answer, one that has left and all of a lost cluster are told apart', () => {
  const before = memberViews(new Map(), snapshot(abc));
  const silent = memberNamed('b@h', { state: 'silent', problem: 'timeout' });
  const views = memberViews(before, snapshot([silent], { former: ['c@h', 'd@h'] }));
  assert.deepEqual(
    [...views.values()].map(({ name, status, problem }) => [name, status, problem?.code]),
    [
      ['b@h', 'unreachable', 'MEMBERS_NO_ANSWER'],
      ['c@h', 'left', 'NODE_LEFT'],
      ['d@h', 'left', 'NODE_LEFT'],
    ],
  );
  assert.equal(views.get('prod:c@h')?.version, 'OTP 27', 'what was known of it');
  const lost = memberViews(views, snapshot(abc, { isConnected: false }));
  assert.ok([...lost.values()].every(({ status }) => status === 'unreachable'));
});

test('in a large cluster a node lists no peers but those that it misses', () => {
  const names = Array.from({ length: 200 }, (_, index) => `n${index}@h`);
  const members = names.map((name) => memberNamed(name, { missing: name === 'n7@h' ? ['n8@h'] : [] }));
  const views = memberViews(new Map(), snapshot(members));
  assert.deepEqual(views.get('prod:n7@h')?.peers, []);
  assert.deepEqual(views.get('prod:n7@h')?.missing, ['n8@h']);
});
