/** Cancelled launches on Railway, and requests whose answer was lost: no service is left. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { failedLaunch, launchOn, RailwayWorld } from '../../support/railway-world.ts';

test('a cancel during the build leaves no service', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  const release = world.simulator.hold('BUILDING');
  const cancel = new AbortController();
  const building = provider.launch(await provider.plan({ kind: 'typescript' }), {
    signal: cancel.signal,
    onStep: ({ detail }) => detail?.startsWith('Railway is building it') === true && cancel.abort(),
  });
  await assert.rejects(building, { code: 'PROVIDER_CANCELLED' });
  assert.deepEqual(await world.services(), []);
  release();
});

test('a cancel while the service is created leaves none, and does not wait for the request limit', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider({ cookie: 'known' });
  world.simulator.addFault({ kind: 'slow', operation: 'ServiceCreate', ms: 500 });
  const making = await provider.plan({ kind: 'typescript' });
  const outcome = assert.rejects(provider.launch(making), { code: 'PROVIDER_CANCELLED' });
  await eventually('the request that creates the service', 30_000, () => world.simulator.pendingFaults === 0);
  await provider.destroy(making.node);
  await outcome;
  assert.deepEqual(await world.services(), []);

  world.simulator.addFault({ kind: 'rateLimited', operation: 'ServiceCreate', retryAfterSeconds: 40 });
  const waiting = await provider.plan({ kind: 'typescript' });
  const cancel = new AbortController();
  const launched = provider.launch(waiting, {
    signal: cancel.signal,
    onStep: ({ detail }) => detail?.includes('request limit') === true && cancel.abort(),
  });
  await assert.rejects(launched, { code: 'PROVIDER_CANCELLED' });
});

test('a launch that waits for an earlier one is cancelled at once', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider({ cookie: 'known' });
  const first = await provider.plan({ kind: 'typescript' });
  const second = await provider.plan({ kind: 'typescript' });
  world.simulator.addFault({ kind: 'slow', operation: 'ServiceCreate', ms: 1500 });
  let hasMade = false;
  const making = provider.launch(first, {
    onStep: ({ name, state }) => {
      if (name === 'create' && state === 'done') hasMade = true;
    },
  });
  const waiting = assert.rejects(provider.launch(second), { code: 'PROVIDER_CANCELLED' });
  await provider.destroy(second.node);
  await waiting;
  assert.ok(!hasMade);
  await making;
  assert.deepEqual(await world.services(), ['ts-1']);
});

test('a service whose creation was not confirmed is found and deleted', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider({}, { requestTimeoutMs: 400 });
  world.simulator.addFault({ kind: 'slow', operation: 'ServiceCreate', ms: 900 });
  const { error } = await failedLaunch(provider);
  assert.match(error.message, /did not answer ServiceCreate/);
  assert.deepEqual(await world.services(), []);
});

test('a deletion is retried while Railway is unavailable', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  const node = await launchOn(provider);
  world.simulator.addFault({ kind: 'unavailable', operation: 'ServiceDelete', status: 503, times: 2 });
  await provider.destroy(node.name);
  assert.deepEqual(await world.services(), []);
});
