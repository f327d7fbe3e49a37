/** A node on which a command traces calls, whichever way: through the console that knows the node, or over its own connection. */

import type { ClusterView, TraceEndView, TraceEventView } from '@convoy/console/protocol';

/** What is traced. */
export interface TraceWork {
  /** `shop_cart:add/2`, `Shop.Cart.add/2`. */
  readonly function: string;
  readonly maxCalls: number;
  readonly maxMs: number;
  readonly pids: readonly string[] | undefined;
  readonly withReturns: boolean;
}

/** Follows a trace. */
export interface TraceListener {
  /** Called when calls are traced. */
  onStarted(arities: readonly number[]): void;
  onEvents(events: readonly TraceEventView[]): void;
}

/** A node on which calls can be traced. */
export interface TraceableNode {
  /** Its id, or its full name if no console is asked. */
  readonly node: string;
  /** Its cluster, if the console knows it. */
  readonly cluster: Pick<ClusterView, 'id' | 'label' | 'production'> | undefined;
  /** Traces until the trace ends; it is stopped when the signal aborts. Rejects if it cannot begin. */
  trace(work: TraceWork, listener: TraceListener, signal: AbortSignal): Promise<TraceEndView>;
}
