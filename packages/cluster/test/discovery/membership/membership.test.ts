import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backoff } from '@convoy/node/async';
import { Membership } from '../../../src/discovery/membership/membership.ts';
import type { MembershipEffect, TopologyPolicy } from '../../../src/discovery/membership/membership-model.ts';

const policy: TopologyPolicy = { prune: 'down', misses: 2, filter: () => true, mustListSelf: false };

function make(
  changes: Partial<TopologyPolicy> = {},
  options: { parallel?: number; maxPeers?: number } = {},
): Membership {
  const membership = new Membership({
    self: 'me@h',
    parallel: 4,
    retryWaitMs: (failures) => backoff(failures - 1, { firstMs: 100, lastMs: 1000, jitter: 0 }),
    maxPeers: 100,
    ...options,
  });
  membership.setTopology('t', { ...policy, ...changes });
  return membership;
}

function see(membership: Membership, names: readonly string[], now = 0): MembershipEffect[] {
  return membership.answer('t', { peers: names.map((node) => ({ node })), isComplete: true }, now);
}

/** As `see`, with a partial answer. */
function seeSome(membership: Membership, names: readonly string[], now: number): MembershipEffect[] {
  return membership.answer('t', { peers: names.map((node) => ({ node })), isComplete: false }, now);
}

function summary(effects: readonly MembershipEffect[]): string[] {
  return effects.map((effect) =>
    effect.kind === 'event'
      ? `${effect.event.kind} ${effect.event.detail.peer}`
      : `${effect.kind} ${effect.peer}`,
  );
}

const refused = new Error('refused');

describe('membership', () => {
  test('dials each peer it has seen once, and not itself', () => {
    const membership = make();
    assert.deepEqual(summary(see(membership, ['me@h', 'a@h', 'b@h'])), ['discovered a@h', 'discovered b@h']);
    assert.deepEqual(summary(membership.wake(0)), ['dial a@h', 'dial b@h']);
    assert.deepEqual(membership.wake(0), []);
    assert.deepEqual(summary(membership.up('a@h', 5)), ['connected a@h']);
    assert.deepEqual(membership.up('a@h', 6), []);
    assert.equal(membership.connectedCount, 1);
  });

  test('does not dial a peer that is already connected', () => {
    const membership = make();
    membership.up('a@h', 0);
    see(membership, ['a@h']);
    assert.deepEqual(membership.wake(0), []);
    assert.equal(membership.connectedCount, 1);
    assert.equal(membership.wakeAt, undefined);
  });

  test('waits longer after each failure, up to a maximum, and starts over after a success', () => {
    const membership = make();
    see(membership, ['a@h']);
    let now = 0;
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      assert.deepEqual(summary(membership.wake(now)), ['dial a@h']);
      assert.deepEqual(summary(membership.dialFailed('a@h', refused, now)), ['failed a@h']);
      waits.push((membership.wakeAt ?? 0) - now);
      assert.deepEqual(membership.wake((membership.wakeAt ?? 0) - 1), []);
      now = membership.wakeAt ?? 0;
    }
    assert.deepEqual(waits, [100, 200, 400, 800, 1000, 1000]);
    membership.wake(now);
    membership.up('a@h', now);
    membership.down('a@h', 'connection_closed', now);
    assert.equal(membership.wakeAt, now + 100);
  });

  test('waits for as long as `retryWaitMs` says', () => {
    const membership = new Membership({
      self: 'me@h',
      parallel: 1,
      retryWaitMs: () => 50,
      maxPeers: 1,
    });
    membership.setTopology('t', policy);
    see(membership, ['a@h']);
    membership.wake(0);
    membership.dialFailed('a@h', refused, 0);
    assert.equal(membership.wakeAt, 50);
  });

  test('keeps to the limit of parallel dials, those that wait longest first', () => {
    const membership = make({}, { parallel: 2 });
    see(membership, ['a@h'], 1);
    seeSome(membership, ['b@h'], 0);
    seeSome(membership, ['c@h'], 2);
    assert.deepEqual(summary(membership.wake(5)), ['dial b@h', 'dial a@h']);
    assert.equal(membership.wakeAt, undefined);
    membership.dialFailed('a@h', refused, 5);
    assert.deepEqual(summary(membership.wake(5)), ['dial c@h']);
  });

  test('seeing a peer again does not shorten its wait, but a refresh does', () => {
    const membership = make();
    see(membership, ['a@h']);
    membership.wake(0);
    membership.dialFailed('a@h', refused, 0);
    see(membership, ['a@h'], 50);
    assert.equal(membership.wakeAt, 100);
    assert.deepEqual(summary(membership.hurry(60)), ['dial a@h']);
  });
});

