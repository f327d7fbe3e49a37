/** Adopting nodes that an earlier process has launched and remembered: what every platform with a `NodeMemory` does. */

import type { RunningNode } from './launch-platform.ts';
import type { Launches } from './launches.ts';
import type { LaunchedNode, Provider } from './provider.ts';
import type { RememberedNode } from './remembered-node.ts';

/** A remembered node that still runs. */
export interface FoundNode extends RunningNode {
  readonly known: RememberedNode;
}

/** A provider that finds nodes again which an earlier process has launched. */
export interface AdoptingProvider extends Provider {
  /**
   * Takes over a node that an earlier process started, once it has proved itself by the link cookie. Returns `undefined`, and
   * removes it from the memory, when it no longer runs. Rejects when the node, or its machine, does not answer or does not
   * prove itself; the node is then left as it is.
   */
  adopt(node: RememberedNode): Promise<LaunchedNode | undefined>;
}

const adoptTimeoutMs = 20_000;

/**
 * Adds `adopt` to a provider. `isRunning` says whether the process of a remembered node is alive, and cleans up after one that
 * has ended.
 */
export function withAdoption<Held>(
  provider: Launches<Held, FoundNode>,
  isRunning: (known: RememberedNode, signal: AbortSignal) => Promise<boolean>,
): AdoptingProvider {
  return Object.assign(provider, {
    adopt: async (known: RememberedNode): Promise<LaunchedNode | undefined> => {
      const signal = AbortSignal.timeout(adoptTimeoutMs);
      if (!(await isRunning(known, signal))) return undefined;
      const { name: node, kind, keep, join, memoryMb } = known;
      return provider.takeOver({ node, kind, keep, join, memoryMb, known }, { signal });
    },
  });
}
