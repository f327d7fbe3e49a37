/** Skeleton: signatures only. */
import type { Clock } from '../clock.ts';
import type { DecodeOptions } from '../etf/index.ts';
import type { Limits } from '../limits.ts';
import type { Connection } from './connection.ts';
import type { Resolver } from './resolver.ts';
import type { ByteStream, Transport } from './transport.ts';

/** This node, as it presents itself. */
export interface LocalNode {
  readonly name: string;
  readonly creation: number;
  readonly cookie: string;
  readonly hidden: boolean;
  /** What we offer. Default: `hiddenFlags` or `visibleFlags`. */
  readonly flags?: bigint;
}

/** What a dial and an accept have in common. */
export interface ConnectionOptions {
  readonly self: LocalNode;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** For the whole handshake, and in `dialPeer` for look-up and connect too. Default 7000. */
  readonly handshakeTimeoutMs?: number;
  /** Default 60000: a peer silent for this long is given up; a tick goes out each quarter of it. */
  readonly netTickTimeMs?: number;
  /** How payloads are decoded. Default: lossless. */
  readonly decode?: DecodeOptions;
  readonly signal?: AbortSignal;
  /** Bytes of the length before handshake messages: 2, or 4 over TLS. Default 2. */
  readonly handshakeLengthBytes?: 2 | 4;
}

export interface OpenOptions extends ConnectionOptions {
  /** Full name of the node that must answer. */
  readonly peer: string;
  /**
   * Asked when the peer believes that we are connected already: `true` replaces that connection. Whoever answers `true`
   * has closed the old one on our side before (OTP 23 waits for that). Default: `true`.
   */
  readonly onAlive?: () => boolean;
}

export interface DialOptions extends OpenOptions {
  readonly resolver: Resolver;
  readonly transport: Transport;
}

/** Finds a peer, dials it and shakes hands. Rejects with `ConnectionError`, `HandshakeError` or the signal's reason. */
export declare function dialPeer(options: DialOptions): Promise<Connection>;

/** Shakes hands as initiator on a stream that is open already. The stream is destroyed when that fails. */
export declare function openConnection(stream: ByteStream, options: OpenOptions): Promise<Connection>;
