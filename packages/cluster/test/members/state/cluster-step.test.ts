import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import type { MemberIdentity } from '../../../src/members/facts/identity.ts';
import type {
  ClusterEffect,
  ClusterEvent,
  ClusterSettings,
  ClusterState,
  MemberAnswer,
} from '../../../src/members/state/cluster-model.ts';
import { askableNames, initialState, stepCluster } from '../../../src/members/state/cluster-step.ts';

const settings: ClusterSettings = {
  self: 'me@h',
  entries: ['a@h', 'b@h'],
  maxMembers: 100,
  maxReported: 10,
  isAnyMemberEntry: false,
};

/** Keeps the state between steps. */
class Stepper {
  state: ClusterState;

  constructor(changes: Partial<ClusterSettings> = {}) {
    this.state = initialState({ ...settings, ...changes });
  }

  /** The effects of these events, in short. */
  step(...events: readonly ClusterEvent[]): string[] {
    const effects: ClusterEffect[] = [];
    for (const event of events) {
      const step = stepCluster(this.state, event);
      this.state = step.state;
      effects.push(...step.effects);
    }
    return effects.map(summary);
  }

  /** Enters by `a@h`, which lists these members. */
  enter(visible: readonly string[], hidden: readonly string[] = []): string[] {
    return this.step(
      { kind: 'start' },
      { kind: 'connected', entry: 'a@h', isLone: false },
      listed('a@h', visible, { hidden }),
    );
  }

  names(): string[] {
    return [...this.state.members.keys()];
  }
}

function summary(effect: ClusterEffect): string {
  switch (effect.kind) {
    case 'identify':
      return `identify ${effect.names.join(' ')}`;
    case 'dial':
      return `dial ${effect.entry}${effect.isLone ? ' alone' : ''}`;
    case 'retryLater':
      return `retry ${effect.failures}`;
    case 'change':
      return `${effect.change.kind} ${'member' in effect.change ? effect.change.member.name : effect.change.entry}`;
    default:
      return `${effect.kind} ${effect.entry}`;
  }
}

function listed(
  entry: string,
  visible: readonly string[],
  { hidden = [], changed = [] }: { hidden?: readonly string[]; changed?: readonly string[] } = {},
): ClusterEvent {
  return { kind: 'listed', entry, visible, hidden, changed };
}

function identity(name: string, creation = 1): MemberAnswer {
  const found: MemberIdentity = { kind: 'erlang', versions: { otp: '27' }, creation };
  return { kind: 'identity', name, identity: found };
}

function vitals(
  name: string,
  { visible = [] as string[], missing = [] as string[], creation = 1 } = {},
): MemberAnswer {
  return {
    kind: 'vitals',
    name,
    vitals: { processes: 5 },
    creation,
    peers: { visible, hidden: [], missing },
  };
}

