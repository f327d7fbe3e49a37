/**
 * TLS as a `Transport`, compatible with Erlang nodes with `-proto_dist inet_tls` (inet_tls_dist.erl). TLS starts
 * immediately, and lengths in the distribution handshake take 4 bytes. Certificates are checked against the CA of the
 * cluster, never against the public CAs, which issue certificates to anyone. All cryptography is OpenSSL's.
 */

import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { formatHostPort, splitNodeName } from '../../names.ts';
import type { OpenStream } from '../../epmd/index.ts';
import { NodeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { createSocketStream } from './socket-stream.ts';
import { EvictionQueue, type Evictable } from '../../eviction-queue.ts';
import { acceptTcpSockets, openTcpSocket } from './tcp.ts';
import { explainLateTlsError, explainTlsError, type TlsAttempt } from './tls-failures.ts';
import { resolveTlsOptions, type TlsOptions, type TlsSettings } from './tls-options.ts';
import type {
  ByteStream,
  ConnectStreamOptions,
  Listener,
  ListenOptions,
  Transport,
  TransportAddress,
} from '../transport.ts';

/** Options of `createTlsTransport`. */
export interface TlsTransportOptions extends TlsOptions {
  /** Address family: 4 or 6 uses only that one; 0, the default, tries every address of a host and listens on both. */
  readonly family?: 0 | 4 | 6;
  /** Opens the stream that TLS runs over, if it is not TCP from here: the `open` of a tunnel. For dialling only. */
  readonly openStream?: OpenStream;
  /**
   * Timeout for the TLS handshake once the stream is open, in milliseconds. Default: 5/7 of the time that the dial has left,
   * which is 5000 of the usual 7000, because a node that uses plain TCP stays silent, and must be distinguished from one that
   * cannot be reached before the dial times out. For incoming connections 5000.
   */
  readonly tlsTimeoutMs?: number;
  /** Maximum number of concurrent TLS handshakes. Default 128; the oldest is dropped for a new one. */
  readonly maxPendingHandshakes?: number;
}

interface Settings extends TlsSettings {
  readonly family: 0 | 4 | 6;
  readonly openStream: OpenStream | undefined;
  /** `undefined` leaves it to the dial. */
  readonly timeoutMs: number | undefined;
  readonly maxPending: number;
}

const defaultTimeoutMs = 5000;

/**
 * Creates a transport for TLS. Throws `NodeError` NODE_BAD_TLS. Dialling rejects with `ConnectionError`
 * CONNECTION_TLS_..., listening without a certificate with NODE_BAD_TLS.
 *
 * @example
 * const transport = createTlsTransport({ cert, key, ca }); // PEM
 * const node = await startNode({ name: 'web@10.0.0.5', cookie, transport });
 */
export function createTlsTransport(options: TlsTransportOptions): Transport {
  const { family = 0, openStream } = options;
  const settings: Settings = {
    ...resolveTlsOptions(options),
    family,
    openStream,
    timeoutMs: options.tlsTimeoutMs,
    maxPending: options.maxPendingHandshakes ?? defaultLimits.maxPendingHandshakes,
  };
  return {
    name: family === 6 ? 'tls6' : 'tls',
    handshakeLengthBytes: 4,
    connect: (address, connectOptions) => connectTls(settings, address, connectOptions),
    listen: (listenOptions, onStream) => listenTls(settings, listenOptions, onStream),
  };
}

async function connectTls(
  settings: Settings,
  address: TransportAddress,
  { peer, signal, timeoutMs = defaultTimeoutMs }: ConnectStreamOptions,
): Promise<ByteStream> {
  const { family, openStream } = settings;
  signal?.throwIfAborted();
  const { host, port } = address;
  const carrier =
    openStream === undefined
      ? await openTcpSocket({ host, port, family }, signal)
      : await openStream({ host, port }, { signal });
  const wantedHost = peer === undefined ? host : splitNodeName(peer).host;
  const socket = connect({
    socket: carrier,
    secureContext: settings.context,
    rejectUnauthorized: settings.verify === 'peer',
    // As OTP does, except for IP addresses, which RFC 6066 does not allow.
    ...(isIP(wantedHost) === 0 ? { servername: wantedHost } : {}),
    checkServerIdentity: (_host, certificate) =>
      settings.checkHost ? checkServerIdentity(wantedHost, certificate) : undefined,
  });
  const attempt = (): TlsAttempt => ({
    who: peer ?? `the node at ${host} port ${port}`,
    peer,
    direction: 'out',
    isAgreed: hasCipher(socket),
  });
  const explain = (error: Error): Error => explainTlsError(error, attempt());
  await waitForSecure(socket, {
    carrier,
    explain,
    signal,
    timeoutMs: settings.timeoutMs ?? timeoutMs,
  });
  return createSocketStream(socket, { explain: (error) => explainLateTlsError(error, attempt()) });
}

interface Securing {
  readonly carrier: Duplex;
  readonly explain: (error: Error) => Error;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

function waitForSecure(socket: TLSSocket, { carrier, explain, signal, timeoutMs }: Securing): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      action();
    };
    const fail = (error: Error): void =>
      settle(() => {
        socket.on('error', () => undefined).destroy();
        carrier.on('error', () => undefined).destroy();
        reject(error);
      });
    const onSecure = (): void => settle(resolve);
    const onError = (error: Error): void => fail(explain(error));
    const onClose = (): void => fail(explain(withCode('closed before TLS was set up', 'ECONNRESET')));
    const onAbort = (): void => fail(signal?.reason as Error);
    const timer = setTimeout(
      () => fail(explain(withCode(`no answer within ${timeoutMs} ms`, 'ERR_TLS_HANDSHAKE_TIMEOUT'))),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', onSecure).once('error', onError).once('close', onClose);
    if (signal?.aborted === true) onAbort();
  });
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

