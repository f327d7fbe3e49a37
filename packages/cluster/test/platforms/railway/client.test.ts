/** The client against the simulator, over real HTTP: its requests, and how it handles failures. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createRailwayClient } from '../../../src/platforms/railway/client/railway-client.ts';
import { ClientWorld, hasCode, Reader, source } from './client-world.ts';

test('detects the kind of its token', async () => {
  await using world = await ClientWorld.start();
  const { simulator } = world;
  const [{ projectId, environmentId }] = simulator.places;
  const account = await world.client.access();
  assert.equal(account.kind, 'account');
  await using workspace = world.clientWith(simulator.addToken({ kind: 'workspace' }));
  assert.equal((await workspace.access()).kind, 'workspace');
  assert.deepEqual(
    (await workspace.projects()).map(({ name }) => name),
    ['convoy'],
  );
  const token = simulator.addToken({ kind: 'project', projectId, environmentId });
  for (const expect of ['account', 'project'] as const) {
    await using project = world.clientWith(token, { expect });
    assert.deepEqual(await project.access(), { kind: 'project', projectId, environmentId });
    assert.deepEqual(
      (await project.projects()).map(({ id }) => id),
      [projectId],
    );
    assert.deepEqual(
      (await project.environments(projectId)).map(({ id }) => id),
      [environmentId],
    );
  }
  await using stranger = world.clientWith('unknown-token');
  await assert.rejects(stranger.access(), (error) => {
    assert.ok(!inspect(error, { depth: 9 }).includes('unknown-token'));
    return hasCode('RAILWAY_TOKEN_REFUSED')(error);
  });
});

test('a project token works in its environment and nowhere else', async () => {
  await using world = await ClientWorld.start({
    projects: [{ name: 'p', environments: [{ name: 'production' }, { name: 'staging' }] }],
  });
  const [mine, other] = world.simulator.places;
  assert.ok(other);
  await using project = world.clientWith(world.simulator.addToken({ kind: 'project', ...mine }));
  assert.deepEqual(await project.environment(mine).services(), []);
  await assert.rejects(project.environment(other).services(), hasCode('RAILWAY_WRONG_ENVIRONMENT'));
  await assert.rejects(project.environments('another'), hasCode('RAILWAY_WRONG_ENVIRONMENT'));
});

test('reads lists page by page', async () => {
  await using world = await ClientWorld.start({
    projects: Array.from({ length: 230 }, (_, index) => ({
      name: `p${index}`,
      environments: [{ name: 'production' }],
    })),
  });
  const projects = await world.client.projects();
  assert.deepEqual(
    projects.map(({ name }) => name),
    Array.from({ length: 230 }, (_, index) => `p${index}`),
  );
});

test('a service gets source and variables in its own environment only', async () => {
  await using world = await ClientWorld.start({
    projects: [{ name: 'p', environments: [{ name: 'production' }, { name: 'staging' }] }],
  });
  const variables = { CONVOY_NODE: '1', RELEASE_NODE: 'web@${{RAILWAY_PRIVATE_DOMAIN}}', COOKIE: 'sweet' };
  const settings = {
    source,
    region: 'europe-west4-drams3a',
    startCommand: 'convoy node',
    drainingSeconds: 1,
  };
  const service = await world.environment.createService({ name: 'web', settings, variables });
  assert.equal(service.name, 'web');
  assert.equal(service.region, 'europe-west4-drams3a');
  assert.equal(service.startCommand, 'convoy node');
  assert.deepEqual(service.source, source);
  assert.equal(service.latestDeployment, undefined);
  const rendered = await world.environment.variables(service.serviceId);
  assert.equal(rendered['RELEASE_NODE'], `web@${rendered['RAILWAY_PRIVATE_DOMAIN']}`);
  const raw = await world.environment.variables(service.serviceId, { unrendered: true });
  assert.deepEqual(raw, variables);
  const [, other] = world.simulator.places;
  assert.ok(other);
  const staging = world.client.environment(other);
  assert.equal((await staging.service(service.serviceId)).source, undefined);
  assert.deepEqual(await staging.variables(service.serviceId, { unrendered: true }), {});
  await world.environment.deleteService(service.serviceId);
  assert.deepEqual(await world.environment.services(), []);
  assert.equal((await staging.services()).length, 1, 'the other environment is left alone');
});

test('services are recognised by a variable, not by their name', async () => {
  await using world = await ClientWorld.start();
  const { environment } = world;
  const settings = { source };
  await environment.createService({ name: 'convoy-database', settings, variables: { OTHER: '1' } });
  const mine = await environment.createService({ name: 'web', settings, variables: { CONVOY_NODE: 'web' } });
  const marked = await environment.markedServices('CONVOY_NODE');
  assert.deepEqual(marked, [mine]);
  assert.deepEqual(await environment.markedServices('CONVOY'), []);
  await environment.setVariables(mine.serviceId, {}, { replace: true });
  assert.deepEqual(await environment.markedServices('CONVOY_NODE'), []);
});

test('a service that was only partly created is deleted again', async () => {
  await using world = await ClientWorld.start();
  world.simulator.addFault({ kind: 'problem', operation: 'ServiceInstanceUpdate', message: 'no luck' });
  await assert.rejects(
    world.environment.createService({ name: 'web', settings: { source }, variables: {} }),
    hasCode('RAILWAY_REFUSED'),
  );
  assert.deepEqual(await world.environment.services(), []);
});

test('limits of the plan are reported as such', async () => {
  await using world = await ClientWorld.start({ serviceLimit: 1 });
  const { environment } = world;
  const request = { settings: { source }, variables: {} };
  const { serviceId } = await environment.createService({ name: 'one', ...request });
  await assert.rejects(environment.createService({ name: 'two', ...request }), hasCode('RAILWAY_PLAN_LIMIT'));
  await environment.setLimits(serviceId, { vCPUs: 2, memoryGB: 1 });
  assert.deepEqual((await environment.limits(serviceId))['containers'], { vCPUs: 2, memoryGB: 1 });
  await assert.rejects(environment.setLimits(serviceId, { vCPUs: 99 }), hasCode('RAILWAY_PLAN_LIMIT'));
});

test('a service has names in the private network after its first deployment', async () => {
  await using world = await ClientWorld.start();
  const { environment, runtime } = world;
  const settings = { source };
  const { serviceId } = await environment.createService({ name: 'web', settings, variables: {} });
  assert.deepEqual(await environment.privateNames(serviceId), []);
  await environment.deploy(serviceId);
  const { launch } = await runtime.container(1);
  const addresses = launch.endpoint.addresses;
  const name = { host: 'web.railway.internal', addresses, syncStatus: 'ACTIVE', hasIpv4: true };
  assert.deepEqual(await environment.privateNames(serviceId), [name]);
});

test('a deployment of another environment is not touched', async () => {
  await using world = await ClientWorld.start({
    projects: [{ name: 'p', environments: [{ name: 'production' }, { name: 'staging' }] }],
  });
  const { deploymentId } = await world.deployed('web');
  const [, other] = world.simulator.places;
  assert.ok(other);
  const staging = world.client.environment(other);
  const refused = hasCode('RAILWAY_WRONG_ENVIRONMENT');
  await assert.rejects(staging.stop(deploymentId), refused);
  await assert.rejects(staging.removeDeployment(deploymentId), refused);
  await assert.rejects(staging.watchDeployment(deploymentId).next(), refused);
  assert.equal(world.runtime.running, 1);
});

test('a service or deployment that does not exist is not found', async () => {
  await using world = await ClientWorld.start();
  await assert.rejects(world.environment.service('nothing'), hasCode('RAILWAY_NOT_FOUND'));
  await assert.rejects(world.environment.stop('nothing'), hasCode('RAILWAY_NOT_FOUND'));
});

test('"Not Authorized" names the operation and what to do', async () => {
  await using world = await ClientWorld.start();
  await world.client.access();
  world.simulator.addFault({ kind: 'notAuthorized', operation: 'Services' });
  await assert.rejects(world.environment.services(), (error) => {
    assert.match((error as Error).message, /Services/);
    return hasCode('RAILWAY_NOT_AUTHORIZED')(error);
  });
});

test('waits as long as Railway asks after 429, then continues', async () => {
  await using world = await ClientWorld.start();
  await world.client.access();
  world.simulator.addFault({ kind: 'rateLimited', operation: 'Services', retryAfterSeconds: 1 });
  const start = performance.now();
  assert.deepEqual(await world.environment.services(), []);
  assert.ok(performance.now() - start >= 900);
});

test('waits no longer than allowed for the request limit', async () => {
  await using world = await ClientWorld.start({ requestLimit: { requests: 6, windowMs: 3_600_000 } });
  await using client = world.clientWith(world.simulator.token, { maxWaitMs: 50, reservedRequests: 2 });
  const environment = client.environment(world.simulator.places[0]);
  const settings = { source };
  const { serviceId } = await environment.createService({ name: 'web', settings, variables: {} });
  assert.equal(client.budget.limit, 6);
  assert.equal(client.budget.remaining, 2);
  await assert.rejects(environment.services(), (error) => {
    assert.ok(((error as { retryAt?: number }).retryAt ?? 0) > Date.now() + 3_000_000);
    return hasCode('RAILWAY_RATE_LIMITED')(error);
  });
  await environment.deleteService(serviceId);
  assert.equal(client.budget.remaining, 1, 'the reserved requests are for deleting');
});

test('a query is repeated when the network fails, a mutation is not', async () => {
  await using world = await ClientWorld.start();
  await world.client.access();
  world.simulator.addFault({ kind: 'cut', operation: 'Services' });
  world.simulator.addFault({ kind: 'unavailable', operation: 'Services', status: 503 });
  assert.deepEqual(await world.environment.services(), []);
  world.simulator.addFault({ kind: 'cut', operation: 'ServiceCreate' });
  const request = { name: 'web', settings: { source }, variables: {} };
  await assert.rejects(world.environment.createService(request), hasCode('RAILWAY_UNAVAILABLE'));
  assert.deepEqual(await world.environment.services(), []);
});

test('fails on an answer that does not arrive or cannot be read', async () => {
  await using world = await ClientWorld.start();
  const { simulator } = world;
  await using hasty = world.clientWith(simulator.token, { requestTimeoutMs: 200 });
  simulator.addFault({ kind: 'slow', operation: 'Regions', ms: 5000, times: 3 });
  await assert.rejects(hasty.environment(simulator.places[0]).regions(), hasCode('RAILWAY_TIMEOUT'));
  simulator.clearFaults();
  await using strict = world.clientWith(simulator.token, { maxAnswerBytes: 2000 });
  const environment = strict.environment(simulator.places[0]);
  for (const body of ['<html>', '{}', '{"data":{"regions":7}}', `{"data":"${'x'.repeat(3000)}"}`]) {
    simulator.addFault({ kind: 'garbage', operation: 'Regions', body });
    await assert.rejects(environment.regions(), hasCode('RAILWAY_BAD_ANSWER'), body.slice(0, 30));
  }
  assert.equal((await environment.regions()).length, 4);
});

test('a signal ends a call with its own reason', async () => {
  await using world = await ClientWorld.start();
  await world.client.access();
  world.simulator.addFault({ kind: 'slow', operation: 'Regions', ms: 1000 });
  const stop = new AbortController();
  const asked = world.environment.regions({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await assert.rejects(asked, /enough/);
});

test('a closed client rejects calls and ends streams', async () => {
  await using world = await ClientWorld.start();
  const { deploymentId } = await world.deployed('web');
  const logs = new Reader(world.environment.deploymentLogs(deploymentId));
  (await world.runtime.container(1)).print('hello');
  await logs.find(({ text }) => text === 'hello', 'line');
  await world.client.close();
  await assert.rejects(logs.ended, hasCode('RAILWAY_CLOSED'));
  await assert.rejects(world.environment.services(), hasCode('RAILWAY_CLOSED'));
});

test('a redirect never takes the token elsewhere', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(307, { Location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await using client = createRailwayClient({
      endpoint: `http://127.0.0.1:${port}/`,
      token: 'secret-token',
    });
    await assert.rejects(client.access(), (error) => {
      assert.ok(!inspect(error, { depth: 9 }).includes('secret-token'));
      return hasCode('RAILWAY_UNAVAILABLE')(error);
    });
    assert.ok(!seen.includes('/elsewhere'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