describe('membership of peers that are missing', () => {
  test('down: a missing peer keeps its connection and is forgotten with it', () => {
    const membership = make({ prune: 'down' });
    see(membership, ['a@h', 'b@h']);
    membership.up('a@h', 0);
    assert.deepEqual(summary(see(membership, [], 10)), ['lost b@h']);
    assert.deepEqual(summary(see(membership, [], 20)), []);
    assert.equal(membership.connectedCount, 1);
    assert.deepEqual(summary(membership.down('a@h', 'x', 30)), ['disconnected a@h', 'lost a@h']);
    assert.deepEqual(membership.status(), []);
  });

  test('down: a peer that is listed again before its connection breaks is dialled again', () => {
    const membership = make({ prune: 'down' });
    see(membership, ['a@h']);
    membership.up('a@h', 0);
    see(membership, [], 10);
    see(membership, ['a@h'], 20);
    assert.deepEqual(summary(membership.down('a@h', 'x', 30)), ['disconnected a@h']);
    assert.equal(membership.wakeAt, 130);
  });

  test('never: a missing peer is dialled indefinitely', () => {
    const membership = make({ prune: 'never' });
    see(membership, ['a@h']);
    membership.up('a@h', 0);
    for (let round = 0; round < 10; round += 1) assert.deepEqual(see(membership, [], round), []);
    membership.down('a@h', 'x', 30);
    assert.equal(membership.wakeAt, 130);
  });

  test('missing: disconnects after `misses` complete answers without the peer; partial ones do not count', () => {
    const membership = make({ prune: 'missing', misses: 2 });
    see(membership, ['a@h']);
    membership.up('a@h', 0);
    see(membership, [], 1);
    seeSome(membership, [], 2);
    see(membership, ['a@h'], 3);
    assert.deepEqual(see(membership, [], 4), []);
    assert.deepEqual(seeSome(membership, [], 5), []);
    assert.deepEqual(summary(see(membership, [], 6)), ['lost a@h', 'disconnect a@h']);
  });

  test('missing: a peer that another topology knows is not disconnected', () => {
    const membership = make({ prune: 'missing', misses: 1 });
    membership.setTopology('other', policy);
    see(membership, ['a@h']);
    membership.answer('other', { peers: [{ node: 'a@h' }], isComplete: true }, 0);
    membership.up('a@h', 0);
    assert.deepEqual(summary(see(membership, [], 1)), ['lost a@h']);
    assert.equal(membership.connectedCount, 1);
    assert.deepEqual(membership.status()[0]?.topologies, ['other']);
  });

  test('the dial of a peer that is forgotten is abandoned, and another can start', () => {
    const membership = make({}, { parallel: 1 });
    see(membership, ['a@h']);
    membership.wake(0);
    assert.deepEqual(summary(see(membership, ['b@h'], 1)), ['discovered b@h', 'lost a@h', 'abandon a@h']);
    assert.deepEqual(summary(membership.wake(1)), ['dial b@h']);
    assert.deepEqual(membership.dialFailed('a@h', refused, 2), []);
  });
});

describe('membership as topologies change', () => {
  test('removing a topology leaves connections open', () => {
    const membership = make({ prune: 'missing' });
    see(membership, ['a@h']);
    membership.up('a@h', 0);
    assert.deepEqual(summary(membership.removeTopology('t')), ['lost a@h']);
    assert.deepEqual(see(membership, ['b@h']), []);
  });

  test('a changed policy applies from the next answer on', () => {
    const membership = make({ prune: 'never' });
    see(membership, ['a@h']);
    membership.up('a@h', 0);
    see(membership, [], 1);
    membership.setTopology('t', { ...policy, prune: 'missing', misses: 1 });
    assert.deepEqual(summary(see(membership, [], 2)), ['lost a@h', 'disconnect a@h']);
  });

  test('mustListSelf: a node that is not listed dials no peer', () => {
    const membership = make({ mustListSelf: true });
    see(membership, ['a@h']);
    assert.deepEqual(membership.wake(0), []);
    assert.equal(membership.wakeAt, undefined);
    assert.equal(membership.status()[0]?.state, 'idle');
    see(membership, ['a@h', 'me@h'], 1);
    assert.deepEqual(summary(membership.wake(1)), ['dial a@h']);
  });

  test('keeps to the limit of peers, and ignores invalid names', () => {
    const membership = make({}, { maxPeers: 2 });
    see(membership, ['a@h', 'b@h', 'c@h', 'not a name', '@', 'x@y@z']);
    assert.deepEqual(
      membership.status().map(({ node }) => node),
      ['a@h', 'b@h'],
    );
  });

  test('the status has the tags of all topologies, and none reaches a prototype', () => {
    const membership = make();
    const tags = JSON.parse('{"version":"2","__proto__":"x"}') as Record<string, string>;
    membership.answer('t', { peers: [{ node: 'a@h', tags }], isComplete: true }, 0);
    const [status] = membership.status();
    assert.equal(status?.tags['version'], '2');
    assert.equal(Object.getPrototypeOf(status?.tags), Object.prototype);
  });
});