async function listenTls(
  settings: Settings,
  options: ListenOptions,
  onStream: (stream: ByteStream) => void,
): Promise<Listener> {
  if (!settings.hasCertificate) {
    throw new NodeError('NODE_BAD_TLS', 'listening for TLS requires a certificate and its key', {
      remedy: 'Set `cert` and `key`.',
    });
  }
  const queue = new EvictionQueue(settings.maxPending);
  /** By address and port, which identify a connection as long as it is open. */
  const pending = new Map<string, Evictable>();
  const settled = (who: string): void => {
    const one = pending.get(who);
    if (one !== undefined) queue.delete(one);
    pending.delete(who);
  };
  const tlsServer = createServer({
    ...settings.contextOptions,
    requestCert: settings.verify === 'peer',
    rejectUnauthorized: settings.verify === 'peer',
    handshakeTimeout: settings.timeoutMs ?? defaultTimeoutMs,
  });
  tlsServer.on('secureConnection', (socket) => {
    settled(addressOf(socket));
    onStream(createSocketStream(socket));
  });
  tlsServer.on('tlsClientError', (error, socket) => {
    const who = addressOf(socket);
    settled(who);
    const unverified = authorizationError(socket);
    const cause = unverified === undefined ? error : withCode(`certificate: ${unverified}`, unverified);
    options.onRefused?.(explainTlsError(cause, incomingAttempt(who, hasCipher(socket))), who);
    socket.destroy();
  });
  return acceptTcpSockets({ ...options, family: settings.family }, (socket) => {
    const who = addressOf(socket);
    const handshake = {
      drop: () => {
        const limit = `more than ${settings.maxPending} TLS handshakes are in progress (maxPendingHandshakes)`;
        options.onRefused?.(new Error(`${limit}; the oldest was dropped`), who);
        socket.destroy();
      },
    };
    queue.add(handshake);
    pending.set(who, handshake);
    socket.once('close', () => settled(who));
    tlsServer.emit('connection', socket);
  });
}

function incomingAttempt(who: string, isAgreed: boolean): TlsAttempt {
  return { who: `the client at ${who}`, peer: undefined, direction: 'in', isAgreed };
}

function addressOf({ remoteAddress, remotePort = 0 }: Socket): string {
  if (remoteAddress === undefined) return 'an unknown address';
  return formatHostPort({ host: remoteAddress, port: remotePort });
}

/** Why a certificate was not accepted: Node only sets a property, and closes the socket. */
function authorizationError(socket: TLSSocket): string | undefined {
  const error: unknown = socket.authorizationError;
  if (typeof error === 'string') return error;
  return error instanceof Error ? error.message : undefined;
}

/** Whether a version and a cipher had been agreed on. */
function hasCipher(socket: TLSSocket): boolean {
  const cipher: { name?: string | undefined } | undefined = socket.getCipher();
  return cipher?.name !== undefined;
}
