/** Nodes on Railway that are reached through its SSH relay, for whoever is not in the private network. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { ProviderError, type RailwayReach } from '@convoy/cluster';
import { atom } from '@convoy/node/etf';
import { missingPeer } from '../support/erlang-node.ts';
import { eventually } from '../support/processes.ts';
import { launchOn, logTexts, RailwayWorld } from '../support/railway-world.ts';
import { type RelayServer, startRelayServer } from '../../packages/cluster/test/ssh/relay-server.ts';

const skip = missingPeer('25', 'elixir');

/** Where the container of a service instance is, asked of Railway as the real relay would. */
function relayOf(world: RailwayWorld): Promise<RelayServer> {
  return startRelayServer(async (user) => {
    const services = await world.environment.services();
    const found = services.find(({ serviceInstanceId }) => serviceInstanceId === user);
    if (found === undefined) return undefined;
    return (await world.environment.variables(found.serviceId))['RAILWAY_PRIVATE_DOMAIN'];
  });
}

function through(relay: RelayServer, { routes }: RailwayWorld, change: object = {}): RailwayReach {
  const { port, hostKey, identityFile } = relay;
  const ssh = { identityFiles: [identityFile], agent: false, retryFirstMs: 20, retryMaxMs: 200 } as const;
  return { kind: 'relay', routes, host: '127.0.0.1', port, hostKey, ssh, ...change };
}

/** Folders of pinned host keys. */
function pinned(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^convoy-relay-(?!test)/.test(name));
}

test('nodes are launched, followed and ended through the relay', { skip }, async () => {
  await using world = await RailwayWorld.start();
  await using relay = await relayOf(world);
  const before = pinned();
  const provider = world.provider({ reach: through(relay, world) });
  for (const kind of ['typescript', 'erlang'] as const) {
    const node = await launchOn(provider, kind);
    const [service] = await world.environment.services();
    assert.ok(relay.asked.includes(`${service?.serviceInstanceId} 127.0.0.1:9100`), relay.asked.join());
    world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
    const line = `Received ping on node ${node.name}`;
    await eventually(line, 10_000, () => logTexts(provider, node.name).includes(line));
    await provider.destroy(node.name);
    assert.deepEqual(world.routes.nodes, []);
  }
  assert.deepEqual(pinned(), before);
});

test('a relay that breaks is dialled again, and so is the node behind it', async () => {
  await using world = await RailwayWorld.start();
  await using relay = await relayOf(world);
  const provider = world.provider({ reach: through(relay, world) });
  const node = await launchOn(provider);
  const [container] = world.containers(node.name);
  const down = new Promise<void>((resolve) => {
    world.node.onNodeDown((name) => name === node.name && resolve());
  });
  relay.cut();
  await down;
  await eventually('it is back', 15_000, () => world.node.list('connected').includes(node.name));
  assert.deepEqual(world.containers(node.name), [container], 'the node itself went on');
});

test('a relay with another key, and one that lets nobody in, end the launch at once', async () => {
  await using world = await RailwayWorld.start();
  await using relay = await relayOf(world);
  await using stranger = await relayOf(world);
  const cases = [
    { change: { hostKey: stranger.hostKey }, code: 'SSH_HOST_KEY_CHANGED' },
    { change: { ssh: { identityFiles: [stranger.identityFile], agent: false } }, code: 'SSH_AUTH_REFUSED' },
  ] as const;
  for (const { change, code } of cases) {
    const provider = world.provider({ reach: through(relay, world, change) });
    await assert.rejects(launchOn(provider), (error: unknown) => {
      assert.ok(error instanceof ProviderError);
      assert.equal(error.code, 'PROVIDER_UNREACHABLE');
      assert.equal((error.cause as { code?: string }).code, code);
      assert.ok(error.remedy !== undefined);
      return true;
    });
    assert.deepEqual(await world.services(), []);
  }
});
