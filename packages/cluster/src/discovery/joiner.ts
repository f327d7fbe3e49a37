/** The contract between discovery and the node it connects, in this process or elsewhere. */

/** Manages the connections of one node for discovery. */
export interface Joiner {
  /** Full name of the node whose connections are managed. */
  readonly self: string;
  /** Resolves when the node is connected to `peer`. Rejects with the cause of the failure, or with the signal's reason. */
  connect(peer: string, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Closes the connection to `peer`, if there is one. */
  disconnect(peer: string): Promise<void>;
  /** Every connected node, including hidden ones. */
  connected(): string[];
  /** Calls `listener` when a connection comes up. Returns the function that unsubscribes it. */
  onUp(listener: (peer: string) => void): () => void;
  /** Calls `listener` when a connection goes down. Returns the function that unsubscribes it. */
  onDown(listener: (peer: string, reason: string) => void): () => void;
  /** Stops observing the node. Its connections stay. */
  close(): Promise<void>;
}