describe('entering a cluster', () => {
  test('dials the first entry, and then keeps asking it for its connections', () => {
    const cluster = new Stepper();
    assert.deepEqual(cluster.step({ kind: 'start' }), ['dial a@h']);
    assert.deepEqual(cluster.step({ kind: 'connected', entry: 'a@h', isLone: false }), [
      'entryChanged a@h',
      'joined a@h',
      'listen a@h',
    ]);
    assert.deepEqual(cluster.step(listed('a@h', ['c@h'], { hidden: ['d@h'] })), [
      'joined c@h',
      'joined d@h',
      'identify a@h c@h d@h',
    ]);
    assert.equal(cluster.state.members.get('d@h')?.isHidden, true);
  });

  test('tries the next entry when one cannot be reached, and all of them again later', () => {
    const cluster = new Stepper();
    cluster.step({ kind: 'start' });
    assert.deepEqual(cluster.step({ kind: 'dialFailed', entry: 'a@h' }), ['dial b@h']);
    assert.deepEqual(cluster.step({ kind: 'dialFailed', entry: 'b@h' }), ['retry 1']);
    assert.deepEqual(cluster.step({ kind: 'retry' }), ['dial a@h']);
    assert.deepEqual(
      cluster.step({ kind: 'dialFailed', entry: 'a@h' }, { kind: 'dialFailed', entry: 'b@h' }),
      ['dial b@h', 'retry 2'],
    );
  });

  test('tries the next entry when the entry is gone, keeps the members meanwhile, and then those that it names', () => {
    const cluster = new Stepper();
    cluster.enter(['b@h', 'c@h']);
    assert.deepEqual(cluster.step({ kind: 'entryLost', entry: 'a@h', reason: 'connection_closed' }), [
      'entryLost a@h',
      'leave a@h',
      'dial b@h',
    ]);
    assert.deepEqual(cluster.names(), ['a@h', 'b@h', 'c@h']);
    assert.deepEqual(askableNames(cluster.state), []);
    const effects = cluster.step({ kind: 'connected', entry: 'b@h', isLone: false });
    assert.ok(
      !effects.some((effect) => effect.startsWith('left') || effect.startsWith('joined')),
      effects.join(),
    );
    assert.deepEqual(
      cluster.step(listed('b@h', ['c@h'])).filter((effect) => effect.startsWith('left')),
      ['left a@h'],
    );
    assert.deepEqual(cluster.names(), ['b@h', 'c@h']);
  });

  test('waits longer and longer for entries that let us in and drop us again, until one has settled', () => {
    const cluster = new Stepper({ entries: ['a@h'] });
    const enter: ClusterEvent[] = [
      { kind: 'connected', entry: 'a@h', isLone: false },
      listed('a@h', ['c@h']),
    ];
    const lose: ClusterEvent = { kind: 'entryLost', entry: 'a@h', reason: '' };
    cluster.step({ kind: 'start' }, ...enter);
    assert.equal(cluster.step(lose).at(-1), 'retry 1');
    cluster.step({ kind: 'retry' }, ...enter);
    assert.equal(cluster.step(lose).at(-1), 'retry 2');
    cluster.step({ kind: 'retry' }, ...enter, { kind: 'settled', entry: 'a@h' });
    assert.equal(cluster.step(lose).at(-1), 'retry 1');
  });

  test('enters by another member only if that is allowed', () => {
    const lost: ClusterEvent[] = [
      { kind: 'entryLost', entry: 'a@h', reason: '' },
      { kind: 'dialFailed', entry: 'b@h' },
    ];
    const strict = new Stepper();
    strict.enter(['c@h'], ['d@h']);
    assert.equal(strict.step(...lost).at(-1), 'retry 1');
    const free = new Stepper({ isAnyMemberEntry: true });
    free.enter(['c@h'], ['d@h']);
    assert.equal(free.step(...lost).at(-1), 'dial c@h');
    // Not a hidden node.
    assert.deepEqual(free.step({ kind: 'dialFailed', entry: 'c@h' }), ['retry 1']);
  });

  test('leaves an entry that cannot ask others for one of the nodes that it names, or takes it alone', () => {
    const cluster = new Stepper({ entries: ['t@h'] });
    cluster.step({ kind: 'start' });
    const peers = ['bad name', 'me@h', 't@h', 'e@h'];
    assert.deepEqual(cluster.step({ kind: 'unsuitable', entry: 't@h', peers }), ['leave t@h', 'dial e@h']);
    assert.deepEqual(cluster.step({ kind: 'unsuitable', entry: 'e@h', peers: ['x@h'] }), [
      'leave e@h',
      'dial t@h alone',
    ]);
    cluster.step({ kind: 'connected', entry: 't@h', isLone: true }, listed('t@h', ['e@h', 'x@h']));
    assert.deepEqual(cluster.names(), ['t@h', 'e@h', 'x@h']);
    assert.deepEqual(askableNames(cluster.state), ['t@h']);
    assert.equal(cluster.step({ kind: 'entryLost', entry: 't@h', reason: '' }).at(-1), 'retry 1');
  });

  test('undoes a dial that succeeds too late, and does nothing after the end', () => {
    const cluster = new Stepper();
    cluster.step({ kind: 'start' });
    assert.deepEqual(cluster.step({ kind: 'close' }), ['leave a@h']);
    assert.deepEqual(cluster.step({ kind: 'connected', entry: 'a@h', isLone: false }), ['leave a@h']);
    assert.deepEqual(cluster.step(listed('a@h', ['c@h']), { kind: 'retry' }, { kind: 'start' }), []);
  });
});

