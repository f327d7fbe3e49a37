/**
 * Nodes on Railway that are reached from outside the private network, through the SSH relay: containers in namespaces with IPv6
 * only, which nothing else can reach.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ProviderError, type ProviderNodeKind } from '@convoy/cluster';
import { missingNamespaces } from '@convoy/railway-simulator';
import { atom } from '@convoy/node/etf';
import { type ProviderHarness, testProvider } from '../../conformance/provider.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll } from '../../support/extent.ts';
import { deploymentOf, launchOn, logTexts, RailwayWorld } from '../../support/railway-world.ts';
import { harnessOf } from './provider-harness.ts';

const skip = missingNamespaces() ?? missingPeer('25', 'elixir');
const runtime = 'namespaces';

/** Folders in which the host key of the world's relay is pinned. */
function pinned({ simulator }: RailwayWorld): string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('convoy-relay-'));
  return folders.filter((name) => {
    const file = join(tmpdir(), name, 'known_hosts');
    return existsSync(file) && readFileSync(file, 'utf8').includes(simulator.relay.hostKey);
  });
}

async function makeHarness(kind: ProviderNodeKind): Promise<ProviderHarness> {
  const world = await RailwayWorld.start({ runtime });
  return harnessOf(world, kind, { reach: world.relay(), ipv6: true });
}

if (skip === false) testProvider('Elixir on Railway, through the relay', () => makeHarness('elixir'));

describe('through the relay', { skip }, () => {
  test('nodes of all kinds are launched, find each other, and are deleted', async () => {
    await using world = await RailwayWorld.start({ runtime });
    const provider = world.provider({ reach: world.relay(), ipv6: true });
    const [web, api, db] = await Promise.all([
      launchOn(provider, 'typescript'),
      launchOn(provider, 'elixir'),
      launchOn(provider, 'erlang'),
    ]);
    assert.equal(web.name, 'ts-1@ts-1.railway.internal');
    for (const { name } of [web, api, db]) {
      world.node.send({ name: 'convoy_worker', node: name }, atom('ping'));
      const line = `Received ping on node ${name}`;
      await eventually(line, 30_000, () => logTexts(provider, name).includes(line));
    }
    assert.equal(pinned(world).length, 3);
    // By their names, over IPv6, without EPMD.
    assert.equal(await world.node.rpc(web.name, 'convoy', 'connect', [atom(api.name)]), true);
    assert.equal(await world.node.rpc(db.name, 'net_kernel', 'connect_node', [atom(api.name)]), true);
    assert.equal(await world.node.rpc(api.name, 'net_kernel', 'connect_node', [atom(web.name)]), true);
    await Promise.all([web, api, db].map(({ name }) => provider.destroy(name)));
    assert.deepEqual(await world.services(), []);
    assert.deepEqual(pinned(world), []);
  });

  test('a broken relay is dialled again, and a redeployed container is found', async () => {
    await using world = await RailwayWorld.start({ runtime });
    const provider = world.provider({ reach: world.relay(), ipv6: true });
    const { name } = await launchOn(provider);
    const [container] = world.containers(name);
    const goDown = async (act: () => unknown): Promise<void> => {
      const down = Promise.withResolvers<void>();
      const unlisten = world.node.onNodeDown((gone) => gone === name && down.resolve());
      await act();
      await down.promise;
      unlisten();
      await eventually('the node to be connected again', 30_000, () =>
        world.node.list('connected').includes(name),
      );
    };
    await goDown(() => world.simulator.relay.cut());
    assert.deepEqual(world.containers(name), [container], 'the node itself kept running');
    const running = await deploymentOf(provider, name);
    await goDown(() => world.environment.redeploy(running));
    assert.notDeepEqual(world.containers(name), [container]);
  });

  test(
    'a relay with another host key, or one that refuses the login, fails the launch with the reason',
    { skip: onlyInAll() },
    async () => {
      await using world = await RailwayWorld.start({ runtime });
      await using stranger = await RailwayWorld.start();
      const cases = [
        { change: { hostKey: stranger.simulator.relay.hostKey }, code: 'SSH_HOST_KEY_CHANGED' },
        {
          change: { ssh: { identityFiles: [world.keyOf('unknown')], agent: false } },
          code: 'SSH_AUTH_REFUSED',
        },
      ] as const;
      for (const { change, code } of cases) {
        const provider = world.provider({ reach: world.relay(change), ipv6: true });
        await assert.rejects(launchOn(provider), (error: unknown) => {
          assert.ok(error instanceof ProviderError);
          assert.equal(error.code, 'PROVIDER_UNREACHABLE');
          assert.equal((error.cause as { code?: string }).code, code);
          assert.ok(error.remedy !== undefined);
          return true;
        });
        assert.deepEqual(await world.services(), []);
      }
    },
  );
});
