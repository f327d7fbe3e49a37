/** Watching a cluster in memory: what the entry does is told by the test. With real nodes: test/interop/cluster. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Node } from '@convoy/node';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { createMemoryCluster, ManualClock, type MemoryCluster } from '@convoy/node/testing';
import { attack } from '../../../../test/support/attack.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { watchCluster } from '../../src/members/watch-cluster.ts';
import { installWorker } from '../../src/on-node/worker.ts';
import { ScriptedEntry } from './scripted-entry.ts';

const quick = { retryMs: { first: 5, last: 20 } };

/** Our own node, and a scripted entry `a@memory.test` that is connected to these nodes. */
async function scene(
  cluster: MemoryCluster,
  visible: readonly string[],
  clock?: ManualClock,
): Promise<{ node: Node; entry: ScriptedEntry; a: Node }> {
  const a = await cluster.start('a');
  const entry = new ScriptedEntry(a, clock);
  entry.connect({ visible });
  const node = await cluster.start('visitor', { hidden: true, isolated: true, listen: false });
  return { node, entry, a };
}

const names = (members: readonly { readonly name: string }[]): string[] => members.map(({ name }) => name);

describe('watching a cluster', () => {
  test('resolves when all members have said what they are and how they are', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, ['b@h', 'c@h']);
    await using watched = await watchCluster(node, { entries: [a.name] });
    assert.equal(watched.entry, a.name);
    assert.deepEqual(names(watched.members()), [a.name, 'b@h', 'c@h']);
    const { kind, state, vitals } = watched.member('c@h') ?? {};
    assert.deepEqual([kind, state, vitals?.processes, vitals?.uptimeMs], ['erlang', 'answering', 40, 1000]);
    assert.deepEqual(node.list('connected'), [a.name]);
  });

  test('tells who joins and leaves, without being asked', async () => {
    await using cluster = createMemoryCluster();
    const { node, a, entry } = await scene(cluster, ['b@h']);
    await using watched = await watchCluster(node, { entries: [a.name] });
    const told: string[] = [];
    const stop = watched.onChange((change) => {
      if (change.kind === 'joined' || change.kind === 'left')
        told.push(`${change.kind} ${change.member.name}`);
    });
    entry.connect({ visible: ['b@h'], hidden: ['h@h'] });
    await eventually('it to join', 30_000, () => told.includes('joined h@h'));
    assert.equal(watched.member('h@h')?.isHidden, true);
    entry.connect({ visible: [] });
    await eventually('both to leave', 30_000, () => told.length === 3);
    assert.deepEqual(told, ['joined h@h', 'left b@h', 'left h@h']);
    stop();
    entry.connect({ visible: ['b@h'] });
    await eventually('it to join again', 30_000, () => watched.member('b@h') !== undefined);
    assert.equal(told.length, 3);
  });

  test('an idle hour costs two questions a minute', async () => {
    await using cluster = createMemoryCluster();
    const clock = new ManualClock();
    const members = Array.from({ length: 29 }, (_, index) => `n${index}@h`);
    const { node, a, entry } = await scene(cluster, members, clock);
    await using watched = await watchCluster(node, { entries: [a.name], clock });
    const before = watched.questions;
    clock.advance(500);
    await eventually('it to listen', 30_000, () => entry.calls.listen === 2);
    let answers = 0;
    watched.onChange(({ kind }) => (answers += kind === 'changed' ? 1 : 0));
    for (let minute = 1; minute <= 60; minute += 1) {
      clock.advance(60_000);
      await eventually('both questions', 30_000, () => {
        return entry.calls.listen === 2 + minute && answers === 30 * minute;
      });
    }
    assert.equal(entry.calls.ask, 2 + 60);
    assert.equal(watched.questions - before, 1 + 2 * 60);
    assert.equal(watched.members().length, 30);
  });

  test('a cluster whose nodes come and go all the time is asked at most twice a second', async () => {
    await using cluster = createMemoryCluster();
    const clock = new ManualClock();
    const { node, a, entry } = await scene(cluster, ['b@h'], clock);
    await using watched = await watchCluster(node, { entries: [a.name], clock });
    assert.equal(entry.calls.listen, 1);
    entry.connect({ visible: ['c@h'] });
    clock.advance(499);
    assert.equal(entry.calls.listen, 1);
    clock.advance(1);
    await eventually('it to be asked again', 30_000, () => watched.member('c@h') !== undefined);
    assert.equal(entry.calls.listen, 2);
  });

  test('ends what it has started, and leaves what was there', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, ['b@h']);
    const watched = await watchCluster(node, { entries: [a.name] });
    await watched.close();
    await watched.close();
    await eventually('it to be left', 30_000, () => node.list('connected').length === 0);
    await assert.rejects(watched.refresh(), { code: 'MEMBERS_CLOSED' });
    await assert.rejects(watched.visit('b@h'), { code: 'MEMBERS_CLOSED' });
    await node.connect(a.name);
    await (await watchCluster(node, { entries: [a.name] })).close();
    assert.deepEqual(node.list('connected'), [a.name]);
  });

  test('can be closed by a listener', async () => {
    await using cluster = createMemoryCluster();
    const { node, a, entry } = await scene(cluster, ['b@h']);
    const watched = await watchCluster(node, { entries: [a.name] });
    let changes = 0;
    watched.onChange(() => {
      changes += 1;
      void watched.close();
    });
    entry.connect({ visible: ['b@h', 'c@h', 'd@h'] });
    await eventually('it to be left', 30_000, () => node.list('connected').length === 0);
    assert.equal(changes, 1);
  });

  test('closes with its node', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, []);
    const watched = await watchCluster(node, { entries: [a.name] });
    await node.close();
    await assert.rejects(watched.refresh(), { code: 'MEMBERS_CLOSED' });
  });
});

