/** The lifecycle of a deployment under every order of inputs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type DeploymentInput,
  type DeploymentState,
  firstState,
  isStopped,
  type RestartPolicy,
  stepDeployment,
} from '../../src/world/deployment-machine.ts';

const commands: readonly DeploymentInput['kind'][] = [
  'restart',
  'stop',
  'cancel',
  'remove',
  'askApproval',
  'approve',
  'skip',
];

/** A runtime that answers each effect once, in an order that fast-check chooses, with containers that may end at any time. */
class Model {
  state: DeploymentState = firstState;
  containers = 0;
  readonly open = new Map<string, number>();
  readonly pending: DeploymentInput[] = [{ kind: 'advance' }];
  readonly #policy: RestartPolicy;

  constructor(policy: RestartPolicy) {
    this.#policy = policy;
  }

  give(input: DeploymentInput, isGood: boolean): void {
    if (input.kind === 'started') this.containers += 1;
    if (input.kind === 'exited') this.containers -= 1;
    const before = this.state;
    const { state, effects } = stepDeployment(this.state, input, this.#policy);
    this.state = state;
    if (before.status === 'REMOVED') assert.equal(state.status, before.status);
    if (before.status === 'SKIPPED') assert.ok(['SKIPPED', 'REMOVED'].includes(state.status));
    for (const effect of effects) {
      if (effect.kind === 'advance') this.pending.push({ kind: 'advance' });
      if (effect.kind === 'build')
        this.pending.push(isGood ? { kind: 'built' } : { kind: 'buildFailed', reason: 'no' });
      if (effect.kind === 'start') {
        assert.equal(this.containers, 0, 'a second container is never started');
        this.pending.push(isGood ? { kind: 'started' } : { kind: 'startFailed', reason: 'no' });
      }
      if (effect.kind === 'stop') {
        assert.equal(this.containers, 1, 'only a running container is stopped');
        this.pending.push({ kind: 'exited', isFailure: false });
      }
      if (effect.kind === 'step') this.#step(effect.step, effect.phase);
    }
  }

  #step(step: string, phase: string): void {
    const open = this.open.get(step) ?? 0;
    this.open.set(step, phase === 'begin' ? open + 1 : 0);
  }

  /** Gives the next answer of the runtime, unless the container has ended by itself in the meantime. */
  answer(isGood: boolean): boolean {
    const input = this.pending.shift();
    if (input === undefined) return false;
    if (input.kind === 'exited' && this.containers === 0) return true;
    this.give(input, isGood);
    return true;
  }
}

const policies = fc.record({
  type: fc.constantFrom('ALWAYS' as const, 'NEVER' as const, 'ON_FAILURE' as const),
  maxRetries: fc.nat({ max: 3 }),
});
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('answer' as const), isGood: fc.boolean() }),
    fc.record({ kind: fc.constant('crash' as const), isGood: fc.boolean() }),
    fc.record({ kind: fc.constantFrom(...commands), isGood: fc.boolean() }),
  ),
  { maxLength: 40 },
);

test('no order of inputs leads to a second container, and none is left after remove', () => {
  fc.assert(
    fc.property(policies, happenings, (policy, happenings) => {
      const model = new Model(policy);
      for (const { kind, isGood } of happenings) {
        if (kind === 'answer') model.answer(isGood);
        else if (kind === 'crash') {
          if (model.containers === 1) model.give({ kind: 'exited', isFailure: isGood }, isGood);
        } else model.give({ kind } as DeploymentInput, isGood);
      }
      model.give({ kind: 'remove' }, true);
      while (model.answer(true));
      assert.equal(model.state.status, 'REMOVED');
      assert.equal(model.containers, 0);
      assert.ok(isStopped(model.state));
    }),
    { numRuns: 1000 },
  );
});

test('without further input, a deployment reaches SUCCESS through every status of Railway, in order', () => {
  const model = new Model({ type: 'NEVER', maxRetries: 0 });
  const statuses = [model.state.status];
  while (model.answer(true)) statuses.push(model.state.status);
  assert.deepEqual(statuses, ['INITIALIZING', 'QUEUED', 'BUILDING', 'DEPLOYING', 'SUCCESS']);
  assert.deepEqual([...model.open.values()], [0, 0], 'every step that has begun is complete');
});

test('a failing container is restarted as often as the policy allows, then the deployment has crashed', () => {
  const model = new Model({ type: 'ON_FAILURE', maxRetries: 2 });
  let crashes = 0;
  for (;;) {
    while (model.answer(true));
    if (model.containers === 0) break;
    model.give({ kind: 'exited', isFailure: true }, true);
    crashes += 1;
  }
  assert.equal(crashes, 3);
  assert.equal(model.state.status, 'CRASHED');
});
