/** Traces calls on a node over a connection of the command's own. */

import { parseTraceTarget, traceCalls } from '@convoy/cluster/inspect';
import type { Visit } from '../visits/visitor.ts';
import type { TraceableNode } from './traceable-node.ts';

/** The node of a visit. */
export function directly({ node, target, cluster }: Visit): TraceableNode {
  return {
    node: target,
    cluster,
    async trace({ function: name, ...bounds }, listener, signal) {
      const options = { ...parseTraceTarget(name), ...bounds, signal };
      const trace = await traceCalls(node, target, options, (events) => listener.onEvents(events));
      listener.onStarted(trace.arities);
      return trace.ended;
    },
  };
}
