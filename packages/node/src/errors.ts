/**
 * The base of every error Convoy throws, and the classes of this package.
 * A `code` is stable and documented in docs/errors.md; messages may change. No message ever holds a cookie.
 */

/** What an error of Convoy may hold besides its code and message. */
export interface ConvoyErrorDetail {
  /** What usually fixes it: one sentence, in terms of the options of the package that throws it. */
  readonly remedy?: string | undefined;
  /** The value that was refused, where it is not a secret. */
  readonly value?: unknown;
  /** What went wrong underneath. */
  readonly cause?: unknown;
}

/** An error with a stable `code`. `name` is the name of the class. */
export abstract class ConvoyError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What usually fixes it: one sentence. */
  readonly remedy: string | undefined;
  /** The value that was refused, where the error is about one and it is not a secret. */
  readonly value: unknown;

  constructor(code: Code, message: string, detail: ConvoyErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.remedy = detail.remedy;
    this.value = detail.value;
  }

  /** Puts the class name on the prototype, so that `name` is right and not enumerable. Call it in a `static` block. */
  protected static nameAfterClass(errorClass: { prototype: Error; name: string }): void {
    Object.defineProperty(errorClass.prototype, 'name', { value: errorClass.name, configurable: true });
  }
}

export type DecodeErrorCode =
  | 'DECODE_TRUNCATED'
  | 'DECODE_TRAILING'
  | 'DECODE_BAD_TAG'
  | 'DECODE_BAD_VALUE'
  | 'DECODE_LIMIT';

/** Bytes that are not what they should be. The decoder that threw it must not be used again. */
export class DecodeError extends ConvoyError<DecodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(DecodeError);
  }
  /** Where in the input, in bytes from its start. */
  readonly offset: number;
  /** The tag or message byte being read, where there is one. */
  readonly tag: number | undefined;

  constructor(
    code: DecodeErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { offset: number; tag?: number },
  ) {
    super(code, message, detail);
    this.offset = detail.offset;
    this.tag = detail.tag;
  }
}

export type EncodeErrorCode = 'ENCODE_UNSUPPORTED' | 'ENCODE_RANGE' | 'ENCODE_DEPTH' | 'ENCODE_TOO_LARGE';

/** A JavaScript value that has no external term form. `path` says where in the value, e.g. `[2].name`. */
export class EncodeError extends ConvoyError<EncodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(EncodeError);
  }
  readonly path: string;

  constructor(
    code: EncodeErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { path?: string | undefined } = {},
  ) {
    const { path = '' } = detail;
    super(code, path === '' ? message : `${message} (at ${path})`, detail);
    this.path = path;
  }
}

export type EpmdErrorCode =
  | 'EPMD_UNREACHABLE'
  | 'EPMD_TIMEOUT'
  | 'EPMD_NAME_TAKEN'
  | 'EPMD_BAD_REPLY'
  | 'EPMD_REFUSED'
  | 'EPMD_ADDRESS_IN_USE';

/** Something went wrong between us and an EPMD daemon, or our own daemon could not do its work. */
export class EpmdError extends ConvoyError<EpmdErrorCode> {
  static {
    ConvoyError.nameAfterClass(EpmdError);
  }
  /** `host:port` of the daemon. */
  readonly address: string;

  constructor(code: EpmdErrorCode, message: string, detail: ConvoyErrorDetail & { address: string }) {
    super(code, message, detail);
    this.address = detail.address;
  }
}

export type HandshakeErrorCode =
  | 'HANDSHAKE_COOKIE_MISMATCH'
  | 'HANDSHAKE_NOT_ALLOWED'
  | 'HANDSHAKE_MISSING_FLAGS'
  | 'HANDSHAKE_NAME_TAKEN'
  | 'HANDSHAKE_WRONG_NAME'
  | 'HANDSHAKE_ALREADY_CONNECTED'
  | 'HANDSHAKE_SIMULTANEOUS'
  | 'HANDSHAKE_CLOSED'
  | 'HANDSHAKE_TIMEOUT'
  | 'HANDSHAKE_PROTOCOL';

/** Two nodes could not agree to talk. `phase` is the handshake message that was being waited for or sent. */
export class HandshakeError extends ConvoyError<HandshakeErrorCode> {
  static {
    ConvoyError.nameAfterClass(HandshakeError);
  }
  readonly peer: string | undefined;
  readonly phase: string | undefined;
  /** With HANDSHAKE_WRONG_NAME: the full name of the node that answered. */
  readonly found: string | undefined;

  constructor(
    code: HandshakeErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { peer?: string | undefined; phase?: string; found?: string } = {},
  ) {
    super(code, message, detail);
    this.peer = detail.peer;
    this.phase = detail.phase;
    this.found = detail.found;
  }
}

