/** The groups of one scope: what each event changes and what is sent for it. */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { atom, inspect, Pid, type Term, tuple } from '../../src/etf/index.ts';
import { groupKey } from '../../src/pg/state/group-name.ts';
import { OutgoingCheck } from '../../src/pg/state/outgoing-check.ts';
import {
  joinMessage,
  leaveMessage,
  type Membership,
  type PgMessage,
  syncMessage,
} from '../../src/pg/state/pg-messages.ts';
import { type PgEffect, PgState } from '../../src/pg/state/pg-state.ts';
import { attack } from '../../../../test/support/attack.ts';

const us = new Pid('us@h', 1, 0, 1);
const scope = new Pid('peer@h', 1, 0, 7);
const [m1, m2] = [new Pid('us@h', 11, 0, 1), new Pid('us@h', 12, 0, 1)];
const [r1, r2] = [new Pid('peer@h', 21, 0, 7), new Pid('peer@h', 22, 0, 7)];
const third = new Pid('third@h', 31, 0, 3);
const g = atom('g');

const erl = (term: Term): string => inspect(term, { syntax: 'erlang' });

let state: PgState;
beforeEach(() => {
  state = new PgState({ us, limits: { maxGroups: 3, maxMembers: 4, maxNameSize: 20 } });
});

/** Effects as text: the kind, and what it is about. */
function textOf(effect: PgEffect): string {
  switch (effect.kind) {
    case 'tell':
    case 'broadcast':
      return `${effect.kind} ${erl((effect.message as { elements?: Term[] }).elements?.[0])}`;
    case 'sync':
      return `sync ${effect.isFirst ? 'first' : 'again'}`;
    case 'changed':
      return `${effect.action} ${erl(effect.group)} ${effect.pids.map(({ id }) => id).join()}`;
    case 'refused':
      return `refused ${effect.reason}`;
    default:
      return `${effect.kind} ${effect.what} ${effect.pid.id}`;
  }
}

const message = (it: PgMessage, node = 'peer@h'): string[] =>
  state.step({ kind: 'message', node, message: it }).map(textOf);
const discover = (from = scope): string[] => message({ kind: 'discover', scope: from });
const sync = (...groups: Membership[]): string[] => message({ kind: 'sync', scope, groups });
const change = (joined: readonly Pid[], left: readonly Pid[], group: Term = g): string[] =>
  message({ kind: 'change', scope, changes: [{ group, joined, left }] });
const members = (group: Term = g): number[] => state.members(groupKey(group, 100) ?? '').map(({ id }) => id);

describe('local members', () => {
  test('are told to no node before its scope is known, and in its first sync', () => {
    assert.deepEqual(state.step({ kind: 'join', group: g, pids: [m1] }).map(textOf), [
      'watch member 11',
      'broadcast join',
      'join g 11',
    ]);
    assert.deepEqual(state.told(), []);
    assert.deepEqual(discover(), ['watch scope 1', 'sync first', 'tell discover']);
    assert.deepEqual(state.told(), [scope]);
    assert.deepEqual(state.localMemberships(), [{ group: g, pids: [m1] }]);
  });

  test('leave as often as they have joined', () => {
    state.step({ kind: 'join', group: g, pids: [m1, m1, m2] });
    assert.deepEqual(members(), [11, 11, 12]);
    assert.deepEqual(state.step({ kind: 'leave', group: g, pids: [m1] }).map(textOf), [
      'broadcast leave',
      'leave g 11',
    ]);
    assert.deepEqual(state.step({ kind: 'leave', group: g, pids: [m1] }).map(textOf), [
      'unwatch member 11',
      'broadcast leave',
      'leave g 11',
    ]);
    assert.deepEqual(state.step({ kind: 'leave', group: g, pids: [m1] }), []);
    assert.deepEqual(state.step({ kind: 'leave', group: atom('unknown'), pids: [m1] }), []);
  });

  test('leave all groups when they end, in one message', () => {
    for (const group of [g, atom('h'), g]) state.step({ kind: 'join', group, pids: [m1] });
    const [broadcast] = state.step({ kind: 'memberDown', pid: m1 });
    assert.ok(broadcast?.kind === 'broadcast');
    assert.equal(erl(broadcast.message), erl(leaveMessage(us, [m1], [g, atom('h'), g])));
    assert.deepEqual(state.localGroups(), []);
    assert.deepEqual(state.step({ kind: 'memberDown', pid: m1 }), []);
  });
});