describe('entries', () => {
  test('the next one is entered by when one is gone, and it is left when it comes back', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, ['b@memory.test']);
    const b = await cluster.start('b');
    new ScriptedEntry(b).connect({ visible: ['c@h'] });
    const entries = ['nobody@memory.test', a.name, b.name];
    await using watched = await watchCluster(node, { entries, ...quick });
    assert.equal(watched.entry, a.name);
    const told: string[] = [];
    watched.onChange((change) => {
      if ('entry' in change) told.push(`${change.kind} ${change.entry}`);
    });
    await a.close();
    await eventually('the other entry', 30_000, () => watched.entry === b.name);
    await eventually('its members', 30_000, () => watched.member('c@h') !== undefined);
    assert.deepEqual(told, [`entryLost ${a.name}`, `entryChanged ${b.name}`]);
    assert.equal(watched.member(a.name), undefined);
  });

  test('all are tried again for as long as none can be reached', async () => {
    await using cluster = createMemoryCluster();
    const { node, a, entry } = await scene(cluster, ['b@h']);
    await using watched = await watchCluster(node, { entries: [a.name], ...quick });
    const told: string[] = [];
    watched.onChange((change) => told.push(change.kind));
    node.disconnect(a.name);
    await eventually('it to be entered again', 30_000, () => told.includes('entryChanged'));
    assert.equal(watched.entry, a.name);
    entry.connect({ visible: ['b@h', 'c@h'] });
    await eventually('a new member', 30_000, () => watched.member('c@h') !== undefined);
  });

  test('one that gives no usable answers is given up', async () => {
    await using cluster = createMemoryCluster();
    const { node, a, entry } = await scene(cluster, ['b@memory.test']);
    const b = await cluster.start('b');
    new ScriptedEntry(b).connect({ visible: [] });
    await using watched = await watchCluster(node, { entries: [a.name, b.name], ...quick });
    entry.onListen = () => tuple(atom('boom'));
    entry.wake();
    await eventually('the other entry', 30_000, () => watched.entry === b.name);
    await eventually('the first one to be left', 30_000, () => node.list('connected').join() === b.name);
  });

  test('a TypeScript node is left for an Erlang node that it names', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, []);
    const t = await cluster.start('t');
    t.expose('convoy', { info: () => ({ peers: [atom(a.name)] }) });
    await using watched = await watchCluster(node, { entries: [t.name], ...quick });
    assert.equal(watched.entry, a.name);
    await eventually('the first one to be left', 30_000, () => node.list('connected').join() === a.name);
  });

  test('a TypeScript node is one where there are no others, and names members that can be visited', async () => {
    await using cluster = createMemoryCluster();
    const clock = new ManualClock();
    const node = await cluster.start('visitor', { hidden: true, isolated: true, listen: false });
    const [t, u] = [await cluster.start('t'), await cluster.start('u')];
    for (const one of [t, u]) installWorker(one, { print: () => undefined });
    await t.connect(u.name);
    await using done = await watchCluster(node, { entries: [t.name], clock });
    const kinds = (): unknown[] => done.members().map(({ name, kind, state }) => [name, kind, state]);
    assert.deepEqual(kinds(), [
      [t.name, 'typescript', 'answering'],
      [u.name, 'unknown', 'unasked'],
    ]);
    using _visit = await done.visit(u.name);
    assert.deepEqual(kinds()[1], [u.name, 'typescript', 'answering']);
    await assert.rejects(done.ask(u.name, { module: 'convoy', function: 'info', args: [] }), {
      code: 'MEMBERS_NO_ANSWER',
    });
    await u.close();
    await eventually('it to leave', 30_000, () => {
      clock.advance(10_000);
      return done.members().length === 1;
    });
  });
});

