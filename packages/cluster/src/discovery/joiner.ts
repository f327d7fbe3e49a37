/** The contract of whose connections discovery makes: those of a node in this process, or of another one that is told to. */

export interface Joiner {
  /** Full name of the node that is to be connected. */
  readonly self: string;
  /** Resolves when they are connected. Rejects with the reason, or with that of the signal. */
  connect(peer: string, options: { readonly signal: AbortSignal }): Promise<void>;
  disconnect(peer: string): Promise<void>;
  /** Every connected node, hidden ones too. */
  connected(): string[];
  /** Both return what ends it. */
  onUp(listener: (peer: string) => void): () => void;
  onDown(listener: (peer: string, reason: string) => void): () => void;
  close(): Promise<void>;
}
