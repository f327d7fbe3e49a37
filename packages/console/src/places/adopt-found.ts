/** Adds nodes that were found again to the nodes of the console: what every platform does whose nodes outlive it. */

import type { LaunchedNode } from '@convoy/cluster';
import type { LaunchedAs, LaunchedNodes, Place } from './place.ts';

/** How the nodes of a place are adopted. */
export interface HowToAdopt<Found> {
  /** Connects to a node. Resolves with `undefined` for one that no longer runs. */
  readonly adopt: (one: Found) => Promise<LaunchedNode | undefined>;
  /** What is remembered of its launch. Default: nothing. */
  readonly launchedAs?: (one: Found) => LaunchedAs;
  /** Gets those that do not answer. */
  readonly onFailure: (one: Found, error: unknown) => void;
}

/** Adopts nodes that were found again, all at once. Once `closing` has aborted, nothing is added or reported any more. */
export async function adoptFound<Found>(
  found: readonly Found[],
  how: HowToAdopt<Found>,
  {
    place,
    launched,
    closing,
  }: { readonly place: Place; readonly launched: LaunchedNodes; readonly closing: AbortSignal },
): Promise<void> {
  const adoptOne = async (one: Found): Promise<void> => {
    try {
      const node = await how.adopt(one);
      if (node === undefined || closing.aborted) return;
      launched.adopt(place, node, how.launchedAs?.(one));
    } catch (error) {
      if (!closing.aborted) how.onFailure(one, error);
    }
  };
  await Promise.all(found.map(adoptOne));
}
