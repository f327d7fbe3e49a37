/**
 * The contract of a tunnel into a network that this machine cannot reach directly: through an SSH host or a platform's relay.
 * Every implementation runs test/conformance/tunnel.ts. A tunnel is supervised: when the underlying connection breaks, it is
 * re-established with back-off until `close`, and streams that are opened meanwhile wait for it.
 */

import type { Duplex } from 'node:stream';

/** An address behind a tunnel. */
export interface TunnelAddress {
  /** Host as seen from the far end of the tunnel; `127.0.0.1` is the machine at the far end. */
  readonly host: string;
  readonly port: number;
}

/** The state of a tunnel. `attempt` counts from 1; `error` is why the tunnel is down. */
export type TunnelState =
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly error: Error; readonly attempt: number; readonly retryInMs: number }
  | { readonly kind: 'closed' };

/** A supervised route to addresses that cannot be reached directly. It recovers from interruptions automatically. */
export interface Tunnel {
  /** For display, e.g. `ssh://ops@db1`. */
  readonly name: string;
  readonly state: TunnelState;
  /**
   * Opens a stream to an address behind the tunnel. While the tunnel is down it waits, until the signal aborts. Rejects with
   * `TunnelError` TUNNEL_CLOSED, with the error of the underlying connection for that address, or with the signal's reason.
   */
  open(address: TunnelAddress, options: { readonly signal?: AbortSignal | undefined }): Promise<Duplex>;
  /** Calls `listener` on every change of state. Returns a function that unsubscribes. */
  onState(listener: (state: TunnelState) => void): () => void;
  /** Ends the tunnel and every stream in it. Idempotent. */
  close(): Promise<void>;
}
