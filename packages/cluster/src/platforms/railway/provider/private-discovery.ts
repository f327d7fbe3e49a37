/**
 * How nodes on Railway find each other without being told by anybody: each is given the names of those that were there before it,
 * looks them up in the private network and dials them for as long as they are away. Of any two one was there first, so every
 * pair finds together, also after one of them was restarted. Pure.
 */

import type { RailwayNodePlan } from './options.ts';

/** A TypeScript node discovers; images for the BEAM are asked to connect to `CONVOY_CONNECT`, or go by libcluster's own settings. */
export function privateDiscovery({ kind, others }: RailwayNodePlan): Record<string, string> {
  const named = others.filter((other) => /^[^@\s]+@[^@\s]+$/.test(other));
  if (named.length === 0) return {};
  return kind === 'typescript'
    ? { CONVOY_DISCOVER: `railway-dns:services=${named.join('+')}` }
    : { CONVOY_CONNECT: named.join(' ') };
}
