/**
 * The contract of a way into a network that this machine cannot reach by itself: an SSH host, a platform's relay.
 * Every implementation runs test/conformance/tunnel.ts. A tunnel is supervised: when what carries it breaks, it is made
 * anew with back-off until `close`, and who opens a stream meanwhile waits for that.
 */

import type { Duplex } from 'node:stream';

/** An address behind a tunnel. */
export interface TunnelAddress {
  /** Host as seen from the far end of the tunnel; `127.0.0.1` is that machine itself. */
  readonly host: string;
  readonly port: number;
}

/** `attempt` counts from 1; `error` is why it is down. */
export type TunnelState =
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly error: Error; readonly attempt: number; readonly retryInMs: number }
  | { readonly kind: 'closed' };

/** A supervised way to addresses that cannot be reached directly. It comes back by itself after an interruption. */
export interface Tunnel {
  /** For display, e.g. `ssh://ops@db1`. */
  readonly name: string;
  readonly state: TunnelState;
  /**
   * Opens a stream to an address behind the tunnel. While the tunnel is down it waits, until the signal aborts. Rejects with
   * `TunnelError` TUNNEL_CLOSED, or with the error of the carrier for that address.
   */
  open(address: TunnelAddress, options: { readonly signal?: AbortSignal | undefined }): Promise<Duplex>;
  /** Calls `listener` at every change of state. Returns a function that unsubscribes. */
  onState(listener: (state: TunnelState) => void): () => void;
  /** Ends the tunnel and every stream in it. Idempotent. */
  close(): Promise<void>;
}
