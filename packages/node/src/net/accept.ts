/** Skeleton: signatures only. */
import type { Connection, PeerInfo } from './connection.ts';
import type { ConnectionOptions } from './dial.ts';
import type { ByteStream, Listener, ListenOptions, Transport } from './transport.ts';

/** The acceptor's answer to a name. `alive`: we have a connection to that node; the initiator decides. */
export type AcceptDecision = 'ok' | 'ok_simultaneous' | 'nok' | 'not_allowed' | 'alive';

export interface AcceptOptions extends ConnectionOptions {
  /** Called once with the name an unauthenticated stranger claims; must keep no state for it. */
  readonly decide: (peerName: string) => AcceptDecision;
  /**
   * Called when the peer has proven the cookie, before it is told so: the moment to close an older connection to it
   * that `alive` was said for, or our own attempt that `ok_simultaneous` gave up.
   */
  readonly onAuthenticated?: (peer: PeerInfo) => void;
}

/** Shakes hands as acceptor. Rejects with `HandshakeError`; the stream is destroyed then. */
export declare function acceptConnection(stream: ByteStream, options: AcceptOptions): Promise<Connection>;

export interface ListenForPeersOptions extends AcceptOptions {
  readonly transport: Transport;
  readonly listen?: ListenOptions;
  readonly onConnection: (connection: Connection) => void;
  /** Handshakes that failed are published on `convoy:handshake.refused`; this is for those who want more. */
  readonly onRefused?: (error: Error) => void;
}

/** Listens and accepts, with at most `limits.maxPendingHandshakes` strangers at a time. */
export declare function listenForPeers(options: ListenForPeersOptions): Promise<Listener>;