describe('reaching entries', () => {
  test('the error says why none can be reached', async () => {
    await using cluster = createMemoryCluster();
    const { node } = await scene(cluster, []);
    const t = await cluster.start('t');
    await assert.rejects(watchCluster(node, { entries: ['nobody@memory.test'] }), {
      code: 'MEMBERS_NO_ENTRY',
      message: /nobody@memory\.test/,
    });
    await assert.rejects(watchCluster(node, { entries: [t.name] }), /cannot ask other nodes for us/);
    for (const entries of [[], ['bad name'], [node.name]]) {
      await assert.rejects(watchCluster(node, { entries }), { code: 'MEMBERS_BAD_OPTION' });
    }
    await assert.rejects(watchCluster(node, { entries: ['a@h'], maxMembers: 0 }), {
      code: 'MEMBERS_BAD_OPTION',
    });
    assert.deepEqual(node.list('connected'), []);
  });

  test('the caller is told before a member is dialled, and can refuse', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, ['b@memory.test']);
    await cluster.start('b', { cookie: 'of-its-own' });
    const reached: string[] = [];
    const reach = async (name: string): Promise<void> => {
      reached.push(name);
      if (name === 'b@memory.test') node.setCookie(name, 'of-its-own');
    };
    await using watched = await watchCluster(node, { entries: [a.name], reach });
    using _visit = await watched.visit('b@memory.test');
    assert.deepEqual(reached, [a.name, 'b@memory.test']);
    const refuse = (): Promise<void> => Promise.reject(new Error('no way there'));
    await node.close();
    const other = await cluster.start('other', { hidden: true, listen: false });
    await assert.rejects(watchCluster(other, { entries: [a.name], reach: refuse }), /no way there/);
  });

  test('can be abandoned', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, []);
    const stop = new AbortController();
    const reach = (): Promise<void> => {
      stop.abort(new Error('changed my mind'));
      return Promise.resolve();
    };
    await assert.rejects(
      watchCluster(node, { entries: [a.name], reach, signal: stop.signal }),
      /changed my mind/,
    );
    await eventually('nothing to be left', 30_000, () => node.list('known').length === 0);
  });
});

describe('hostile answers', () => {
  const bad: readonly [string, Term][] = [
    ['not a tuple', 7],
    ['too few elements', tuple(1, [], [])],
    ['names that are no list', tuple(1, atom('x'), [], [])],
  ];
  for (const [title, value] of bad) {
    test(`of an entry about its connections: ${title}`, async () => {
      await using cluster = createMemoryCluster();
      const { node, a, entry } = await scene(cluster, []);
      entry.onListen = () => value;
      await assert.rejects(watchCluster(node, { entries: [a.name] }), { code: 'MEMBERS_NO_ENTRY' });
    });
  }

  attack(
    'First contact',
    'a member that names very many nodes, bad names and ours adds a bounded list of valid ones',
    async () => {
      await using cluster = createMemoryCluster();
      const { node, a, entry } = await scene(cluster, []);
      const many = Array.from({ length: 20_000 }, (_, index) => atom(`n${index}@h`));
      const bad = [
        7,
        atom('no-host'),
        atom('a b@h'),
        atom('x@h\u202e'),
        atom(node.name),
        atom('@'),
        atom('h'),
      ];
      entry.onListen = () => tuple(5, [...bad, ...many], [...bad, ...many], bad);
      await using watched = await watchCluster(node, { entries: [a.name], maxMembers: 100 });
      assert.equal(watched.members().length <= 100, true);
      assert.ok(watched.members().every(({ name }) => name === a.name || /^n\d+@h$/.test(name)));
    },
  );

  attack(
    'First contact',
    'a member that answers for others, for strangers or with nonsense is believed in nothing',
    async () => {
      await using cluster = createMemoryCluster();
      const { node, a, entry } = await scene(cluster, ['b@h', 'c@h', 'd@h', 'e@h']);
      const stranger = tuple(atom('stranger@h'), tuple(atom('ok'), []));
      const answers = [
        stranger,
        tuple(atom('b@h'), tuple(atom('ok'), 7)),
        7,
        tuple(atom('d@h'), atom('too_big')),
      ];
      entry.onAsk = () => [...answers, tuple(atom('e@h'), tuple(atom('failed'), 7))];
      await using watched = await watchCluster(node, { entries: [a.name] });
      assert.equal(watched.member('stranger@h'), undefined);
      const problems = Object.fromEntries(watched.members().map(({ name, problem }) => [name, problem]));
      assert.equal(problems['b@h'], 'its answer cannot be read');
      assert.equal(problems['c@h'], 'no answer');
      assert.equal(problems['d@h'], 'too_big');
      assert.equal(problems['e@h'], 'an unknown reason');
      assert.ok(watched.members().every(({ kind, state }) => kind === 'unknown' && state === 'silent'));
    },
  );
});

