/**
 * The listening side: accepts streams, performs the handshakes under a deadline and a limit on their number, and delivers
 * connections to peers that have proven the cookie. Connections that have sent no name are counted separately from those
 * that have, so that silent connections do not block others.
 */

import { type AcceptDecision, acceptHandshake, type PeerInfo } from '../distribution/handshake.ts';
import { defaultLimits } from '../limits.ts';
import { Connection } from './connection.ts';
import { type ConnectionOptions, createHandshakeStream, publishRefused, publishUp } from './dial.ts';
import { HandshakeError } from '../errors.ts';
import { publishEvent } from '../events.ts';
import { EvictionQueue } from '../eviction-queue.ts';
import type { ByteStream, Listener, ListenOptions, Transport } from './transport.ts';

export type { AcceptDecision } from '../distribution/handshake.ts';

/** Options of `acceptConnection`. */
export interface AcceptOptions extends ConnectionOptions {
  /** Called once with the claimed name of an unauthenticated peer; must not keep state for it. */
  readonly decide: (peerName: string) => AcceptDecision;
  /**
   * Called when the peer has proven the cookie, before the last handshake message is sent: close an older connection to
   * it here after deciding `alive`, or our own attempt after `ok_simultaneous`.
   */
  readonly onAuthenticated?: (peer: PeerInfo) => void;
}

/**
 * Performs the handshake as acceptor. Rejects with `HandshakeError`, `ConnectionError` (CONNECTION_TLS_...) or the signal's
 * reason, and closes the stream in that case.
 */
export async function acceptConnection(stream: ByteStream, options: AcceptOptions): Promise<Connection> {
  const { onAuthenticated, self } = options;
  const port = createHandshakeStream(stream, options);
  let claimed: string | undefined;
  const decide = (peerName: string): AcceptDecision => {
    claimed = peerName;
    return options.decide(peerName);
  };
  try {
    const peer = await acceptHandshake(port, { self, decide, onAuthenticated });
    const connection = new Connection(stream, {
      ...options,
      peer,
      direction: 'in',
      received: port.release(),
    });
    publishUp(self.name, connection);
    return connection;
  } catch (error) {
    port.fail();
    publishRefused({ self, stream, peer: claimed, direction: 'in' }, error);
    throw error;
  }
}

/** Options of `listenForPeers`. */
export interface ListenForPeersOptions extends AcceptOptions {
  readonly transport: Transport;
  readonly listen?: ListenOptions;
  readonly onConnection: (connection: Connection) => void;
  /** Called for each failed handshake, in addition to the event `convoy:handshake.refused`. */
  readonly onRefused?: ((error: unknown) => void) | undefined;
}

/**
 * Listens and accepts connections, with at most `limits.maxPendingHandshakes` handshakes that have sent no name, and as
 * many that have; the oldest one is dropped to make room for a new one.
 */
export async function listenForPeers(options: ListenForPeersOptions): Promise<Listener> {
  const { self, transport } = options;
  const maxPending = options.limits?.maxPendingHandshakes ?? defaultLimits.maxPendingHandshakes;
  const acceptOptions = { handshakeLengthBytes: transport.handshakeLengthBytes ?? 2, ...options };
  const unnamed = new EvictionQueue(maxPending);
  const named = new EvictionQueue(maxPending);
  const accept = async (stream: ByteStream): Promise<void> => {
    const pending = { drop: () => stream.destroy(evictedError(maxPending)) };
    unnamed.add(pending);
    const decide = (peerName: string): AcceptDecision => {
      unnamed.delete(pending);
      named.add(pending);
      return acceptOptions.decide(peerName);
    };
    const outcome = acceptConnection(stream, { ...acceptOptions, decide });
    await outcome.then(options.onConnection, options.onRefused ?? (() => undefined)).finally(() => {
      unnamed.delete(pending);
      named.delete(pending);
    });
  };
  const onRefused = (error: Error, address: string | undefined): void => {
    publishEvent('convoy:handshake.refused', () => ({
      node: self.name,
      peer: undefined,
      direction: 'in',
      address,
      error,
    }));
    options.onRefused?.(error);
  };
  return transport.listen({ ...options.listen, onRefused }, (stream) => void accept(stream));
}

function evictedError(max: number): HandshakeError {
  const message = `the connection was dropped because more than ${max} handshakes were in progress and this was the oldest`;
  return new HandshakeError('HANDSHAKE_CLOSED', message, {
    remedy: 'Raise limits.maxPendingHandshakes to allow more.',
  });
}
