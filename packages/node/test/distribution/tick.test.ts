import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickState, stepTick, tickIntervalMs, type TickState } from '../../src/distribution/tick.ts';

test('a connection is checked four times per tick time', () => {
  assert.equal(tickIntervalMs(60_000), 15_000);
});

test('a tick is owed only when nothing was written since the last check', () => {
  let { state, action } = stepTick(createTickState({ bytesIn: 0, bytesOut: 0 }), {
    bytesIn: 1,
    bytesOut: 10,
  });
  assert.equal(action, 'none');
  ({ state, action } = stepTick(state, { bytesIn: 2, bytesOut: 10 }));
  assert.equal(action, 'tick');
  ({ action } = stepTick(state, { bytesIn: 3, bytesOut: 14 }));
  assert.equal(action, 'none');
});

test('a peer is given up at the fourth silent check in a row, however much was written', () => {
  let state: TickState = createTickState({ bytesIn: 5, bytesOut: 0 });
  const actions: string[] = [];
  for (let check = 1; check <= 4; check += 1) {
    const decision = stepTick(state, { bytesIn: 5, bytesOut: check * 100 });
    state = decision.state;
    actions.push(decision.action);
  }
  assert.deepEqual(actions, ['none', 'none', 'none', 'give-up']);
});

test('one byte in time is enough', () => {
  let state: TickState = createTickState({ bytesIn: 5, bytesOut: 0 });
  for (let check = 1; check <= 3; check += 1) state = stepTick(state, { bytesIn: 5, bytesOut: 0 }).state;
  const decision = stepTick(state, { bytesIn: 6, bytesOut: 0 });
  assert.equal(decision.action, 'tick');
  assert.equal(decision.state.silentChecks, 0);
});
