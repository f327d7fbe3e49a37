/** Subscriptions of the client against the simulator, over real WebSockets that break. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../../../../test/support/eventually.ts';
import { ClientWorld, hasCode, Reader, soon, source } from './client-world.ts';

async function made(world: ClientWorld, name: string): Promise<string> {
  const request = { name, settings: { source }, variables: {} };
  return (await world.environment.createService(request)).serviceId;
}

test('a deployment is followed from its start to its end', async () => {
  await using world = await ClientWorld.start();
  const release = world.simulator.hold('INITIALIZING');
  const deploymentId = await world.environment.deploy(await made(world, 'web'));
  const watch = new Reader(world.environment.watchDeployment(deploymentId));
  const events = new Reader(world.environment.deploymentEvents(deploymentId));
  const build = new Reader(world.environment.buildLogs(deploymentId));
  await watch.find(({ status }) => status === 'INITIALIZING', 'first status');
  release();
  const success = await watch.find(({ status }) => status === 'SUCCESS', 'success');
  assert.equal(success.instances[0]?.status, 'RUNNING');
  assert.deepEqual(success.sockets, [{ port: 9100, isIpv6: false, processName: 'scripted' }]);
  await soon(build.ended, 'end of the build');
  assert.deepEqual(
    build.items.map(({ text }) => text),
    ['step 1 of 1'],
  );
  await world.environment.removeDeployment(deploymentId);
  await soon(watch.ended, 'end of the deployment');
  assert.deepEqual(
    watch.items.map(({ status }) => status),
    ['INITIALIZING', 'QUEUED', 'BUILDING', 'DEPLOYING', 'SUCCESS', 'REMOVING', 'REMOVED'],
  );
  await soon(events.ended, 'end of the steps');
  const reported = events.items.map(
    ({ step, completedAt }) => `${step} ${completedAt === undefined ? 'begins' : 'done'}`,
  );
  assert.deepEqual(reported, [
    'BUILD_IMAGE begins',
    'BUILD_IMAGE done',
    'CREATE_CONTAINER begins',
    'CREATE_CONTAINER done',
    'DRAIN_INSTANCES begins',
    'DRAIN_INSTANCES done',
  ]);
});

test('the reason of a failed build is in its log and in its steps', async () => {
  await using world = await ClientWorld.start();
  world.simulator.addFault({ kind: 'buildFails', service: 'web', message: 'no space left on device' });
  const deploymentId = await world.environment.deploy(await made(world, 'web'));
  const watch = new Reader(world.environment.watchDeployment(deploymentId));
  await soon(watch.ended, 'end of the deployment');
  assert.equal(watch.items.at(-1)?.status, 'FAILED');
  const build = new Reader(world.environment.buildLogs(deploymentId));
  await soon(build.ended, 'end of the build');
  assert.ok(build.items.some(({ text }) => text === 'no space left on device'));
  const events = new Reader(world.environment.deploymentEvents(deploymentId));
  await events.find(({ error }) => error === 'no space left on device', 'failed step');
});

test('a crash is reported after the restarts that the policy allows', async () => {
  await using world = await ClientWorld.start();
  const serviceId = await made(world, 'web');
  const policy = { restartPolicyType: 'ON_FAILURE', restartPolicyMaxRetries: 1 } as const;
  await world.environment.updateService(serviceId, policy);
  const deploymentId = await world.environment.deploy(serviceId);
  const watch = new Reader(world.environment.watchDeployment(deploymentId));
  await watch.find(({ status }) => status === 'SUCCESS', 'success');
  world.simulator.crash(deploymentId);
  await world.runtime.container(2);
  await watch.find(({ instances }) => instances[0]?.status === 'RESTARTING', 'restart');
  await watch.find(({ instances }) => instances[0]?.status === 'RUNNING', 'second run');
  world.simulator.crash(deploymentId);
  const crashed = await watch.find(({ status }) => status === 'CRASHED', 'crash');
  assert.equal(crashed.isStopped, true);
  await world.environment.restart(deploymentId);
  await world.runtime.container(3);
  await watch.find(
    (one) => one.status === 'SUCCESS' && one.updatedAt > crashed.updatedAt,
    'life after a crash',
  );
});

test('stop, restart, redeploy and cancel take effect', async () => {
  await using world = await ClientWorld.start();
  const { environment, runtime } = world;
  const { serviceId, deploymentId } = await world.deployed('web');
  const watch = new Reader(environment.watchDeployment(deploymentId));
  await watch.find(({ status }) => status === 'SUCCESS', 'success');
  await environment.stop(deploymentId);
  const stopped = await watch.find(({ isStopped }) => isStopped, 'stop');
  assert.equal(stopped.instances[0]?.status, 'STOPPED');
  await environment.restart(deploymentId);
  await runtime.container(2);
  const next = await environment.redeploy(deploymentId);
  await soon(watch.ended, 'end of the first deployment');
  await runtime.container(3);
  assert.equal((await environment.service(serviceId)).latestDeployment?.id, next);
  const release = world.simulator.hold('BUILDING');
  const third = await environment.deploy(serviceId);
  const building = new Reader(environment.watchDeployment(third));
  await building.find(({ status }) => status === 'BUILDING', 'build');
  await environment.cancel(third);
  await soon(building.ended, 'end of what was cancelled');
  assert.equal(building.items.at(-1)?.status, 'REMOVED');
  release();
  assert.equal(runtime.running, 1);
  await assert.rejects(environment.cancel(next), hasCode('RAILWAY_REFUSED'));
});

test('lost sockets are reopened, and no line is lost or repeated', async () => {
  await using world = await ClientWorld.start();
  const { deploymentId } = await world.deployed('web');
  const container = await world.runtime.container(1);
  const logs = new Reader(world.environment.deploymentLogs(deploymentId));
  const watch = new Reader(world.environment.watchDeployment(deploymentId));
  for (let round = 0; round < 4; round += 1) {
    container.print(`before ${round}`);
    container.print('the same');
    await logs.find(({ text }) => text === `before ${round}`, `line before cut ${round}`);
    world.simulator.cutSockets();
    container.print(`meanwhile ${round}`);
  }
  container.print('last');
  await logs.find(({ text }) => text === 'last', 'last line');
  const expected = Array.from({ length: 4 }, (_, round) => [
    `before ${round}`,
    'the same',
    `meanwhile ${round}`,
  ]);
  assert.deepEqual(
    logs.items.map(({ text }) => text),
    [...expected.flat(), 'last'],
  );
  container.end({ code: 0 });
  await watch.find(
    ({ instances }) => instances[0]?.status === 'RUNNING' || instances[0]?.status === 'EXITED',
    'exit',
  );
});

test('the last lines can be read without waiting for more', async () => {
  await using world = await ClientWorld.start();
  const { environment } = world;
  const { deploymentId } = await world.deployed('web');
  const container = await world.runtime.container(1);
  for (const number of [1, 2, 3]) container.print(`line ${number}`);
  const texts = async (limit: number): Promise<string[]> =>
    (await environment.recentLogs(deploymentId, { limit })).map(({ text }) => text);
  assert.deepEqual(await texts(10), ['line 1', 'line 2', 'line 3']);
  assert.deepEqual(await texts(2), ['line 2', 'line 3']);
  const build = await environment.recentBuildLogs(deploymentId);
  assert.deepEqual(
    build.map(({ text }) => text),
    ['step 1 of 1'],
  );
});

test('each step is reported once, even when the socket breaks in between', async () => {
  await using world = await ClientWorld.start();
  const release = world.simulator.hold('BUILDING');
  const deploymentId = await world.environment.deploy(await made(world, 'web'));
  const events = new Reader(world.environment.deploymentEvents(deploymentId));
  await events.find(({ step }) => step === 'BUILD_IMAGE', 'build');
  world.simulator.cutSockets();
  release();
  await events.find(
    ({ step, completedAt }) => step === 'CREATE_CONTAINER' && completedAt !== undefined,
    'start',
  );
  await world.environment.removeDeployment(deploymentId);
  await soon(events.ended, 'end of the steps');
  const reported = events.items.map(({ id, completedAt }) => `${id} ${completedAt ?? 'begins'}`);
  assert.equal(new Set(reported).size, reported.length);
  const ended = events.items.filter(({ completedAt }) => completedAt !== undefined).map(({ step }) => step);
  assert.deepEqual(ended, ['BUILD_IMAGE', 'CREATE_CONTAINER', 'DRAIN_INSTANCES']);
});

test('a change while the socket is down is not missed', async () => {
  await using world = await ClientWorld.start();
  const release = world.simulator.hold('BUILDING');
  const deploymentId = await world.environment.deploy(await made(world, 'web'));
  const watch = new Reader(world.environment.watchDeployment(deploymentId));
  await watch.find(({ status }) => status === 'BUILDING', 'build');
  world.simulator.addFault({ kind: 'unavailable', operation: 'socket', status: 503, times: 2 });
  world.simulator.cutSockets();
  release();
  await watch.find(({ status }) => status === 'SUCCESS', 'success');
});

test('several subscriptions share one socket, which closes with the last', async () => {
  await using world = await ClientWorld.start();
  const { deploymentId } = await world.deployed('web');
  const stop = new AbortController();
  const { signal } = stop;
  const container = await world.runtime.container(1);
  const logs = [1, 2, 3].map(() => new Reader(world.environment.deploymentLogs(deploymentId, { signal })));
  container.print('hello');
  for (const log of logs) await log.find(({ text }) => text === 'hello', 'line');
  assert.equal(world.simulator.socketCount, 1);
  stop.abort(new Error('enough'));
  for (const log of logs) await assert.rejects(log.ended, /enough/);
  await eventually('the socket to close', 30_000, () => world.simulator.socketCount === 0);
});

test('leaving the loop ends the subscription', async () => {
  await using world = await ClientWorld.start();
  const { deploymentId } = await world.deployed('web');
  (await world.runtime.container(1)).print('hello');
  for await (const { text } of world.environment.deploymentLogs(deploymentId)) {
    assert.equal(text, 'hello');
    break;
  }
  for await (const { id } of world.environment.watchDeployment(deploymentId)) {
    assert.equal(id, deploymentId);
    break;
  }
});

test('a refused upgrade reports its reason, and a socket that never opens is given up', async () => {
  await using world = await ClientWorld.start();
  const { deploymentId } = await world.deployed('web');
  const { simulator, environment } = world;
  simulator.addFault({ kind: 'notAuthorized', operation: 'socket' });
  await assert.rejects(environment.deploymentLogs(deploymentId).next(), hasCode('RAILWAY_NOT_AUTHORIZED'));
  simulator.addFault({ kind: 'cut', operation: 'socket', times: 5 });
  await assert.rejects(environment.deploymentLogs(deploymentId).next(), hasCode('RAILWAY_STREAM_LOST'));
  simulator.clearFaults();
  simulator.addFault({ kind: 'rateLimited', operation: 'socket', retryAfterSeconds: 1 });
  const start = performance.now();
  const logs = new Reader(environment.deploymentLogs(deploymentId));
  (await world.runtime.container(1)).print('late');
  await logs.find(({ text }) => text === 'late', 'line after the wait');
  assert.ok(performance.now() - start >= 900);
});
