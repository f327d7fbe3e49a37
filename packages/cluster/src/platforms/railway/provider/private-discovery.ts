/**
 * How nodes on Railway find each other: each is given the names of the nodes that existed before it, looks them up in the
 * private network, and keeps dialling those that are not connected. Of any two nodes one existed first, so every pair connects,
 * even after one of them has restarted. Pure.
 */

import { isFullNodeName } from '@convoy/node/names';
import type { RailwayNodePlan } from './options.ts';

/**
 * A TypeScript node uses discovery. Images for the BEAM are expected to connect to the nodes in `CONVOY_CONNECT`, or to use
 * libcluster with its own settings.
 */
export function privateDiscovery({ kind, others }: RailwayNodePlan): Record<string, string> {
  const named = others.filter(isFullNodeName);
  if (named.length === 0) return {};
  return kind === 'typescript'
    ? { CONVOY_DISCOVER: `railway-dns:services=${named.join('+')}` }
    : { CONVOY_CONNECT: named.join(' ') };
}