describe('a peer', () => {
  test('is told everything as soon as it is heard of, whatever it says first', () => {
    assert.deepEqual(sync({ group: g, pids: [r1] }), ['watch scope 1', 'join g 21', 'sync first']);
    assert.deepEqual(discover(), ['sync again']);
  });

  test('changes its groups, and a sync replaces them', () => {
    sync({ group: g, pids: [r1] });
    assert.deepEqual(change([r2], [r1]), ['join g 22', 'leave g 21']);
    assert.deepEqual(sync({ group: atom('h'), pids: [r2, r2] }), ['leave g 22', 'join h 22,22']);
    assert.deepEqual(state.groups(), [atom('h')]);
  });

  test('that is unknown changes nothing', () => {
    assert.deepEqual(change([r1], []), []);
    assert.deepEqual(members(), []);
  });

  test('loses its members with its scope, its node, or to another scope of that node', () => {
    sync({ group: g, pids: [r1] });
    assert.deepEqual(state.step({ kind: 'scopeDown', scope }).map(textOf), ['unwatch scope 1', 'leave g 21']);
    sync({ group: g, pids: [r1] });
    assert.deepEqual(state.step({ kind: 'nodeDown', node: 'peer@h' }).map(textOf), [
      'unwatch scope 1',
      'leave g 21',
    ]);
    sync({ group: g, pids: [r1] });
    const restarted = new Pid('peer@h', 99, 0, 7);
    assert.deepEqual(discover(restarted), [
      'unwatch scope 1',
      'leave g 21',
      'watch scope 99',
      'sync first',
      'tell discover',
    ]);
    assert.deepEqual(state.step({ kind: 'scopeDown', scope }), [], 'the late end of the old scope');
    assert.deepEqual(state.nodes(), ['peer@h']);
  });
});

describe('a hostile peer', () => {
  attack('Forged senders', 'a node cannot add or remove members of another node in a process group', () => {
    assert.deepEqual(message({ kind: 'discover', scope: new Pid('third@h', 1, 0, 1) }), [
      'refused foreign-sender',
    ]);
    sync({ group: g, pids: [third, r1] });
    assert.deepEqual(members(), [21]);
    state.step({ kind: 'join', group: g, pids: [m1] });
    assert.deepEqual(change([us, third], [m1]), ['refused foreign-sender']);
    assert.deepEqual(members(), [11, 21]);
    assert.deepEqual(message({ kind: 'sync', scope, groups: [] }, 'third@h'), ['refused foreign-sender']);
  });

  attack(
    'Forged senders',
    'a node cannot fill the process groups of others: groups, members and names are bounded',
    () => {
      discover();
      assert.deepEqual(change([r1, r2, r1, r2, r1, r2], []), ['join g 21,22,21,22', 'refused limit']);
      assert.deepEqual(change([], [r1, r1, r2, r2]), ['leave g 21,21,22,22']);
      for (const name of ['a', 'b', 'c']) assert.equal(change([r1], [], name).length, 1);
      assert.deepEqual(change([r1], [], 'd'), ['refused limit']);
      assert.deepEqual(change([r1], [], 'a name that is too long'), ['refused limit']);
      const deep = Array.from({ length: 15 }).reduce<Term>((term) => tuple(term), 1);
      assert.deepEqual(change([r1], [], deep), ['refused limit']);
      assert.deepEqual(change([r1], [], 2n ** 1000n), ['refused limit']);
      assert.equal(state.groups().length, 3);
    },
  );
});

describe('the second check of what is sent', () => {
  test('accepts what follows from what was told', () => {
    const check = new OutgoingCheck(us);
    assert.equal(check.checkSync(syncMessage(us, [])), 'same');
    assert.equal(check.acceptsChange(joinMessage(us, g, [m1, m2])), true);
    assert.equal(check.checkSync(syncMessage(us, [{ group: g, pids: [m2, m1] }])), 'same');
    assert.equal(check.acceptsChange(leaveMessage(us, [m1], [g])), true);
    assert.equal(check.acceptsChange(leaveMessage(us, [m2], [g])), true);
  });

  test('refuses what would end a scope, or stay in it', () => {
    const check = new OutgoingCheck(us);
    const refused: Term[] = [
      leaveMessage(us, [m1], [g]),
      joinMessage(us, g, []),
      joinMessage(us, g, [r1]),
      joinMessage(scope, g, [m1]),
      tuple(atom('join'), us, g, 'no pid'),
      tuple(atom('discover'), us),
    ];
    for (const term of refused) assert.equal(check.acceptsChange(term), false, erl(term));
    check.acceptsChange(joinMessage(us, g, [m1]));
    assert.equal(check.acceptsChange(leaveMessage(us, [m1], [g, g])), false);
  });

  test('tells a sync that differs, and one that is malformed', () => {
    const check = new OutgoingCheck(us);
    assert.equal(check.checkSync(syncMessage(us, [{ group: g, pids: [m1] }])), 'different');
    assert.equal(check.checkSync(syncMessage(us, [{ group: g, pids: [m1] }])), 'same');
    assert.equal(check.checkSync(syncMessage(us, [{ group: g, pids: [] }])), 'malformed');
    const twice = { group: g, pids: [m1] };
    assert.equal(check.checkSync(syncMessage(us, [twice, twice])), 'malformed');
    assert.equal(check.checkSync(syncMessage(us, [{ group: g, pids: [r1] }])), 'malformed');
  });
});
