/** The provider on the simulated Railway: launches real nodes of all kinds, finds them again, and touches nothing else. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LaunchStep, ProviderNodeKind } from '@convoy/cluster';
import { atom } from '@convoy/node/etf';
import { type ProviderHarness, testProvider } from '../../conformance/provider.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { deploymentOf, launchOn, logTexts, RailwayWorld } from '../../support/railway-world.ts';
import { harnessOf } from './provider-harness.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;
const skip = missingPeer('25', 'elixir');

async function makeHarness(kind: ProviderNodeKind): Promise<ProviderHarness> {
  return { ...harnessOf(await RailwayWorld.start(), kind), namesHosts: true };
}

testProvider('TypeScript on Railway', () => makeHarness('typescript'));
if (skip === false) testProvider('Erlang on Railway', () => makeHarness('erlang'));

for (const kind of kinds) {
  test(
    `launches ${kind} nodes that answer, with their logs`,
    { skip: kind !== 'typescript' && skip },
    async () => {
      await using world = await RailwayWorld.start();
      const provider = world.provider();
      const plan = await provider.plan({ kind, name: 'web' });
      assert.equal(plan.node, 'web@web.railway.internal');
      const steps: LaunchStep[] = [];
      const node = await provider.launch(plan, { onStep: (step) => steps.push(step) });
      assert.match(node.name, /^web@127\.\d+\.\d+\.\d+$/);
      assert.deepEqual(
        steps.filter(({ state }) => state === 'done').map(({ name }) => name),
        ['create', 'build', 'deploy', 'answer'],
      );
      world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
      const line = `Received ping on node ${node.name}`;
      await eventually(line, 30_000, () => logTexts(provider, node.name).includes(line));
      assert.ok(logTexts(provider, plan.node).some((text) => text.startsWith('looking for')));
      const [existing] = await provider.existing();
      assert.deepEqual([existing?.name, existing?.kind, existing?.status], [node.name, kind, 'SUCCESS']);
      await provider.destroy(node.name);
      assert.equal((await node.exited).expected, true);
      assert.deepEqual(await world.services(), []);
      await eventually('its processes to end', 30_000, () => world.containers().length === 0);
    },
  );
}

test('a release without a worker is ready when its system has started', { skip }, async () => {
  await using world = await RailwayWorld.start();
  // Its own address only, as other tests have nodes on that port, too.
  const only = '-kernel inet_dist_use_interface {`echo $RAILWAY_PRIVATE_DOMAIN | tr . ,`}';
  const startCommand = `sh -c "exec erl -noinput -name $RELEASE_NODE ${only}"`;
  const provider = world.provider({ images: { erlang: { source: { image: 'erlang:27' }, startCommand } } });
  const node = await launchOn(provider, 'erlang');
  const pid = await world.node.rpc(node.name, 'erlang', 'whereis', [atom('convoy_worker')]);
  assert.equal(String(pid), 'undefined');
  await provider.destroy(node.name);
});

test('nodes outlive their console, and the next console adopts them', { skip }, async () => {
  await using world = await RailwayWorld.start();
  const first = world.provider();
  const web = await launchOn(first);
  const api = await launchOn(first, 'erlang');
  const containers = world.containers();
  await first.close();
  assert.deepEqual(world.containers(), containers, 'the nodes keep running');
  assert.deepEqual(world.node.list('connected'), []);

  const second = world.provider({ restartPolicy: 'NEVER' });
  const found = await second.existing();
  assert.deepEqual(found.map(({ name }) => name).toSorted(), [web.name, api.name].toSorted());
  assert.ok(!JSON.stringify(found).includes('cookie'), 'no cookie is shown');
  const adopted = await second.adopt(web.name);
  assert.deepEqual([adopted.name, adopted.kind], [web.name, 'typescript']);
  assert.ok(world.node.list('connected').includes(web.name));
  await eventually('its earlier log lines', 30_000, () =>
    logTexts(second, web.name).some((text) => text.includes(`${web.name} is up`)),
  );
  // Same cookie: a node of the second console and one of the first reach each other.
  const more = await launchOn(second);
  assert.equal(await world.node.rpc(more.name, 'convoy', 'connect', [atom(api.name)]), true);

  const down = new Promise<void>((resolve) => {
    world.node.onNodeDown((name) => name === web.name && resolve());
  });
  await second.control(web.name, 'restart');
  await down;
  await eventually('the node to be connected again', 30_000, () =>
    world.node.list('connected').includes(web.name),
  );
  await second.control(web.name, 'stop');
  const exit = await adopted.exited;
  assert.deepEqual([exit.expected, exit.reason], [true, 'its container has been stopped']);
  // A node that no provider has adopted.
  await second.control(api.name, 'restart');
  await second.destroy(api.name);
  await second.destroy(web.name);
  assert.deepEqual(
    (await second.existing()).map(({ name }) => name),
    [more.name],
  );
});

test('a console that adopts all nodes at once lists them once', async () => {
  await using world = await RailwayWorld.start();
  const first = world.provider();
  const names = await Promise.all([launchOn(first), launchOn(first), launchOn(first)]);
  await first.close();
  const client = world.client();
  const second = world.provider({ environment: client.environment(world.simulator.places[0]) });
  await second.existing();
  const before = client.budget.remaining ?? 0;
  const adopted = await Promise.all(names.map(({ name }) => second.adopt(name)));
  assert.deepEqual(
    adopted.map(({ name }) => name),
    names.map(({ name }) => name),
  );
  // Two for the listing, and for each node its state and its steps.
  const spent = before - (client.budget.remaining ?? 0);
  assert.ok(spent <= 2 + 3 * 3, `${spent} requests`);
});

test('a node that has ended is adopted again after a restart', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider({ restartPolicy: 'NEVER' });
  const node = await launchOn(provider);
  assert.equal(await provider.adopt(node.name), node, 'adopting it again has no effect');
  world.simulator.crash(await deploymentOf(provider, node.name));
  await node.exited;
  const dead = await provider.adopt(node.name);
  assert.equal((await dead.exited).reason, 'its container crashed');
  await provider.control(node.name, 'redeploy');
  const again = await provider.adopt(node.name);
  assert.ok(world.node.list('connected').includes(node.name));
  await provider.destroy(node.name);
  assert.equal((await again.exited).expected, true);
});

test('other environments, clusters and services are left alone', async () => {
  const projects = [{ name: 'shop', environments: [{ name: 'production' }, { name: 'staging' }] }];
  await using world = await RailwayWorld.start({ projects });
  const [, staging] = world.simulator.places;
  assert.ok(staging !== undefined);
  const there = world.client().environment(staging);
  const [ours, theirs] = [world.provider(), world.provider({ environment: there })];
  const other = world.provider({ cluster: 'other' });
  const foreign = await world.environment.createService({
    name: 'convoy-web',
    settings: { source: { image: 'convoy-node' } },
    variables: { RELEASE_NODE: 'web@convoy-web.railway.internal' },
  });
  const here = await launchOn(ours);
  // Service names are unique across the environments of a project, so the node gets another one.
  const inStaging = await launchOn(theirs);
  const ofOther = await launchOn(other);
  for (const provider of [ours, theirs, other]) assert.equal((await provider.existing()).length, 1);
  for (const name of [inStaging.name, ofOther.name, 'web@convoy-web.railway.internal']) {
    await assert.rejects(ours.destroy(name), { code: 'PROVIDER_NO_NODE' });
    await assert.rejects(ours.control(name, 'stop'), { code: 'PROVIDER_NO_NODE' });
    await assert.rejects(ours.adopt(name), { code: 'PROVIDER_NO_NODE' });
  }
  await ours.destroy(here.name);
  assert.equal(world.containers(here.name).length, 0);
  assert.ok(world.containers(inStaging.name).length > 0 && world.containers(ofOther.name).length > 0);
  await world.environment.service(foreign.serviceId);
  // A name that is still taken in another environment does not prevent a launch.
  const again = await launchOn(ours);
  assert.match(again.name, /^ts-1@/);
});

test('a node gets its variables and no token, and no cookie is in its log or steps', async () => {
  await using world = await RailwayWorld.start();
  const plans: unknown[] = [];
  const provider = world.provider({
    region: 'europe-west4-drams3a',
    variables: { APP_COLOUR: 'green', ERL_AFLAGS: '+S 2' },
    discovery: (plan) => {
      plans.push(plan);
      return { APP_MESH: plan.cluster };
    },
  });
  const steps: LaunchStep[] = [];
  const plan = await provider.plan({ kind: 'typescript' });
  const node = await provider.launch(plan, { onStep: (step) => steps.push(step) });
  const expected = { name: 'ts-1', kind: 'typescript', cluster: 'convoy', distPort: 9100, others: [] };
  assert.deepEqual(plans, [expected]);
  const [existing] = await provider.existing();
  assert.equal(existing?.region, 'europe-west4-drams3a');
  const variables = await world.environment.variables(existing.serviceId, { unrendered: true });
  assert.equal(variables['RELEASE_NODE'], 'ts-1@${{RAILWAY_PRIVATE_DOMAIN}}');
  assert.equal(variables['CONVOY_CLUSTER_CONVOY'], 'ts-1');
  assert.deepEqual([variables['APP_COLOUR'], variables['APP_MESH']], ['green', 'convoy']);
  assert.equal(variables['ERL_AFLAGS'], '+S 2');
  const [container] = world.containers(node.name);
  const environ = readFileSync(`/proc/${container}/environ`, 'utf8');
  const { token } = world.simulator;
  for (const text of [environ, JSON.stringify([variables, steps, logTexts(provider, node.name)])]) {
    assert.ok(!text.includes(token), 'the token stays here');
  }
  assert.ok(
    !JSON.stringify([steps, logTexts(provider, node.name)]).includes(variables['RELEASE_COOKIE'] ?? ''),
  );
});

test('a launch takes a dozen requests, and a running node none', async () => {
  await using world = await RailwayWorld.start();
  const client = world.client();
  const provider = world.provider({ environment: client.environment(world.simulator.places[0]) });
  const plan = await provider.plan({ kind: 'typescript' });
  const before = client.budget.remaining ?? 0;
  const node = await provider.launch(plan);
  const after = client.budget.remaining ?? 0;
  assert.ok(before - after <= 14, `${before - after} requests`);
  for (let ping = 0; ping < 100; ping += 1) {
    world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
  }
  const line = `Received ping on node ${node.name}`;
  await eventually(
    'its log',
    30_000,
    () => logTexts(provider, node.name).filter((text) => text === line).length === 100,
  );
  assert.ok(after - (client.budget.remaining ?? 0) <= 1, 'a request of the launch may still be under way');
});
