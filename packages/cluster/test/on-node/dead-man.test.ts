import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, tuple } from '@convoy/node/etf';
import type { Timer } from '@convoy/node';
import { createMemoryCluster, ManualClock } from '@convoy/node/testing';
import { eventuallyEqual } from '../../../../test/support/eventually.ts';
import { installDeadMan } from '../../src/on-node/dead-man.ts';
import { claimNode } from '../../src/launch/node-ownership.ts';

/** A clock that counts its running timers: the switch has one while the node has no owner. */
class CountingClock extends ManualClock {
  readonly #running = new Set<Timer>();

  override after(delayMs: number, action: () => void): Timer {
    const inner = super.after(delayMs, () => {
      this.#running.delete(timer);
      action();
    });
    const timer: Timer = {
      cancel: () => {
        this.#running.delete(timer);
        inner.cancel();
      },
    };
    this.#running.add(timer);
    return timer;
  }

  async waitForTimers(count: number): Promise<void> {
    await eventuallyEqual(() => this.#running.size, count);
  }
}

test('a node without an owner exits after the grace period, once', async () => {
  await using cluster = createMemoryCluster();
  const [node] = [await cluster.start('ts')];
  const clock = new ManualClock();
  let ends = 0;
  installDeadMan(node, { graceMs: 1000, onExpired: () => (ends += 1), clock });
  clock.advance(999);
  assert.equal(ends, 0);
  clock.advance(1);
  clock.advance(10_000);
  assert.equal(ends, 1);
});

test('an owner keeps the node running, and the end of the owner starts the grace period', async () => {
  await using cluster = createMemoryCluster();
  const [node, owner] = [await cluster.start('ts'), await cluster.start('owner')];
  const clock = new CountingClock();
  let ends = 0;
  installDeadMan(node, { graceMs: 1000, onExpired: () => (ends += 1), clock });
  await owner.connect(node.name);
  claimNode(owner, node.name);
  await clock.waitForTimers(0);
  clock.advance(5000);
  assert.equal(ends, 0);
  owner.disconnect(node.name);
  await clock.waitForTimers(1);
  clock.advance(900);
  // Reconnected in time: a new connection is enough.
  await owner.connect(node.name);
  await clock.waitForTimers(0);
  clock.advance(5000);
  assert.equal(ends, 0);
  await owner.close();
  await clock.waitForTimers(1);
  clock.advance(1000);
  assert.equal(ends, 1);
});

test('`keep` lets the node run without an owner', async () => {
  await using cluster = createMemoryCluster();
  const [node, owner] = [await cluster.start('ts'), await cluster.start('owner')];
  const clock = new CountingClock();
  let ends = 0;
  installDeadMan(node, { graceMs: 1000, onExpired: () => (ends += 1), clock });
  node.expose('probe', { answer: () => true });
  await owner.connect(node.name);
  const deadMan = { name: 'convoy_deadman', node: node.name };
  owner.send(deadMan, tuple(atom('owner'), owner.pid));
  owner.send(deadMan, atom('keep'));
  // Signals are handled in order: once this call is answered, `keep` has been handled.
  assert.equal(await owner.rpc(node.name, 'probe', 'answer', []), true);
  await clock.waitForTimers(0);
  const isGone = new Promise<void>((resolve) => node.onNodeDown(() => resolve()));
  await owner.close();
  await isGone;
  await clock.waitForTimers(0);
  clock.advance(60_000);
  assert.equal(ends, 0);
});
