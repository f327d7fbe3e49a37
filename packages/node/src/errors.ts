/**
 * The base of every error Convoy throws, and the classes of this package.
 * A `code` is stable and documented in docs/errors.md; messages may change. No message ever holds a cookie.
 */

/** What an error may carry besides its code and message. */
export interface ConvoyErrorDetail {
  /** What usually fixes it: one sentence, in terms of the options of the package that throws it. */
  readonly remedy?: string | undefined;
  /** The value that was refused, unless it is a secret. */
  readonly value?: unknown;
  /** The underlying error. */
  readonly cause?: unknown;
}

/** An error with a stable `code`. `name` is the name of its class. */
export abstract class ConvoyError<Code extends string = string> extends Error {
  /** Stable and documented in docs/errors.md. */
  readonly code: Code;
  /** What usually fixes it: one sentence. */
  readonly remedy: string | undefined;
  /** The value that was refused, if the error is about a value that is not a secret. */
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

/** The codes of `DecodeError`. */
export type DecodeErrorCode =
  | 'DECODE_TRUNCATED'
  | 'DECODE_TRAILING'
  | 'DECODE_BAD_TAG'
  | 'DECODE_BAD_VALUE'
  | 'DECODE_LIMIT';

/** The input is not valid. Do not use the decoder that threw this again. */
export class DecodeError extends ConvoyError<DecodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(DecodeError);
  }
  /** Position in the input, in bytes from its start. */
  readonly offset: number;
  /** The tag or message byte that was being read, if any. */
  readonly tag: number | undefined;

  constructor(
    code: DecodeErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { offset: number; tag?: number | undefined },
  ) {
    super(code, message, detail);
    this.offset = detail.offset;
    this.tag = detail.tag;
  }
}

/** The codes of `EncodeError`. */
export type EncodeErrorCode = 'ENCODE_UNSUPPORTED' | 'ENCODE_RANGE' | 'ENCODE_DEPTH' | 'ENCODE_TOO_LARGE';

/** A JavaScript value cannot be encoded as an Erlang term. */
export class EncodeError extends ConvoyError<EncodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(EncodeError);
  }
  /** Where in the value, e.g. `[2].name`; empty for the value itself. */
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

/** The codes of `EpmdError`. */
export type EpmdErrorCode =
  | 'EPMD_UNREACHABLE'
  | 'EPMD_TIMEOUT'
  | 'EPMD_NAME_TAKEN'
  | 'EPMD_NAME_UNKNOWN'
  | 'EPMD_BAD_REPLY'
  | 'EPMD_REFUSED'
  | 'EPMD_ADDRESS_IN_USE';

/** A request to an EPMD daemon failed, or our own daemon could not start. */
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

/** The codes of `HandshakeError`. */
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

/** The handshake between two nodes failed. */
export class HandshakeError extends ConvoyError<HandshakeErrorCode> {
  static {
    ConvoyError.nameAfterClass(HandshakeError);
  }
  /** Full name of the other node, if known. */
  readonly peer: string | undefined;
  /** The handshake message that was being sent or awaited. */
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

/** The codes of `ConnectionError`. */
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

/** A peer cannot be reached, or its connection was lost. */
export class ConnectionError extends ConvoyError<ConnectionErrorCode> {
  static {
    ConvoyError.nameAfterClass(ConnectionError);
  }
  /** Full name of the other node, if known. */
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

/** The codes of `NodeError`. */
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

/** The local node, or one of its processes, cannot do what was asked. */
export class NodeError extends ConvoyError<NodeErrorCode> {
  static {
    ConvoyError.nameAfterClass(NodeError);
  }
}

/** The codes of `CallError`. */
export type CallErrorCode =
  | 'CALL_NOPROC'
  | 'CALL_NODEDOWN'
  | 'CALL_TIMEOUT'
  | 'CALL_EXIT'
  | 'CALL_UNSUPPORTED'
  | 'CALL_SYSTEM_LIMIT';

/** A call to a process or a remote function got no answer. */
export class CallError extends ConvoyError<CallErrorCode> {
  static {
    ConvoyError.nameAfterClass(CallError);
  }
  /** What was called, as text. */
  readonly target: string;
  /** The exit reason that the monitor reported, if any (an Erlang term). */
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

/** The codes of `RemoteError`. */
export type RemoteErrorCode = 'REMOTE_ERROR' | 'REMOTE_EXIT' | 'REMOTE_THROW' | 'REMOTE_UNDEF';

/** A remote function ran and failed. */
export class RemoteError extends ConvoyError<RemoteErrorCode> {
  static {
    ConvoyError.nameAfterClass(RemoteError);
  }
  /** The reason of the exception, an Erlang term. */
  readonly reason: unknown;
  /** The remote stack trace, an Erlang term; `undefined` if the remote node sent none. */
  readonly remoteStack: unknown;

  constructor(code: RemoteErrorCode, message: string, detail: { reason: unknown; stack?: unknown }) {
    super(code, message);
    this.reason = detail.reason;
    this.remoteStack = detail.stack;
  }
}

/** The codes of `ErlangError`: one for each class of Erlang exceptions. */
export type ErlangErrorCode = 'ERLANG_ERROR' | 'ERLANG_EXIT' | 'ERLANG_THROW';

/**
 * Throw this from an exposed function to fail the way Erlang code does: the caller sees `error(Reason)`, `exit(Reason)`
 * or `throw(Reason)`.
 */
export class ErlangError extends ConvoyError<ErlangErrorCode> {
  static {
    ConvoyError.nameAfterClass(ErlangError);
  }
  /** The reason of the exception, an Erlang term. */
  readonly reason: unknown;

  constructor(code: ErlangErrorCode, reason: unknown) {
    super(code, 'an exposed function failed with an Erlang exception');
    this.reason = reason;
  }
}
