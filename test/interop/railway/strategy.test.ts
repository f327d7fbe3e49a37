/** The nodes of a cluster on a simulated Railway are found through its API, by their mark alone. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createRailwayAccountStrategy,
  createRailwayStrategy,
  type RailwayEnvironment,
} from '@convoy/cluster/railway';
import { splitNodeName } from '@convoy/node/names';
import { firstAnswers, testStrategy } from '../../conformance/strategy.ts';
import { RailwayWorld } from '../../support/railway-world.ts';

const timing = { intervalMs: 60_000, timeoutMs: 10_000 };

/** Adds a service that stays queued for building, so no process runs for it. Returns the name of its node. */
async function addNode(environment: RailwayEnvironment, name: string, cluster: string): Promise<string> {
  const { serviceId } = await environment.createService({
    name,
    settings: { source: { image: 'convoy-node' } },
    variables: {
      [`CONVOY_CLUSTER_${cluster.toUpperCase()}`]: name,
      RELEASE_NODE: `${name}@\${{RAILWAY_PRIVATE_DOMAIN}}`,
    },
  });
  await environment.deploy(serviceId);
  return (await environment.variables(serviceId))['RELEASE_NODE'] ?? '';
}

testStrategy('railway', async () => {
  const world = await RailwayWorld.start();
  const { environment, simulator } = world;
  const resume = simulator.hold('QUEUED');
  const present = [await addNode(environment, 'a', 'shop'), await addNode(environment, 'b', 'shop')];
  await addNode(environment, 'convoy-shop', 'other');
  // The name of the node is known before the cluster has it: addresses are assigned in order.
  const later = await addNode(environment, 'c', 'other');
  const serviceOf = async (node: string): Promise<string> => {
    const services = await environment.services();
    return services.find(({ name }) => name === splitNodeName(node).name)?.serviceId ?? '';
  };
  return {
    strategy: createRailwayStrategy({ environment, cluster: 'shop', ...timing }),
    self: 'me@127.0.0.1',
    present,
    newcomer: later,
    add: async (node) => environment.setVariables(await serviceOf(node), { CONVOY_CLUSTER_SHOP: 'c' }),
    remove: async (node) => environment.deleteService(await serviceOf(node)),
    fail: async () => {
      simulator.addFault({ kind: 'problem', message: 'Problem processing request', times: 1000 });
      return async () => simulator.clearFaults();
    },
    async [Symbol.asyncDispose]() {
      resume();
      await world[Symbol.asyncDispose]();
    },
  };
});

describe('the railway strategy with a token', () => {
  test('finds project and environment by name, and lists the available ones when it cannot', async () => {
    await using world = await RailwayWorld.start({
      projects: [{ name: 'shop', environments: [{ name: 'production' }, { name: 'staging' }] }],
    });
    const { simulator } = world;
    const resume = simulator.hold('QUEUED');
    const node = await addNode(world.environment, 'a', 'convoy');
    const { endpoint, token } = simulator;
    const found = await firstAnswers(
      createRailwayAccountStrategy({
        endpoint,
        token,
        project: 'Shop',
        environment: 'production',
        ...timing,
      }),
    );
    assert.deepEqual(found.answers, [{ peers: [node], isComplete: true }]);
    await assert.rejects(firstAnswers(createRailwayAccountStrategy({ endpoint, token, ...timing })), {
      code: 'RAILWAY_NOT_FOUND',
      message: /several environments/,
      remedy: /production \(.+\), staging \(.+\)/,
    });
    await assert.rejects(
      firstAnswers(createRailwayAccountStrategy({ endpoint, token: 'unknown-token', ...timing })),
      {
        code: 'RAILWAY_TOKEN_REFUSED',
      },
    );
    resume();
  });
});
