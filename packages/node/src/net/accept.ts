/**
 * The listening side: takes streams from strangers, shakes hands under a deadline and a cap on how many at once, and hands out
 * connections to peers that have proven the cookie. Strangers that have sent no name are counted apart from those that have,
 * so that silent connections do not block others.
 */
import { type AcceptDecision, acceptHandshake, type PeerInfo } from '../distribution/handshake.ts';
import { defaultLimits } from '../limits.ts';
import { Connection } from './connection.ts';
import { type ConnectionOptions, createHandshakeStream, publishRefused, publishUp } from './dial.ts';
import { HandshakeError } from '../errors.ts';
import { publishEvent } from '../events.ts';
import { Strangers } from '../strangers.ts';
import type { ByteStream, Listener, ListenOptions, Transport } from './transport.ts';

export type { AcceptDecision } from '../distribution/handshake.ts';

export interface AcceptOptions extends ConnectionOptions {
  /** Called once with the name an unauthenticated stranger claims; must keep no state for it. */
  readonly decide: (peerName: string) => AcceptDecision;
  /**
   * Called when the peer has proven the cookie, before it is told so: the moment to close an older connection to it
   * that `alive` was said for, or our own attempt that `ok_simultaneous` gave up.
   */
  readonly onAuthenticated?: (peer: PeerInfo) => void;
}

/**
 * Shakes hands as acceptor. Rejects with `HandshakeError`, `ConnectionError` (CONNECTION_TLS_...) or the signal's reason;
 * the stream is closed then.
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

export interface ListenForPeersOptions extends AcceptOptions {
  readonly transport: Transport;
  readonly listen?: ListenOptions;
  readonly onConnection: (connection: Connection) => void;
  /** Handshakes that failed are published on `convoy:handshake.refused`; this is for those who want more. */
  readonly onRefused?: ((error: unknown) => void) | undefined;
}

/**
 * Listens and accepts, with at most `limits.maxPendingHandshakes` strangers that have sent no name, and as many that have;
 * the one that has been here longest makes room for one more.
 */
export async function listenForPeers(options: ListenForPeersOptions): Promise<Listener> {
  const { self, transport } = options;
  const maxPending = options.limits?.maxPendingHandshakes ?? defaultLimits.maxPendingHandshakes;
  const acceptOptions = { handshakeLengthBytes: transport.handshakeLengthBytes ?? 2, ...options };
  const silent = new Strangers(maxPending);
  const named = new Strangers(maxPending);
  const accept = async (stream: ByteStream): Promise<void> => {
    const stranger = { drop: () => stream.destroy(crowdedOut(maxPending)) };
    silent.add(stranger);
    const decide = (peerName: string): AcceptDecision => {
      silent.delete(stranger);
      named.add(stranger);
      return acceptOptions.decide(peerName);
    };
    const outcome = acceptConnection(stream, { ...acceptOptions, decide });
    await outcome.then(options.onConnection, options.onRefused ?? (() => undefined)).finally(() => {
      silent.delete(stranger);
      named.delete(stranger);
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

function crowdedOut(max: number): HandshakeError {
  const message =
    `a connection was dropped to make room for another: more than ${max} handshakes at once (maxPendingHandshakes), ` +
    'and it was the oldest of them';
  return new HandshakeError('HANDSHAKE_CLOSED', message);
}
