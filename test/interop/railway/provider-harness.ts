/** The provider on a simulated Railway, for the suite of every provider. */

import assert from 'node:assert/strict';
import type { ProviderNodeKind } from '@convoy/cluster';
import type { RailwayProviderOptions } from '@convoy/cluster/railway';
import type { ProviderHarness } from '../../conformance/provider.ts';
import { killIfThere } from '../../support/processes.ts';
import type { RailwayWorld } from '../../support/railway-world.ts';

/** A harness that closes `world` with itself. `options` are those of the provider. */
export function harnessOf(
  world: RailwayWorld,
  kind: ProviderNodeKind,
  options: Partial<RailwayProviderOptions> = {},
): ProviderHarness {
  const secret = 'cookie-that-must-not-be-shown';
  const limit = 3;
  return {
    provider: world.provider({
      cookie: secret,
      nodeLimit: limit,
      restartPolicy: 'NEVER',
      onClose: 'destroy',
      ...options,
    }),
    kind,
    secret,
    limit,
    cancelAfter: 'deploy',
    answers: (node) =>
      world.node.connect(node).then(
        () => true,
        () => false,
      ),
    kill: ({ name }) => {
      const containers = world.containers(name);
      assert.ok(containers.length > 0);
      for (const id of containers) killIfThere(id);
    },
    traces: async () => [...(await world.services()), ...world.containers().map((id) => `process ${id}`)],
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
