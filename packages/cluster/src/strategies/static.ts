/** A list of nodes that does not change. */

import { waitForAbort } from '@convoy/node/async';
import { parseNodeName } from '@convoy/node';
import { DiscoveryError } from './discovery-error.ts';
import type { Strategy } from './strategy.ts';

/** Options of `createStaticStrategy`. */
export interface StaticStrategyOptions {
  /** Full node names. */
  readonly nodes: readonly string[];
}

/** The nodes of a list. Throws DISCOVERY_BAD_OPTION. */
export function createStaticStrategy({ nodes }: StaticStrategyOptions): Strategy {
  const bad = nodes.find((node) => parseNodeName(node) === undefined);
  if (bad !== undefined) {
    throw new DiscoveryError(
      'DISCOVERY_BAD_OPTION',
      `static: ${JSON.stringify(bad)} is not a valid node name`,
      {
        value: bad,
        remedy: 'Write name@host, e.g. app@10.0.0.5.',
      },
    );
  }
  return {
    kind: 'static',
    tags: [],
    async run({ signal, answer }) {
      answer({ peers: nodes.map((node) => ({ node })), isComplete: true });
      await waitForAbort(signal);
    },
  };
}
