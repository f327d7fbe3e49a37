/**
 * TLS as a `Transport`: what Erlang nodes speak with `-proto_dist inet_tls` (inet_tls_dist.erl). TLS begins at once, and
 * lengths in the handshake of the nodes take 4 bytes. Certificates are checked by a CA of the cluster, never by those of
 * the public web: anybody gets a certificate from them. Wraps nothing of its own around OpenSSL.
 */
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { splitNodeName } from '../../names.ts';
import type { OpenStream } from '../../epmd/index.ts';
import { NodeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { createSocketStream } from './socket-stream.ts';
import { Strangers, type Stranger } from '../../strangers.ts';
import { acceptTcpSockets, openTcpSocket } from './tcp.ts';
import { explainLateTlsError, explainTlsError, type TlsAttempt } from './tls-failures.ts';
import { settleTlsOptions, type TlsOptions, type TlsSettings } from './tls-options.ts';
import type {
  ByteStream,
  ConnectStreamOptions,
  Listener,
  ListenOptions,
  Transport,
  TransportAddress,
} from '../transport.ts';

export interface TlsTransportOptions extends TlsOptions {
  /** 4 or 6 keeps to one family; 0, the default, tries every address of a name and listens on both. */
  readonly family?: 0 | 4 | 6;
  /** What TLS runs over, where it is not TCP from here: the `open` of a tunnel. For dialling only. */
  readonly openStream?: OpenStream;
  /**
   * How long the other side has to answer by TLS once the stream is open, in milliseconds. Default 5000: a node of plain
   * TCP is silent, and is to be told from one that cannot be reached within the 7000 that a dial takes.
   */
  readonly tlsTimeoutMs?: number;
  /** Maximum number of concurrent TLS handshakes. Default 128; the oldest is dropped for a new one. */
  readonly maxPendingHandshakes?: number;
}

interface Settings extends TlsSettings {
  readonly family: 0 | 4 | 6;
  readonly openStream: OpenStream | undefined;
  readonly timeoutMs: number;
  readonly maxPending: number;
}

/**
 * Throws `NodeError` NODE_BAD_TLS. Dialling rejects with `ConnectionError` CONNECTION_TLS_..., listening without a
 * certificate with NODE_BAD_TLS.
 *
 * @example
 * const transport = createTlsTransport({ cert, key, ca }); // PEM
 * await using node = await startNode({ name: 'web@10.0.0.5', cookie, transport });
 */
export function createTlsTransport(options: TlsTransportOptions): Transport {
  const { family = 0, openStream } = options;
  const settings: Settings = {
    ...settleTlsOptions(options),
    family,
    openStream,
    timeoutMs: options.tlsTimeoutMs ?? 5000,
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
  { peer, signal }: ConnectStreamOptions,
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
    // As OTP does, but for addresses, which RFC 6066 leaves out.
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
  await untilSecure(socket, { carrier, explain, signal, timeoutMs: settings.timeoutMs });
  return createSocketStream(socket, { explain: (error) => explainLateTlsError(error, attempt()) });
}

interface Securing {
  readonly carrier: Duplex;
  readonly explain: (error: Error) => Error;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

function untilSecure(socket: TLSSocket, { carrier, explain, signal, timeoutMs }: Securing): Promise<void> {
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
    throw new NodeError('NODE_BAD_TLS', 'a node that listens for TLS needs a certificate and its key', {
      remedy: 'Set `cert` and `key`.',
    });
  }
  const strangers = new Strangers(settings.maxPending);
  /** By address and port: a stranger has both for as long as it is here. */
  const pending = new Map<string, Stranger>();
  const settled = (who: string): void => {
    const one = pending.get(who);
    if (one !== undefined) strangers.delete(one);
    pending.delete(who);
  };
  const tlsServer = createServer({
    ...settings.contextOptions,
    requestCert: settings.verify === 'peer',
    rejectUnauthorized: settings.verify === 'peer',
    handshakeTimeout: settings.timeoutMs,
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
    options.onRefused?.(explainTlsError(cause, stranger(who, hasCipher(socket))), who);
    socket.destroy();
  });
  return acceptTcpSockets({ ...options, family: settings.family }, (socket) => {
    const who = addressOf(socket);
    const stranger = {
      drop: () => {
        const limit = `more than ${settings.maxPending} TLS handshakes at once (maxPendingHandshakes)`;
        options.onRefused?.(new Error(`${limit}; the oldest was dropped`), who);
        socket.destroy();
      },
    };
    strangers.add(stranger);
    pending.set(who, stranger);
    socket.once('close', () => settled(who));
    tlsServer.emit('connection', socket);
  });
}

function stranger(who: string, isAgreed: boolean): TlsAttempt {
  return { who: `a stranger at ${who}`, peer: undefined, direction: 'in', isAgreed };
}

function addressOf({ remoteAddress = 'an unknown address', remotePort }: Socket): string {
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}

/** Why a certificate was not accepted: Node says it in a property only, and closes. */
function authorizationError(socket: TLSSocket): string | undefined {
  const error: unknown = socket.authorizationError;
  if (typeof error === 'string') return error;
  return error instanceof Error ? error.message : undefined;
}

/** Whether version and cipher had been agreed. */
function hasCipher(socket: TLSSocket): boolean {
  const cipher: { name?: string | undefined } | undefined = socket.getCipher();
  return cipher?.name !== undefined;
}
