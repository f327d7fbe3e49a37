import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseNodeName } from '@convoy/node';
import type { MemberIdentity } from '../../../src/members/facts/identity.ts';
import type {
  ClusterEffect,
  ClusterEvent,
  ClusterSettings,
  ClusterState,
  Member,
  MemberAnswer,
} from '../../../src/members/state/cluster-model.ts';
import { askableNames, initialState, stepCluster } from '../../../src/members/state/cluster-step.ts';

const settings: ClusterSettings = {
  self: 'me@h',
  entries: ['a@h', 'b@h'],
  maxMembers: 8,
  maxReported: 5,
  isAnyMemberEntry: false,
};
const valid = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h', ...Array.from({ length: 12 }, (_, index) => `n${index}@h`)];
const name = fc.constantFrom(...valid);
const anyName = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 1, arbitrary: fc.constantFrom('me@h', 'bad', 'x y@h', '@', `${'l'.repeat(300)}@h`) },
);
const names = fc.array(anyName, { maxLength: 30 });
const identity: MemberIdentity = { kind: 'erlang', versions: { otp: '27' }, creation: 1 };

const answer: fc.Arbitrary<MemberAnswer> = fc.oneof(
  anyName.map((one): MemberAnswer => ({ kind: 'identity', name: one, identity })),
  anyName.map((one): MemberAnswer => ({ kind: 'silent', name: one, why: 'timeout' })),
  fc.record({
    kind: fc.constant('vitals' as const),
    name: anyName,
    vitals: fc.constant({ processes: 1 }),
    creation: fc.constantFrom(1, 2, undefined),
    peers: fc.record({ visible: names, hidden: names, missing: names }),
  }),
);

const event: fc.Arbitrary<ClusterEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<ClusterEvent>({ kind: 'start' }) },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom('a@h', 'b@h')
      .map((entry): ClusterEvent => ({ kind: 'connected', entry, isLone: false })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a@h', 'b@h').map((entry): ClusterEvent => ({ kind: 'dialFailed', entry })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('a@h', 'b@h', 'c@h')
      .map((entry): ClusterEvent => ({ kind: 'entryLost', entry, reason: 'gone' })),
  },
  { weight: 2, arbitrary: fc.constant<ClusterEvent>({ kind: 'retry' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a@h', 'b@h').map((entry): ClusterEvent => ({ kind: 'settled', entry })),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('listed' as const),
      entry: fc.constantFrom('a@h', 'b@h'),
      visible: names,
      hidden: names,
      changed: names,
    }),
  },
  {
    weight: 12,
    arbitrary: fc
      .array(answer, { maxLength: 6 })
      .map((answers): ClusterEvent => ({ kind: 'answered', answers })),
  },
);
const events = fc.array(event, { maxLength: 40 });

/** Runs the events, and calls `check` after each. */
function run(
  given: readonly ClusterEvent[],
  check: (state: ClusterState, effects: readonly ClusterEffect[], event: ClusterEvent) => void,
): ClusterState {
  let state = initialState(settings);
  for (const one of given) {
    const step = stepCluster(state, one);
    state = step.state;
    check(state, step.effects, one);
  }
  return state;
}

describe('whatever entries and members answer', () => {
  test('the members are few, valid, not ours, and each is seen by a member that can be asked', () => {
    fc.assert(
      fc.property(events, (given) => {
        run(given, ({ members, entry }) => {
          assert.ok(members.size <= settings.maxMembers);
          for (const member of members.values()) {
            assert.ok(parseNodeName(member.name) !== undefined && member.name !== settings.self);
            assert.ok(member.missing.length <= settings.maxReported);
            assert.ok(member.name === entry || member.seenBy.length > 0);
            assert.equal(member.isEntry, member.name === entry);
          }
        });
      }),
    );
  });

  test('what is kept is bounded', () => {
    fc.assert(
      fc.property(events, (given) => {
        run(given, ({ reports, facts, members, entry }) => {
          assert.ok([...facts.keys()].every((one) => members.has(one)));
          for (const [reporter, { visible, hidden }] of reports) {
            const max = reporter === entry ? settings.maxMembers + 1 : settings.maxReported;
            assert.ok(visible.length <= max && hidden.length <= max);
          }
        });
      }),
    );
  });

  test('somebody who is told the changes knows the members', () => {
    fc.assert(
      fc.property(events, (given) => {
        const known = new Map<string, Member>();
        run(given, ({ members }, effects) => {
          for (const effect of effects) {
            if (effect.kind !== 'change' || !('member' in effect.change)) continue;
            const { kind, member } = effect.change;
            assert.equal(known.has(member.name), kind !== 'joined');
            if (kind === 'left') known.delete(member.name);
            else known.set(member.name, member);
          }
          assert.deepEqual(known, new Map(members));
        });
      }),
    );
  });

  test('only entries are dialled, and only nodes that the entry is connected to are asked', () => {
    fc.assert(
      fc.property(events, (given) => {
        let last: readonly string[] = [];
        run(given, (state, effects, one) => {
          if (one.kind === 'listed' && state.link.kind === 'up' && one.entry === state.link.entry) {
            last = [...one.visible, ...one.hidden];
          }
          for (const effect of effects) {
            if (effect.kind === 'dial') assert.ok(settings.entries.includes(effect.entry));
            if (effect.kind !== 'identify') continue;
            assert.ok(effect.names.every((one) => askableNames(state).includes(one)));
            assert.ok(effect.names.every((one) => one === state.entry || last.includes(one)));
          }
        });
      }),
    );
  });

  test('a name that comes early in what a member reports is a member, whatever others report', () => {
    const report = fc.record({ by: fc.constantFrom('c@h', 'd@h'), names: fc.array(name, { maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 4 }), (reports) => {
        const answers = reports.map((one): MemberAnswer => {
          const peers = { visible: one.names, hidden: [], missing: [] };
          return { kind: 'vitals', name: one.by, vitals: {}, creation: 1, peers };
        });
        const state = run(
          [
            { kind: 'start' },
            { kind: 'connected', entry: 'a@h', isLone: false },
            { kind: 'listed', entry: 'a@h', visible: ['c@h', 'd@h'], hidden: [], changed: [] },
            { kind: 'answered', answers },
          ],
          () => undefined,
        );
        for (const { visible } of state.reports.values()) {
          // The entry itself, and one of each of the three in two turns.
          for (const one of visible.slice(0, 2)) assert.ok(state.members.has(one), one);
        }
      }),
    );
  });

  test('after the end nothing is done but leaving', () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        let state = run([...before, { kind: 'close' }], () => undefined);
        for (const one of after) {
          const step = stepCluster(state, one);
          state = step.state;
          assert.ok(step.effects.every(({ kind }) => kind === 'leave'));
        }
      }),
    );
  });
});
