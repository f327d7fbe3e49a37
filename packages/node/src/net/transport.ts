/**
 * The contracts below a connection: a `Transport` dials and listens, a `ByteStream` is one open stream.
 * Every implementation runs test/conformance/transport.ts. Nothing here knows about Erlang.
 */

/** An open, ordered, bidirectional stream of bytes. Each `on...` method holds one callback; setting it again replaces it. */
export interface ByteStream {
  /**
   * Queues bytes. `false` asks the caller to wait for `onDrain`; the bytes are accepted in either case. The array belongs
   * to the stream until `bufferedBytes` is 0 again, which may be immediately.
   */
  write(bytes: Uint8Array): boolean;
  /**
   * Sets the callback for data. Data arrives only while a callback is set and the stream is not paused; until then it is
   * kept. The bytes are valid only until the callback returns: it must copy what it keeps.
   */
  onData(callback: (bytes: Uint8Array) => void): void;
  /** Sets the callback for when writing can continue after `write` returned `false`. */
  onDrain(callback: () => void): void;
  /** Sets the callback for the end: called once, after the last data, without an error if either side ended it cleanly. */
  onClose(callback: (error?: Error) => void): void;
  /** Stops the delivery of data. */
  pause(): void;
  /** Continues the delivery of data. */
  resume(): void;
  /** Sends the queued bytes, then closes. */
  end(): void;
  /** Closes immediately; queued bytes are lost. */
  destroy(error?: Error): void;
  /** Bytes accepted by `write` that have not left this process. */
  readonly bufferedBytes: number;
  /** Address of the other side, for display; `undefined` if the transport has none. */
  readonly remoteAddress?: string | undefined;
}

/** Where a transport dials. */
export interface TransportAddress {
  readonly host: string;
  readonly port: number;
}

/** Where and how a transport listens. */
export interface ListenOptions {
  /**
   * Address to listen on. Default: chosen by the transport; for TCP every address of the machine. `localhost` stands for
   * 127.0.0.1 and ::1.
   */
  readonly host?: string | undefined;
  /** Port to listen on. Default 0: any free port. */
  readonly port?: number | undefined;
  /** Called for each connection that was refused before there was a stream, e.g. because of its certificate. */
  readonly onRefused?: ((error: Error, remoteAddress: string | undefined) => void) | undefined;
}

/** Options of `Transport.connect`. */
export interface ConnectStreamOptions {
  /** Aborts the attempt. */
  readonly signal?: AbortSignal | undefined;
  /** Full name of the node being dialled, for transports that verify the peer. */
  readonly peer?: string | undefined;
  /**
   * How long the peer may take to answer a handshake of the transport, in milliseconds. A dial passes most of the time that
   * it has left, so that the transport can report what failed. Default: chosen by the transport; for TLS 5000.
   */
  readonly timeoutMs?: number | undefined;
}

/** An open listening port. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops listening. Open streams stay open. */
  close(): Promise<void>;
}

/** Dials and listens. */
export interface Transport {
  /** Short name for display: `tcp`, `tls`, `memory`. */
  readonly name: string;
  /** Size of the length prefix of handshake messages: 2, but 4 for TLS. Default 2. */
  readonly handshakeLengthBytes?: 2 | 4;
  /** Rejects with the system's error (`code` ECONNREFUSED, ...), a `ConvoyError`, or the signal's reason. */
  connect(address: TransportAddress, options: ConnectStreamOptions): Promise<ByteStream>;
  /** Starts to listen; calls `onStream` for each accepted stream. Rejects as `connect` does. */
  listen(options: ListenOptions, onStream: (stream: ByteStream) => void): Promise<Listener>;
}