describe('asking and visiting a member', () => {
  test('only members can be asked, and only while there is an entry', async () => {
    await using cluster = createMemoryCluster();
    const { node, a, entry } = await scene(cluster, ['b@h']);
    await using watched = await watchCluster(node, {
      entries: [a.name],
      retryMs: { first: 60_000, last: 60_000 },
    });
    const call = { module: 'erlang', function: 'node', args: [] };
    entry.onAsk = ([name = '']) => [tuple(atom(name), tuple(atom('ok'), atom('value')))];
    assert.equal(await watched.ask('b@h', call), atom('value'));
    const outcomes: readonly [Term, string][] = [
      [atom('undef'), 'MEMBERS_CALL_FAILED'],
      [tuple(atom('failed'), new TextEncoder().encode('badarg')), 'MEMBERS_CALL_FAILED'],
      [atom('absent'), 'MEMBERS_NO_ANSWER'],
      [atom('timeout'), 'MEMBERS_NO_ANSWER'],
      [atom('too_big'), 'MEMBERS_NO_ANSWER'],
    ];
    for (const [outcome, code] of outcomes) {
      entry.onAsk = ([name = '']) => [tuple(atom(name), outcome)];
      await assert.rejects(watched.ask('b@h', call), { code, node: 'b@h' });
    }
    await assert.rejects(watched.ask('x@h', call), { code: 'MEMBERS_UNKNOWN_NODE' });
    await assert.rejects(watched.visit('x@h'), { code: 'MEMBERS_UNKNOWN_NODE' });
    await a.close();
    await eventually('it to be gone', 30_000, () => watched.entry === undefined);
    await assert.rejects(watched.ask('b@h', call), { code: 'MEMBERS_NO_ENTRY' });
  });

  test('a visit connects to the member, and leaves it when it is no longer used', async () => {
    await using cluster = createMemoryCluster();
    const clock = new ManualClock();
    const { node, a } = await scene(cluster, ['b@memory.test'], clock);
    await cluster.start('b');
    await using watched = await watchCluster(node, { entries: [a.name], clock, idleMs: 1000 });
    const connected = (): string => node.list('connected').sort().join(' ');
    const [one, two] = [await watched.visit('b@memory.test'), await watched.visit('b@memory.test')];
    assert.equal(connected(), 'a@memory.test b@memory.test');
    one.close();
    one.close();
    clock.advance(5000);
    assert.equal(connected(), 'a@memory.test b@memory.test');
    two.close();
    clock.advance(999);
    const three = await watched.visit('b@memory.test');
    clock.advance(5000);
    assert.equal(connected(), 'a@memory.test b@memory.test');
    three[Symbol.dispose]();
    clock.advance(1000);
    await eventually('it to be left', 30_000, () => connected() === 'a@memory.test');
    // The entry is visited over the connection that is there, and stays.
    (await watched.visit(a.name)).close();
    clock.advance(5000);
    assert.equal(connected(), 'a@memory.test');
  });

  test('a visit that fails leaves nothing, and the end of watching ends all visits', async () => {
    await using cluster = createMemoryCluster();
    const { node, a } = await scene(cluster, ['b@memory.test', 'nobody@memory.test']);
    await cluster.start('b');
    const watched = await watchCluster(node, { entries: [a.name] });
    await assert.rejects(watched.visit('nobody@memory.test'), { code: 'CONNECTION_NAME_UNKNOWN' });
    await watched.visit('b@memory.test');
    await watched.close();
    await eventually('all to be left', 30_000, () => node.list('known').length === 0);
  });
});
