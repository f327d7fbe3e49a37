/**
 * Calls of functions on the node of a shell, as the I/O protocol requires: never on the node that a request names, because
 * that is only the sender's claim. Implemented in session/.
 */

import type { Term } from '@convoy/node/etf';

export interface RemoteCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
  /** Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** Calls a function. Rejects when it failed or did not answer. Terms are transferred losslessly. */
export type CallRemote = (call: RemoteCall) => Promise<Term>;
