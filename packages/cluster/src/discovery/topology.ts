/** A topology: a strategy, whom of its peers are wanted, and what becomes of those that are missing. */

import { DiscoveryError } from '../strategies/errors.ts';
import type { PrunePolicy, TopologyPolicy } from './membership/membership-model.ts';
import { createPeerFilter, type PeerFilterOptions } from './membership/peer-filter.ts';
import type { Strategy } from '../strategies/strategy.ts';

export interface Topology extends PeerFilterOptions {
  readonly strategy: Strategy;
  /**
   * What becomes of a peer that is missing from a complete answer. `down` (the default) leaves its connection alone and
   * forgets it when that is gone; `never` keeps dialling it; `missing` disconnects it after `misses` answers without it. A
   * look-up that failed is no answer.
   */
  readonly prune?: PrunePolicy | undefined;
  /** Default 3. */
  readonly misses?: number;
  /**
   * Dial nobody while the answer does not name this node itself: one that was taken out of the cluster does not come back
   * by itself. Default false.
   */
  readonly mustListSelf?: boolean | undefined;
}

export const prunePolicies: readonly PrunePolicy[] = ['down', 'never', 'missing'];

/** Throws DISCOVERY_BAD_OPTION. */
export function policyOf(name: string, topology: Topology): TopologyPolicy {
  const { strategy, prune = 'down', misses = 3, mustListSelf = false, include, exclude, tags } = topology;
  if (!prunePolicies.includes(prune)) {
    throw badOption(name, `prune is ${JSON.stringify(prune)}`, `Use one of ${prunePolicies.join(', ')}.`);
  }
  if (!Number.isInteger(misses) || misses < 1) {
    throw badOption(name, `misses is ${misses}`, 'It is a whole number of answers, at least 1.');
  }
  const known = strategy.tags;
  const unknownTag =
    known === 'any' ? undefined : Object.keys(tags ?? {}).find((tag) => !known.includes(tag));
  if (unknownTag !== undefined && known !== 'any') {
    const having = known.length === 0 ? 'no tags' : `only ${known.join(', ')}`;
    throw badOption(
      name,
      `it filters by the tag ${JSON.stringify(unknownTag)}`,
      `Peers found by ${strategy.kind} have ${having}; filter by name instead.`,
    );
  }
  return {
    prune,
    misses,
    mustListSelf,
    filter: createPeerFilter({
      include,
      exclude,
      tags,
    }),
  };
}

function badOption(topology: string, what: string, remedy: string): DiscoveryError {
  return new DiscoveryError('DISCOVERY_BAD_OPTION', `topology ${topology}: ${what}`, { remedy });
}
