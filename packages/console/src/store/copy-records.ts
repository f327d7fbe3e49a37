/**
 * Copies what a console keeps from one store into another that is empty, for a backup or a move. Sessions, open shells and restarts that are under way are not copied.
 */

import type { Records } from './store.ts';

/** More than the console keeps. */
const maxEntries = 100_000;

export async function copyRecords(from: Records, to: Records): Promise<void> {
  const identity = await from.identity.load();
  if (identity !== undefined) await to.identity.save(identity);
  for (const { place, cookie, nodes } of await from.launchedNodes.all()) {
    for (const node of nodes) await to.launchedNodes.save(place, cookie, node);
  }
  for (const cluster of await from.clusters.all()) await to.clusters.save(cluster);
  const entries = await from.audit.find({ limit: maxEntries });
  await to.audit.add(entries.toReversed(), maxEntries);
}
