/**
 * Traces calls on a node for a command: through the running console if that knows the node, unless a cookie or a way to the node was given;
 * otherwise over a connection of the command's own.
 */

import { findInConsole } from '../inspecting/inspect-node.ts';
import { type ReachOptions, settleReach, withVisitor } from '../visits/visitor.ts';
import type { TraceableNode } from './traceable-node.ts';

/** Runs `use` with the node that is called `target`: an id, a full name, or the part before the @. */
export async function traceNode<Result>(
  target: string,
  flags: ReachOptions,
  use: (node: TraceableNode) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const known = await findInConsole(target, { flags, options });
  if (known !== undefined) {
    const { throughConsole } = await import('./through-console.ts');
    return use(throughConsole(known, options.dataDir));
  }
  const { directly } = await import('./directly.ts');
  return withVisitor(target, flags, (visit) => use(directly(visit)));
}
