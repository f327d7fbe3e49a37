/**
 * The contract of a way into a network that this machine cannot reach by itself: an SSH host, a platform's relay.
 * Every implementation runs test/conformance/tunnel.ts. A tunnel is supervised: when what carries it breaks, it is made
 * anew with back-off until `close`, and who opens a stream meanwhile waits for that.
 */

import type { Duplex } from 'node:stream';

export interface TunnelAddress {
  /** As the far end of the tunnel knows it; `127.0.0.1` is that machine itself. */
  readonly host: string;
  readonly port: number;
}

/** `attempt` counts from 1; `error` is why it is down. */
export type TunnelState =
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly error: Error; readonly attempt: number; readonly retryInMs: number }
  | { readonly kind: 'closed' };

export interface Tunnel {
  /** For people: `ssh://ops@db1`. */
  readonly name: string;
  readonly state: TunnelState;
  /**
   * A stream to an address behind the tunnel. Waits while the tunnel is down, until the signal. Throws `TunnelError`
   * TUNNEL_CLOSED, or what the carrier says about that address.
   */
  open(address: TunnelAddress, options: { readonly signal?: AbortSignal | undefined }): Promise<Duplex>;
  /** Called at every change. Returns what ends that. */
  onState(listener: (state: TunnelState) => void): () => void;
  /** Ends the tunnel and every stream in it. Idempotent. */
  close(): Promise<void>;
}
