/**
 * Nodes of ours and of OTP 25 that join and leave, lose connections and restart scopes, in any order: no message ends a scope of
 * OTP 25, and in the end every node knows what is true of those it is connected with.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { atom } from '../../src/etf/index.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

const ours = ['a@h', 'b@h'];
const otp = ['x@h', 'y@h'];
const all = [...ours, ...otp];
/** Not between two of OTP: there a leave may overtake the first sync, which ends the scope of OTP 25 without any of ours. */
const links = all
  .flatMap((a, at) => all.slice(at + 1).map((b) => [a, b] as const))
  .filter(([a]) => ours.includes(a));
const groups = ['g', 'h'].map((name) => atom(name));

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick: fc.nat({ max: 50 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('join' as const, 'leave' as const),
      node: fc.constantFrom(...all),
      group: fc.constantFrom(...groups),
      member: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      node: fc.constantFrom(...all),
      member: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('toggle' as const), link: fc.constantFrom(...links) }),
  },
  // Lost and there again at once, before either side has said anything.
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('flicker' as const), link: fc.constantFrom(...links) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), node: fc.constantFrom(...all) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(cluster: SimulatedCluster, one: Step): void {
  switch (one.kind) {
    case 'deliver':
      return void cluster.deliver(one.pick);
    case 'toggle':
      return cluster.toggle(...one.link);
    case 'flicker':
      if (!cluster.areConnected(...one.link)) return;
      cluster.toggle(...one.link);
      return cluster.toggle(...one.link);
    case 'settle':
      return cluster.settle();
    case 'restart':
      return cluster.restart(one.node);
    default: {
      const { scope, members } = cluster.node(one.node);
      const pid = members[one.member];
      assert.ok(pid);
      if (one.kind === 'end') scope.end(pid);
      else scope[one.kind](one.group, pid);
    }
  }
}

function assertTrue(cluster: SimulatedCluster): void {
  cluster.settle();
  for (const { pair, known, truth } of cluster.views()) assert.deepEqual(known, truth, pair);
}

describe('scopes of process groups', () => {
  it('agree in the end, and end no scope of OTP 25', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cluster = new SimulatedCluster(ours, otp);
        for (const [a, b] of links) cluster.toggle(a, b);
        for (const one of steps) take(cluster, one);
        assertTrue(cluster);
      }),
      { numRuns: 1500 },
    );
  });

  it('heal after a netsplit in which everything changed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 20 }), (before, during) => {
        const cluster = new SimulatedCluster(ours, otp);
        for (const [a, b] of links) cluster.toggle(a, b);
        for (const one of before) if (one.kind !== 'toggle' && one.kind !== 'flicker') take(cluster, one);
        cluster.settle();
        for (const [a, b] of links) cluster.toggle(a, b);
        for (const one of during) if (one.kind !== 'toggle' && one.kind !== 'flicker') take(cluster, one);
        for (const [a, b] of links) cluster.toggle(a, b);
        assertTrue(cluster);
        assert.equal(cluster.views().length, 2 * links.length);
      }),
      { numRuns: 500 },
    );
  });
});
