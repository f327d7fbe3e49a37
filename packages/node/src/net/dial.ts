/**
 * From a node name to a connection: look up the name, dial the address and perform the handshake, all before one deadline.
 * Failures are `ConnectionError` (the peer was not reached) or `HandshakeError` (the peer refused), each with what usually
 * fixes it.
 */

import { abortable, anySignal, tryInTurn } from '../async.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { GivenName } from '../distribution/handshake-messages.ts';
import { initiateHandshake, isNodeName, type LocalNode } from '../distribution/handshake.ts';
import { ConnectionError, HandshakeError } from '../errors.ts';
import type { DecodeOptions } from '../etf/index.ts';
import { publishEvent } from '../events.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { Connection } from './connection.ts';
import { HandshakeStream } from './handshake-stream.ts';
import { formatHostPort } from '../names.ts';
import { explainDialError, explainDialErrors } from './network-errors.ts';
import type { ResolvedAddress, Resolver } from './resolver.ts';
import type { ByteStream, Transport, TransportAddress } from './transport.ts';

export type { LocalNode } from '../distribution/handshake.ts';

/** The options that dialling and accepting have in common. */
export interface ConnectionOptions {
  readonly self: LocalNode;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** Timeout for the whole handshake; in `dialPeer` it includes lookup and connecting. Default 7000. */
  readonly handshakeTimeoutMs?: number;
  /** A peer that is silent for this long is disconnected; ticks are sent every quarter of it. Default 60000. */
  readonly netTickTimeMs?: number;
  /** How payloads are decoded. Default: lossless. */
  readonly decode?: DecodeOptions;
  /** Aborts the attempt; it has no effect on an established connection. */
  readonly signal?: AbortSignal | undefined;
  /** Size of the length prefix of handshake messages: 2, or 4 for TLS. Default: that of the transport, otherwise 2. */
  readonly handshakeLengthBytes?: 2 | 4;
}

/** Options of `openConnection`. */
export interface OpenOptions extends ConnectionOptions {
  /** Full name of the node that must answer. */
  readonly peer: string;
  /**
   * Called when the peer believes that we are already connected: `true` replaces that connection. Close our end of the old
   * connection before returning `true` (OTP 23 waits for that). Default: `true`.
   */
  readonly onAlive?: () => boolean;
  /** Asks the peer for a name, on the host of `self.name`, and is called with it; see `initiateHandshake`. */
  readonly onNamed?: ((given: GivenName) => void) | undefined;
}

/** Options of `dialPeer`. */
export interface DialOptions extends OpenOptions {
  readonly resolver: Resolver;
  readonly transport: Transport;
}

/** Default of `handshakeTimeoutMs`: OTP's net_setuptime. */
const defaultTimeoutMs = 7000;

/**
 * Looks up a peer, dials it and performs the handshake. When the peer does not answer at the first address of its host, the
 * others are tried before the same deadline. Rejects with `ConnectionError`, `HandshakeError` or the signal's reason.
 */
export async function dialPeer(options: DialOptions): Promise<Connection> {
  const { clock = systemClock, handshakeTimeoutMs = defaultTimeoutMs } = options;
  const deadline = clock.now() + handshakeTimeoutMs;
  const expired = new AbortController();
  const timer = clock.after(handshakeTimeoutMs, () => expired.abort());
  const attempt = { ...options, expired: expired.signal, deadline };
  try {
    return await dialAddresses({ ...attempt, address: await locate(attempt) });
  } finally {
    timer.cancel();
  }
}

interface Attempt extends DialOptions {
  /** Aborts at the deadline. */
  readonly expired: AbortSignal;
  readonly deadline: number;
}

/**
 * How long the lookup, or a handshake below ours, may take: 5 of OTP's 7 seconds, or the same share of another time. So it
 * can report its own failure, which says more than that the time is up.
 */
function stepTimeoutMs({ deadline, clock = systemClock }: Attempt): number {
  return Math.max(1, Math.ceil(((deadline - clock.now()) * 5) / 7));
}

async function locate(attempt: Attempt): Promise<ResolvedAddress> {
  const { peer, signal, expired, handshakeTimeoutMs = defaultTimeoutMs } = attempt;
  try {
    signal?.throwIfAborted();
    return await resolvePeer(attempt, anySignal(signal, expired));
  } catch (error) {
    signal?.throwIfAborted();
    if (expired.aborted) throw dialTimeout(peer, [], handshakeTimeoutMs);
    throw explainDialError(error, { peer });
  }
}

interface Dial extends Attempt {
  readonly address: ResolvedAddress;
}

async function dialAddresses(dial: Dial): Promise<Connection> {
  const { address, clock = systemClock, deadline } = dial;
  const transport = address.transport ?? dial.transport;
  let hosts = [...new Set([address.host, ...(address.alternatives ?? [])])];
  let refusal: unknown;
  for (;;) {
    const { stream, host } = await connectFirst(dial, transport, hosts).catch((error: unknown) => {
      dial.signal?.throwIfAborted();
      throw refusal ?? error;
    });
    try {
      return await openConnection(stream, {
        handshakeLengthBytes: transport.handshakeLengthBytes ?? 2,
        ...dial,
        handshakeTimeoutMs: Math.max(1, deadline - clock.now()),
      });
    } catch (error) {
      if (!isAnotherProgram(error)) throw error;
      refusal ??= error;
      hosts = hosts.filter((other) => other !== host);
      if (hosts.length === 0) throw refusal;
    }
  }
}