describe('the members', () => {
  test('are those that the entry names, without ours, bad names and more than the limit', () => {
    const cluster = new Stepper({ maxMembers: 4 });
    cluster.enter(['me@h', 'c@h', 'bad name@h', 'no-host', '', 'd@h', 'c@h', 'e@h', 'f@h'], ['me@h']);
    assert.deepEqual(cluster.names(), ['a@h', 'c@h']);
    const many = new Stepper({ maxMembers: 4 });
    many.enter(['c@h', 'd@h', 'e@h', 'f@h', 'g@h']);
    assert.deepEqual(many.names(), ['a@h', 'c@h', 'd@h', 'e@h']);
  });

  test('leave when the entry does not name them any more, and are identified again after a restart', () => {
    const cluster = new Stepper();
    cluster.enter(['c@h', 'd@h']);
    cluster.step({ kind: 'answered', answers: ['a@h', 'c@h', 'd@h'].map((name) => identity(name)) });
    assert.deepEqual(cluster.step(listed('a@h', ['c@h'])), ['left d@h']);
    assert.deepEqual(cluster.step(listed('a@h', ['c@h'], { changed: ['c@h'] })), ['identify c@h']);
    const restarted = cluster.step({ kind: 'answered', answers: [vitals('c@h', { creation: 2 })] });
    assert.deepEqual(restarted, ['changed c@h', 'identify c@h']);
    assert.equal(cluster.state.members.get('c@h')?.kind, 'erlang');
  });

  test('include nodes that only another member is connected to, which cannot be asked', () => {
    const cluster = new Stepper();
    cluster.enter(['c@h', 'd@h']);
    const report = vitals('c@h', { visible: ['x@h'], missing: ['d@h', 'me@h', 'bad'] });
    cluster.step({ kind: 'answered', answers: [report] });
    const { seenBy, state } = cluster.state.members.get('x@h') ?? {};
    assert.deepEqual([seenBy, state], [['c@h'], 'unasked']);
    assert.deepEqual(cluster.state.members.get('c@h')?.missing, ['d@h']);
    assert.deepEqual(askableNames(cluster.state), ['a@h', 'c@h', 'd@h']);
    // Such a node is no witness of others, and goes with its witness.
    cluster.step({ kind: 'answered', answers: [vitals('x@h', { visible: ['y@h'] })] });
    assert.ok(!cluster.names().includes('y@h'));
    const gone = cluster.step(listed('a@h', ['d@h'])).filter((effect) => effect.startsWith('left'));
    assert.deepEqual(gone, ['left c@h', 'left x@h']);
  });

  test('are silent while they do not answer, and keep what is known', () => {
    const cluster = new Stepper();
    cluster.enter(['c@h']);
    cluster.step({
      kind: 'answered',
      answers: [identity('c@h'), { kind: 'silent', name: 'c@h', why: 'timeout' }],
    });
    const { kind, state, problem } = cluster.state.members.get('c@h') ?? {};
    assert.deepEqual([kind, state, problem], ['erlang', 'silent', 'timeout']);
    cluster.step({ kind: 'answered', answers: [vitals('c@h')] });
    assert.deepEqual(cluster.state.members.get('c@h')?.state, 'answering');
    cluster.step({ kind: 'answered', answers: [identity('stranger@h')] });
    assert.deepEqual(cluster.names(), ['a@h', 'c@h']);
  });

  attack(
    'First contact',
    'a member of a watched cluster that invents nodes displaces none that others see',
    () => {
      const cluster = new Stepper({ maxMembers: 12, maxReported: 10 });
      cluster.enter(['c@h', 'd@h']);
      const invented = Array.from({ length: 1000 }, (_, index) => `fake${index}@h`);
      const answers = [vitals('c@h', { visible: invented }), vitals('d@h', { visible: ['real@h'] })];
      cluster.step({ kind: 'answered', answers });
      assert.equal(cluster.names().length, 12);
      assert.ok(cluster.names().includes('real@h'));
    },
  );
});
