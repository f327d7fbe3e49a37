/** What one member of a mesh may cost the name server of another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryCluster } from '@convoy/node/testing';
import { atom, Pid, type Term, tuple } from '../../../src/etf/index.ts';
import { LockTable } from '../../../src/node/global/state/lock-table.ts';
import { TurnQueue } from '../../../src/node/global/turn-queue.ts';
import { attack } from '../../../../../test/support/attack.ts';

const pidOf = (node: string, id: number): Pid => new Pid(node, id, 0, 1);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('locks of one node are bounded, others and the lock of registrations are still to be had', () => {
  const table = new LockTable({ maxLocks: 100, maxLocksPerNode: 3 });
  const [greedy, honest] = [pidOf('greedy@h', 1), pidOf('honest@h', 1)];
  const set = (resource: Term, pid: Pid): boolean => table.set({ resource, requester: pid }, pid).granted;
  assert.deepEqual([1, 2, 3, 4].map((resource) => set(resource, greedy)), [true, true, true, false]); // prettier-ignore
  assert.equal(set(3, greedy), true);
  assert.equal(set(4, honest), true);
  assert.equal(set(atom('global'), pidOf('greedy@h', 2)), true);
  assert.deepEqual(table.holdersOf('greedy@h').map(({ id }) => id), [1, 2]); // prettier-ignore
  assert.equal(table.removePid(greedy), 3);
  assert.equal(set(4, greedy), false);
  assert.equal(set(5, greedy), true);
});

test('the end of a node with many processes that hold locks costs no more than there are locks', () => {
  const count = 40_000;
  const table = new LockTable({ maxLocks: count, maxLocksPerNode: count });
  for (let at = 0; at < count; at += 1) {
    const pid = pidOf('n@h', at);
    table.set({ resource: at, requester: pid }, pid);
  }
  const start = performance.now();
  for (const pid of table.holdersOf('n@h')) assert.equal(table.removePid(pid), 1);
  // Each process looking at every lock took minutes.
  assert.ok(performance.now() - start < 10_000);
  assert.deepEqual(table.holdersOf('n@h'), []);
});

test('a turn takes so much, every peer has its share, and each has its order', async () => {
  const taken: string[] = [];
  const queue = new TurnQueue<string>({ maxPerTurn: 4, maxPerPeer: 6, take: (item) => taken.push(item) });
  const posted = Array.from({ length: 12 }, (_, at) => queue.post('busy', `busy ${at}`));
  assert.equal(posted.filter(Boolean).length, 10);
  assert.equal(queue.post('calm', 'calm 0'), true);
  assert.equal(taken.length, 4);
  await nextTurn();
  assert.deepEqual(taken.slice(4), ['busy 4', 'calm 0', 'busy 5', 'busy 6']);
  queue.drop('busy');
  await nextTurn();
  assert.equal(taken.length, 8);
  assert.equal(queue.post('busy', 'again'), true);
  assert.equal(taken.at(-1), 'again');
});

attack(
  'Connections',
  'a member that asks for 50,000 global locks at once stalls neither timers nor other members',
  async () => {
    await using cluster = createMemoryCluster();
    const [target, flooder, honest] = [
      await cluster.start('target'),
      await cluster.start('flooder'),
      await cluster.start('honest'),
    ];
    await honest.connect(target.name);
    await flooder.connect(target.name);
    const asker = flooder.pid;
    let granted = 0;
    const counter = flooder.spawn(async (self) => {
      for (;;) {
        const reply = await self.receive();
        if (String((reply as { elements?: Term[] }).elements?.[1]) === 'true') granted += 1;
      }
    });
    const to = { name: 'global_name_server', node: target.name };
    for (let at = 0; at < 50_000; at += 1) {
      const request = tuple(atom('set_lock'), tuple(at, asker));
      flooder.send(to, tuple(atom('$gen_call'), tuple(counter, at), request));
    }
    // All three share this event loop: what is measured is that turns go on while the requests are worked off.
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const pid = honest.spawn(() => new Promise<void>(() => undefined));
    assert.equal(await honest.global.register('mine', pid), true);
    clearInterval(watch);
    assert.ok(longest < 2000, `a turn took ${longest.toFixed(0)} ms`);
    assert.ok(granted <= 4096);
  },
);
