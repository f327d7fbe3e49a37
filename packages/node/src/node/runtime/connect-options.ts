/** What a caller says when it connects a node or lists the connected ones. Types only. */

/** Options of `Node.connect`. */
export interface ConnectOptions {
  /** Timeout for looking up, dialling and the handshake. Default: the node's `handshakeTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** Which nodes to list: `connected` are all connected ones; `known` also includes those being dialled. */
export type NodeKind = 'visible' | 'hidden' | 'connected' | 'known';