export type ConnectionErrorCode =
  | 'CONNECTION_NAME_UNKNOWN'
  | 'CONNECTION_HOST_UNKNOWN'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_UNREACHABLE'
  | 'CONNECTION_TIMEOUT'
  | 'CONNECTION_CLOSED'
  | 'CONNECTION_TICK_TIMEOUT'
  | 'CONNECTION_PROTOCOL'
  | 'CONNECTION_OVERFLOW'
  | 'CONNECTION_LIMIT'
  | 'CONNECTION_NAME_FORM'
  | 'CONNECTION_WRONG_OWNER'
  | 'CONNECTION_TLS_REQUIRED'
  | 'CONNECTION_TLS_NOT_SPOKEN'
  | 'CONNECTION_TLS_NO_COMMON_VERSION'
  | 'CONNECTION_TLS_UNTRUSTED'
  | 'CONNECTION_TLS_EXPIRED'
  | 'CONNECTION_TLS_WRONG_HOST'
  | 'CONNECTION_TLS_CERTIFICATE_WANTED'
  | 'CONNECTION_TLS_CERTIFICATE_REFUSED'
  | 'CONNECTION_TLS_FAILED';

/** A peer cannot be reached or was lost. `reason` is the term that links and monitors see, e.g. `noconnection`. */
export class ConnectionError extends ConvoyError<ConnectionErrorCode> {
  static {
    ConvoyError.nameAfterClass(ConnectionError);
  }
  readonly peer: string | undefined;

  constructor(
    code: ConnectionErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { peer?: string | undefined } = {},
  ) {
    super(code, message, detail);
    this.peer = detail.peer;
  }
}

export type NodeErrorCode =
  | 'NODE_BAD_NAME'
  | 'NODE_BAD_COOKIE'
  | 'NODE_BAD_LISTEN'
  | 'NODE_BAD_TIMEOUT'
  | 'NODE_BAD_TLS'
  | 'NODE_BAD_RESOLVER'
  | 'NODE_BAD_EPMD_PORT'
  | 'NODE_HIDDEN'
  | 'NODE_NAME_TAKEN'
  | 'NODE_CLOSED'
  | 'NODE_LISTEN_FAILED'
  | 'NODE_NOT_CONNECTED'
  | 'PROCESS_BAD_NAME'
  | 'PROCESS_NO_RECEIVE'
  | 'PROCESS_NAME_TAKEN'
  | 'PROCESS_DEAD'
  | 'PROCESS_LIMIT'
  | 'RECEIVE_BUSY'
  | 'RECEIVE_TIMEOUT';

/** The local node or one of its processes was asked for something it cannot do. */
export class NodeError extends ConvoyError<NodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(NodeError);
  }
}

export type CallErrorCode =
  | 'CALL_NOPROC'
  | 'CALL_NODEDOWN'
  | 'CALL_TIMEOUT'
  | 'CALL_EXIT'
  | 'CALL_UNSUPPORTED';

/** A call to a process or a remote function got no answer. `target` is what was called. */
export class CallError extends ConvoyError<CallErrorCode> {
  static {
    ConvoyError.nameAfterClass(CallError);
  }
  readonly target: string;
  /** The exit reason seen by the monitor, where there is one (an Erlang term). */
  readonly reason: unknown;

  constructor(
    code: CallErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { target: string; reason?: unknown },
  ) {
    super(code, message, detail);
    this.target = detail.target;
    this.reason = detail.reason;
  }
}

export type RemoteErrorCode = 'REMOTE_ERROR' | 'REMOTE_EXIT' | 'REMOTE_THROW' | 'REMOTE_UNDEF';

/** A remote function was run and failed. `reason` and `stack` are Erlang terms, as the remote node sent them. */
export class RemoteError extends ConvoyError<RemoteErrorCode> {
  static {
    ConvoyError.nameAfterClass(RemoteError);
  }
  readonly reason: unknown;
  readonly remoteStack: unknown;

  constructor(code: RemoteErrorCode, message: string, detail: { reason: unknown; stack?: unknown }) {
    super(code, message);
    this.reason = detail.reason;
    this.remoteStack = detail.stack;
  }
}

export type ErlangErrorCode = 'ERLANG_ERROR' | 'ERLANG_EXIT' | 'ERLANG_THROW';

/**
 * Thrown by an exposed function to fail the way Erlang code does: its caller sees `error(Reason)`, `exit(Reason)` or
 * `throw(Reason)`. `reason` is an Erlang term.
 */
export class ErlangError extends ConvoyError<ErlangErrorCode> {
  static {
    ConvoyError.nameAfterClass(ErlangError);
  }
  readonly reason: unknown;

  constructor(code: ErlangErrorCode, reason: unknown) {
    super(code, 'an exposed function failed with an Erlang exception');
    this.reason = reason;
  }
}