/** Whether what answered is not the peer, so that the peer may be at another address. Nothing secret was sent to it. */
function isAnotherProgram(error: unknown): boolean {
  return error instanceof HandshakeError && notThePeer.has(error.code);
}

const notThePeer: ReadonlySet<string> = new Set([
  'HANDSHAKE_CLOSED',
  'HANDSHAKE_PROTOCOL',
  'HANDSHAKE_WRONG_NAME',
]);

/** How long to wait for one address before the next is tried as well. */
const nextAddressMs = 300;

interface Reached {
  readonly stream: ByteStream;
  readonly host: string;
}

/** Opens a stream to the first of several hosts that accepts one. */
async function connectFirst(dial: Dial, transport: Transport, hosts: readonly string[]): Promise<Reached> {
  const { address, peer, signal, expired, handshakeTimeoutMs = defaultTimeoutMs } = dial;
  const { port } = address;
  const addresses = hosts.map((host) => ({ host, port }));
  const connect = async (host: string, attempt: AbortSignal): Promise<Reached> => {
    const options = { signal: attempt, peer, timeoutMs: stepTimeoutMs(dial) };
    return { stream: await transport.connect({ host, port }, options), host };
  };
  const discard = ({ stream }: Reached): void => stream.destroy();
  const both = anySignal(signal, expired);
  try {
    return await tryInTurn(hosts, connect, { everyMs: nextAddressMs, signal: both, discard });
  } catch (error) {
    signal?.throwIfAborted();
    if (expired.aborted) throw dialTimeout(peer, addresses, handshakeTimeoutMs);
    const failures = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    throw explainDialErrors(
      failures.map((failure, index) => ({ error: failure, address: addresses[index] })),
      peer,
    );
  }
}

/** Performs the handshake as initiator on an open stream. Closes the stream when that fails. */
export async function openConnection(stream: ByteStream, options: OpenOptions): Promise<Connection> {
  const { onAlive, onNamed, peer, self } = options;
  const port = createHandshakeStream(stream, options, peer);
  try {
    const info = await initiateHandshake(port, { self, peer, onAlive, onNamed });
    const connection = new Connection(stream, {
      ...options,
      peer: info,
      direction: 'out',
      received: port.release(),
    });
    publishUp(self.name, connection);
    return connection;
  } catch (error) {
    port.fail();
    publishRefused({ self, stream, peer, direction: 'out' }, error);
    throw error;
  }
}

/** @internal */
export function createHandshakeStream(
  stream: ByteStream,
  options: ConnectionOptions,
  peer?: string,
): HandshakeStream {
  return new HandshakeStream(stream, {
    clock: options.clock ?? systemClock,
    timeoutMs: options.handshakeTimeoutMs ?? defaultTimeoutMs,
    maxBytes: options.limits?.maxHandshakeBytes ?? defaultLimits.maxHandshakeBytes,
    lengthBytes: options.handshakeLengthBytes ?? 2,
    peer,
    signal: options.signal,
  });
}

/** @internal */
export function publishUp(node: string, connection: Connection): void {
  const { direction, peer, remoteAddress: address } = connection;
  publishEvent('convoy:connection.up', () => ({
    node,
    peer: peer.name,
    visible: peer.visible,
    direction,
    address,
  }));
}

interface RefusedAttempt {
  readonly self: LocalNode;
  readonly stream: ByteStream;
  readonly peer: string | undefined;
  readonly direction: 'in' | 'out';
}

/** @internal */
export function publishRefused({ self, stream, peer, direction }: RefusedAttempt, error: unknown): void {
  if (!(error instanceof Error)) return;
  publishEvent('convoy:handshake.refused', () => ({
    node: self.name,
    peer,
    direction,
    address: stream.remoteAddress,
    error,
  }));
}

async function resolvePeer(attempt: Attempt, signal: AbortSignal): Promise<ResolvedAddress> {
  const { peer, resolver } = attempt;
  if (!isNodeName(peer)) {
    throw new ConnectionError('CONNECTION_NAME_FORM', `"${peer}" is not a valid node name`, {
      peer,
      value: peer,
      remedy: 'Write name@host, e.g. app@127.0.0.1.',
    });
  }
  // The resolver may ignore its signal; that must not delay the timeout.
  const address = await abortable(
    resolver.resolve(peer, { signal, timeoutMs: stepTimeoutMs(attempt) }),
    signal,
  );
  if (address !== undefined) return address;
  throw new ConnectionError(
    'CONNECTION_NAME_UNKNOWN',
    `node ${peer} is not registered: it is down, has another name, or is registered with another EPMD`,
    { peer, remedy: 'Start it, or check its name: `EpmdClient.names` lists the names that an EPMD knows.' },
  );
}

function dialTimeout(
  peer: string,
  addresses: readonly TransportAddress[],
  timeoutMs: number,
): ConnectionError {
  const places = addresses.map(formatHostPort).join(' and ');
  const what = places === '' ? `looking up ${peer}` : `dialling ${peer} at ${places}`;
  return new ConnectionError(
    'CONNECTION_TIMEOUT',
    `${what} took longer than ${timeoutMs} ms: a firewall may drop the packets, or the address belongs to a network ` +
      'that this machine cannot reach',
    { peer, remedy: 'Open the port in the firewall, or use a tunnel.' },
  );
}
