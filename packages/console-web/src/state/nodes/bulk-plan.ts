/** Which of several selected nodes each bulk action applies to. Pure. */

import type { NodeView } from '@convoy/console/protocol';
import { isNodeKind } from '@convoy/node/names';
import { canOpenShell, isBroken } from './nodes.ts';
import { peeringOf } from './peering.ts';

/** For each action the nodes that it applies to. */
export interface BulkPlan {
  readonly shells: readonly NodeView[];
  /** Nodes that have ended, which are launched again. */
  readonly relaunches: readonly NodeView[];
  /** Nodes that are stopped and launched again. */
  readonly restarts: readonly NodeView[];
  /** Nodes that are stopped and deleted, or disconnected from if they were attached. */
  readonly removals: readonly NodeView[];
  /** Pairs that are not connected and can be. */
  readonly joins: readonly (readonly [NodeView, NodeView])[];
}

/** Nodes of another console are left out: only their owner changes them. */
export function planFor(all: readonly NodeView[]): BulkPlan {
  const chosen = all.filter(({ owner }) => owner === undefined);
  return {
    shells: chosen.filter(canOpenShell),
    relaunches: chosen.filter(
      (node) => isBroken(node) && node.origin === 'launched' && isNodeKind(node.kind),
    ),
    restarts: chosen.filter(isRestartable),
    removals: chosen.filter(isRemovable),
    joins: joinsOf(chosen),
  };
}

/** Whether the console can delete the node, or disconnect from it. Only nodes that it launched or attached are its own. */
export function isRemovable({ origin, status }: NodeView): boolean {
  return (origin === 'launched' || origin === 'attached') && status !== 'stopping';
}

/** Whether the console can restart the node: one that it launched, and that has not ended. */
export function isRestartable({ origin, status, owner }: NodeView): boolean {
  return origin === 'launched' && owner === undefined && (status === 'up' || status === 'unreachable');
}

/** Every pair once that one of the two can be asked to connect. */
function joinsOf(chosen: readonly NodeView[]): readonly (readonly [NodeView, NodeView])[] {
  const pairs: (readonly [NodeView, NodeView])[] = [];
  for (const [at, node] of chosen.entries()) {
    const rest = chosen.slice(at + 1);
    for (const other of peeringOf(node, rest).joinable) {
      const isReported = other.peers.includes(node.name);
      if (!isReported) pairs.push([node, other]);
    }
  }
  return pairs;
}
