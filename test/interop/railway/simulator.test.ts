/** Real nodes behind the simulated Railway, deployed and followed by the client over real HTTP and WebSockets. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProviderNodeKind } from '@convoy/cluster';
import { createRailwayClient, type RailwayDeployment } from '@convoy/cluster/railway';
import { splitNodeName } from '@convoy/node/names';
import { openLocalRuntime, startRailwaySimulator } from '@convoy/railway-simulator';
import { createStaticPortResolver, type Node, startNode } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { processesWith } from '../../support/processes.ts';

const cookie = 'cookie-of-this-cluster';
const distPort = 9100;
const images: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'ghcr.io/acme/convoy-node:1',
  elixir: 'elixir:1.18',
  erlang: 'erlang:27',
};

async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
  const runtime = await openLocalRuntime({ folder, convoyCommand });
  const simulator = await startRailwaySimulator({ runtime });
  const client = createRailwayClient({ endpoint: simulator.endpoint, token: simulator.token });
  return {
    simulator,
    folder,
    environment: client.environment(simulator.places[0]),
    async [Symbol.asyncDispose]() {
      await client.close();
      await simulator.close();
      assert.deepEqual(readdirSync(folder), [], 'nothing is left in the folder');
      rmSync(folder, { recursive: true });
    },
  };
}

type World = Awaited<ReturnType<typeof startWorld>>;

/** Deploys a node and waits until Railway reports that it runs. */
async function deploy(
  { environment }: World,
  name: string,
  kind: ProviderNodeKind,
): Promise<{ serviceId: string; deployment: RailwayDeployment; node: string }> {
  const { serviceId } = await environment.createService({
    name,
    settings: { source: { image: images[kind] }, restartPolicyType: 'NEVER' },
    variables: {
      CONVOY_NODE: name,
      RELEASE_NODE: `${name}@\${{RAILWAY_PRIVATE_DOMAIN}}`,
      RELEASE_COOKIE: cookie,
      ERL_DIST_PORT: String(distPort),
    },
  });
  const deploymentId = await environment.deploy(serviceId);
  const signal = AbortSignal.timeout(30_000);
  for await (const deployment of environment.watchDeployment(deploymentId, { signal })) {
    assert.ok(!['FAILED', 'CRASHED', 'REMOVED'].includes(deployment.status), deployment.status);
    if (deployment.status !== 'SUCCESS') continue;
    const { RELEASE_NODE: node = '' } = await environment.variables(serviceId);
    return { serviceId, deployment, node };
  }
  return assert.fail('the deployment ended');
}

async function waitForConnection(node: Node, peer: string): Promise<void> {
  await eventually(`${peer} to answer`, 30_000, () =>
    node.connect(peer).then(
      () => true,
      () => false,
    ),
  );
}

async function waitForLine({ environment }: World, deploymentId: string, pattern: RegExp): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  for await (const { text } of environment.deploymentLogs(deploymentId, { signal })) {
    if (pattern.test(text)) return;
  }
  assert.fail(`no line like ${String(pattern)}`);
}

for (const kind of ['typescript', 'elixir', 'erlang'] as const) {
  const skip = kind === 'typescript' ? false : missingPeer('25', 'elixir');
  test(`a ${kind} node in SUCCESS is a real node, with its own log`, { skip }, async () => {
    await using world = await startWorld();
    const { environment } = world;
    const { serviceId, deployment, node: name } = await deploy(world, 'web', kind);
    await using node = await startNode({
      name: 'watcher@127.0.0.1',
      cookie,
      hidden: true,
      resolver: createStaticPortResolver({ port: distPort }),
      listen: false,
    });
    await waitForConnection(node, name);
    await waitForLine(world, deployment.id, /is up/);
    await eventually('its worker to be registered', 30_000, () => {
      node.send({ name: 'convoy_worker', node: name }, atom('ping'));
      return environment
        .deployment(deployment.id)
        .then(({ sockets }) => sockets.some(({ port }) => port === distPort));
    });
    await waitForLine(world, deployment.id, new RegExp(`Received ping on node ${name}`));
    const gone = new Promise((resolve) => node.onNodeDown(resolve));
    await environment.deleteService(serviceId);
    await gone;
    assert.deepEqual(await environment.services(), []);
  });
}

test('nodes of several services reach each other by their private domains', async () => {
  await using world = await startWorld();
  const [web, api] = await Promise.all([
    deploy(world, 'web', 'typescript'),
    deploy(world, 'api', 'typescript'),
  ]);
  assert.notEqual(splitNodeName(web.node).host, splitNodeName(api.node).host);
  await world.environment.setVariables(web.serviceId, { CONVOY_JOIN: api.node });
  const again = await world.environment.deploy(web.serviceId);
  await waitForLine(world, again, new RegExp(`${api.node} is connected`));
});

test('a node that crashes is CRASHED, and nothing is left when the simulator closes', async () => {
  let folder: string;
  {
    await using world = await startWorld();
    folder = world.folder;
    const { deployment } = await deploy(world, 'web', 'typescript');
    const signal = AbortSignal.timeout(30_000);
    world.simulator.crash(deployment.id);
    for await (const { status } of world.environment.watchDeployment(deployment.id, { signal })) {
      if (status === 'CRASHED') break;
    }
    await waitForLine(world, deployment.id, /container ended: signal SIGKILL/);
    await deploy(world, 'api', 'typescript');
    assert.ok(processesWith(`HOME=${folder}`, { isPrefix: true }).length > 0);
  }
  assert.deepEqual(processesWith(`HOME=${folder}`, { isPrefix: true }), []);
});

test('an unknown image fails to build, and a service without a node name fails to start', async () => {
  await using world = await startWorld();
  const { environment } = world;
  const signal = AbortSignal.timeout(30_000);
  for (const [name, image, line] of [
    ['db', 'postgres:16', /postgres:16 is not known/],
    ['web', images.typescript, /RELEASE_NODE is not set/],
  ] as const) {
    const settings = { source: { image } };
    const { serviceId } = await environment.createService({ name, settings, variables: {} });
    const deploymentId = await environment.deploy(serviceId);
    let last: string | undefined;
    for await (const { status } of environment.watchDeployment(deploymentId, { signal })) last = status;
    assert.equal(last, 'FAILED');
    const texts: string[] = [];
    for await (const { text } of environment.buildLogs(deploymentId, { signal })) texts.push(text);
    for await (const { text } of environment.deploymentLogs(deploymentId, { signal })) texts.push(text);
    assert.match(texts.join('\n'), line);
  }
});
