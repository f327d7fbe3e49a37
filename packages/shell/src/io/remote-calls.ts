/**
 * Calling functions of the node that a shell is on, as far as the I/O protocol needs it: never of the node that a request
 * names, because that is only what the sender claims. Implemented over a node in session/.
 */
import type { Term } from '@convoy/node/etf';

export interface RemoteCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
  /** Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** Rejects when the function failed or did not answer. Terms come and go lossless. */
export type CallRemote = (call: RemoteCall) => Promise<Term>;
