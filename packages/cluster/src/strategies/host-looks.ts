/** Looking at several places in one go: what some tell counts, and what others do not is told as failures. */

import type { Look } from './polling.ts';
import type { SeenPeer } from './strategy.ts';

/** Asks for each place at the same time. Rejects with the first failure when all have failed. */
export async function lookAtAll<Place>(
  places: readonly Place[],
  look: (place: Place) => Promise<readonly SeenPeer[]>,
): Promise<Look> {
  const results = await Promise.allSettled(places.map((place) => look(place)));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  const [first] = failures;
  if (first !== undefined && failures.length === places.length) throw first;
  const peers = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  return { peers: [...new Map(peers.map((peer) => [peer.node, peer])).values()], failures };
}
