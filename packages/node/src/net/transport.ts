/**
 * The contracts by which connections reach bytes: a `Transport` dials and listens, a `ByteStream` is one open stream.
 * Every implementation runs test/conformance/transport.ts. Nothing here knows about Erlang.
 */

/** One open, ordered, two-way stream of bytes. Each `on...` holds one callback; setting it again replaces it. */
export interface ByteStream {
  /**
   * Queues bytes. `false` asks the caller to wait for `onDrain`; the bytes are accepted all the same. The array belongs
   * to the stream until `bufferedBytes` is 0 again, which may be at once.
   */
  write(bytes: Uint8Array): boolean;
  /**
   * Data arrives only once a callback is set, and only while not paused; nothing is lost before. The bytes are the
   * callback's until it returns: it copies what it keeps.
   */
  onData(callback: (bytes: Uint8Array) => void): void;
  onDrain(callback: () => void): void;
  /** Called once when the stream is over, after the last data; without an error when either side ended it properly. */
  onClose(callback: (error?: Error) => void): void;
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes now; what is queued is lost. */
  destroy(error?: Error): void;
  /** Bytes accepted by `write` that have not left this process. */
  readonly bufferedBytes: number;
  /** Address of the other side, for people to read; `undefined` where there is no such thing. */
  readonly remoteAddress?: string | undefined;
}

export interface TransportAddress {
  readonly host: string;
  readonly port: number;
}

export interface ListenOptions {
  /** Default: the transport's own; for TCP every address of the machine. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Told of those who were turned away before there was a stream, e.g. for their certificate. */
  readonly onRefused?: ((error: Error, remoteAddress: string | undefined) => void) | undefined;
}

export interface ConnectStreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Full name of the node that is dialled, for carriers that check who answers. */
  readonly peer?: string | undefined;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Takes no more streams. Streams that are open stay open. */
  close(): Promise<void>;
}

/** A way to dial and to listen. */
export interface Transport {
  /** Short, for people: `tcp`, `tls`, `memory`. */
  readonly name: string;
  /** Bytes of the length before each handshake message: 2, but 4 for TLS. Default 2. */
  readonly handshakeLengthBytes?: 2 | 4;
  /** Rejects with the cause as the system names it (`code` ECONNREFUSED, ...), a `ConvoyError`, or the signal's reason. */
  connect(address: TransportAddress, options: ConnectStreamOptions): Promise<ByteStream>;
  listen(options: ListenOptions, onStream: (stream: ByteStream) => void): Promise<Listener>;
}
