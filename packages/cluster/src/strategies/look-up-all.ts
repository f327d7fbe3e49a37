/** Queries several sources in one lookup: their answers are combined, and sources that fail are reported. */

import type { LookupResult } from './polling.ts';
import type { SeenPeer } from './strategy.ts';

/** Queries all places in parallel. Rejects with the first failure when all have failed. */
export async function lookUpAll<Place>(
  places: readonly Place[],
  lookUp: (place: Place) => Promise<readonly SeenPeer[]>,
): Promise<LookupResult> {
  const results = await Promise.allSettled(places.map((place) => lookUp(place)));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  const [first] = failures;
  if (first !== undefined && failures.length === places.length) throw first;
  const peers = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  return { peers: [...new Map(peers.map((peer) => [peer.node, peer])).values()], failures };
}
