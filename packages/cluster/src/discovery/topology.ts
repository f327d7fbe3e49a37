/** A topology: a strategy, a filter for its peers, and what happens to peers that go missing. */

import { DiscoveryError } from '../strategies/discovery-error.ts';
import type { PrunePolicy, TopologyPolicy } from './membership/membership-model.ts';
import { createPeerFilter, type PeerFilterOptions } from './membership/peer-filter.ts';
import type { Strategy } from '../strategies/strategy.ts';

/** A source of peers and how to treat them. */
export interface Topology extends PeerFilterOptions {
  readonly strategy: Strategy;
  /**
   * What happens to a peer that is missing from a complete answer. `down` (the default) keeps its connection and forgets the
   * peer when the connection goes down; `never` keeps dialling it; `missing` disconnects it after `misses` answers without
   * it. Failed lookups do not count as answers.
   */
  readonly prune?: PrunePolicy | undefined;
  /** Number of consecutive answers without a peer, for `prune: 'missing'`. Default 3. */
  readonly misses?: number;
  /**
   * Do not dial while the answer does not name this node itself, so that a node removed from the cluster does not rejoin by
   * itself. Default false.
   */
  readonly mustListSelf?: boolean | undefined;
}

export const prunePolicies: readonly PrunePolicy[] = ['down', 'never', 'missing'];

/** Validates a topology and returns its policy. Throws DISCOVERY_BAD_OPTION. */
export function policyOf(name: string, topology: Topology): TopologyPolicy {
  const { strategy, prune = 'down', misses = 3, mustListSelf = false, include, exclude, tags } = topology;
  if (!prunePolicies.includes(prune)) {
    throw badOption(name, `prune is ${JSON.stringify(prune)}`, `Use one of ${prunePolicies.join(', ')}.`);
  }
  if (!Number.isInteger(misses) || misses < 1) {
    throw badOption(name, `misses is ${misses}`, 'Set misses to an integer of at least 1.');
  }
  const known = strategy.tags;
  const unknownTag =
    known === 'any' ? undefined : Object.keys(tags ?? {}).find((tag) => !known.includes(tag));
  if (unknownTag !== undefined && known !== 'any') {
    const having = known.length === 0 ? 'no tags' : `only ${known.join(', ')}`;
    throw badOption(
      name,
      `the filter uses the tag ${JSON.stringify(unknownTag)}`,
      `Peers found by ${strategy.kind} have ${having}; filter by include or exclude instead.`,
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
