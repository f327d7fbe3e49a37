import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, tuple } from '@convoy/node/etf';
import { createMemoryCluster, ManualClock } from '@convoy/node/testing';
import { installDeadMan } from '../../src/worker/dead-man.ts';
import { ownNode } from '../../src/remote/own-node.ts';

/** Resolves when what was sent before has been received. */
function untilSettled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

test('a node without an owner ends after the grace period, once', async () => {
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

test('an owner keeps it, and the end of the owner starts the grace period', async () => {
  await using cluster = createMemoryCluster();
  const [node, owner] = [await cluster.start('ts'), await cluster.start('owner')];
  const clock = new ManualClock();
  let ends = 0;
  installDeadMan(node, { graceMs: 1000, onExpired: () => (ends += 1), clock });
  await owner.connect(node.name);
  ownNode(owner, node.name);
  await untilSettled();
  clock.advance(5000);
  assert.equal(ends, 0);
  owner.disconnect(node.name);
  await untilSettled();
  clock.advance(900);
  // Back in time: being connected again is enough.
  await owner.connect(node.name);
  await untilSettled();
  clock.advance(5000);
  assert.equal(ends, 0);
  await owner.close();
  await untilSettled();
  clock.advance(1000);
  assert.equal(ends, 1);
});

test('`keep` lets it live on alone', async () => {
  await using cluster = createMemoryCluster();
  const [node, owner] = [await cluster.start('ts'), await cluster.start('owner')];
  const clock = new ManualClock();
  let ends = 0;
  installDeadMan(node, { graceMs: 1000, onExpired: () => (ends += 1), clock });
  const deadMan = { name: 'convoy_deadman', node: node.name };
  owner.send(deadMan, tuple(atom('owner'), owner.pid));
  owner.send(deadMan, atom('keep'));
  await untilSettled();
  await owner.close();
  await untilSettled();
  clock.advance(60_000);
  assert.equal(ends, 0);
});
