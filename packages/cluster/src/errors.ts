/** Errors of launching nodes, of SSH, tunnels, remote hosts and watched clusters. No message contains a secret. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

/** Code of a `ProviderError`. Listed in docs/errors.md. */
export type ProviderErrorCode =
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_UNKNOWN'
  | 'PROVIDER_NO_IMAGE'
  | 'PROVIDER_FORBIDDEN'
  | 'PROVIDER_BAD_NAME'
  | 'PROVIDER_BAD_VARIABLE'
  | 'PROVIDER_BAD_PROGRAM'
  | 'PROVIDER_UNSUPPORTED'
  | 'PROVIDER_NAME_TAKEN'
  | 'PROVIDER_LIMIT'
  | 'PROVIDER_SPAWN_FAILED'
  | 'PROVIDER_NODE_EXITED'
  | 'PROVIDER_DEPLOY_FAILED'
  | 'PROVIDER_UNREACHABLE'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_CANCELLED'
  | 'PROVIDER_NO_NODE'
  | 'PROVIDER_CLOSED';

/** Details of a `ProviderError`. */
export interface ProviderErrorDetail extends ConvoyErrorDetail {
  /** Full name of the node, if it already has one. */
  readonly node?: string | undefined;
  /** The last lines of the node's output. */
  readonly lastOutput?: readonly string[];
}

/** A node could not be launched, found or removed. */
export class ProviderError extends ConvoyError<ProviderErrorCode> {
  static {
    ConvoyError.nameAfterClass(ProviderError);
  }
  readonly node: string | undefined;
  readonly lastOutput: readonly string[];

  constructor(code: ProviderErrorCode, message: string, detail: ProviderErrorDetail = {}) {
    super(code, message, detail);
    this.node = detail.node;
    this.lastOutput = detail.lastOutput ?? [];
  }
}

/** Code of an `SshError`. Listed in docs/errors.md. */
export type SshErrorCode =
  | 'SSH_BAD_TARGET'
  | 'SSH_BAD_CONFIG'
  | 'SSH_HOST_UNKNOWN'
  | 'SSH_UNREACHABLE'
  | 'SSH_TIMEOUT'
  | 'SSH_HOST_KEY_UNKNOWN'
  | 'SSH_HOST_KEY_CHANGED'
  | 'SSH_KEY_UNUSABLE'
  | 'SSH_AUTH_REFUSED'
  | 'SSH_PROTOCOL'
  | 'SSH_CLOSED'
  | 'SSH_EXEC_REFUSED'
  | 'SSH_FORWARD_REFUSED'
  | 'SSH_FORWARD_FORBIDDEN';

/** The public key with which a host proves who it is. */
export interface PresentedKey {
  /** `ssh-ed25519`. */
  readonly type: string;
  /** As `ssh-keygen -l` prints it: `SHA256:...`. */
  readonly fingerprint: string;
}

/** Details of an `SshError`. */
export interface SshErrorDetail extends ConvoyErrorDetail {
  /** The machine concerned: `ops@db1:22`. */
  readonly hop?: string | undefined;
  /** The key that was not accepted. */
  readonly presented?: PresentedKey | undefined;
}

/** A host could not be reached by SSH, or its server refused a request. */
export class SshError extends ConvoyError<SshErrorCode> {
  static {
    ConvoyError.nameAfterClass(SshError);
  }
  readonly hop: string | undefined;
  /** The key that was not accepted, for SSH_HOST_KEY_UNKNOWN and SSH_HOST_KEY_CHANGED. */
  readonly presented: PresentedKey | undefined;

  constructor(code: SshErrorCode, message: string, detail: SshErrorDetail = {}) {
    super(code, message, detail);
    this.hop = detail.hop;
    this.presented = detail.presented;
  }
}

/** Code of a `TunnelError`. Listed in docs/errors.md. */
export type TunnelErrorCode = 'TUNNEL_CLOSED' | 'TUNNEL_PORT_TAKEN' | 'TUNNEL_CANNOT_LISTEN';

/** A tunnel cannot be used, or its local port cannot be opened. */
export class TunnelError extends ConvoyError<TunnelErrorCode> {
  static {
    ConvoyError.nameAfterClass(TunnelError);
  }
  /** Name of the tunnel. */
  readonly tunnel: string;

  constructor(code: TunnelErrorCode, message: string, detail: ConvoyErrorDetail & { tunnel: string }) {
    super(code, message, detail);
    this.tunnel = detail.tunnel;
  }
}

/** Code of a `HostError`. Listed in docs/errors.md. */
export type HostErrorCode =
  | 'HOST_NO_RUNTIME'
  | 'HOST_NO_NODE'
  | 'HOST_NO_COOKIE'
  | 'HOST_START_FAILED'
  | 'HOST_STOP_FAILED'
  | 'HOST_UNSUPPORTED'
  | 'HOST_WRONG_OWNER';

/** Details of a `HostError`. */
export interface HostErrorDetail extends ConvoyErrorDetail {
  /** How the host is reached. */
  readonly host: string;
  /** The last lines of the node's output. */
  readonly lastOutput?: readonly string[] | undefined;
}

/** A remote host was reached, but lacks what was requested. */
export class HostError extends ConvoyError<HostErrorCode> {
  static {
    ConvoyError.nameAfterClass(HostError);
  }
  /** How the host is reached: `ssh://ops@db1`. */
  readonly host: string;
  /** The last lines of output of a node that did not start, for HOST_START_FAILED. */
  readonly lastOutput: readonly string[];

  constructor(code: HostErrorCode, message: string, detail: HostErrorDetail) {
    super(code, message, detail);
    this.host = detail.host;
    this.lastOutput = detail.lastOutput ?? [];
  }
}

/** Code of a `MembersError`. Listed in docs/errors.md. */
export type MembersErrorCode =
  | 'MEMBERS_BAD_OPTION'
  | 'MEMBERS_NO_ENTRY'
  | 'MEMBERS_UNKNOWN_NODE'
  | 'MEMBERS_NO_ANSWER'
  | 'MEMBERS_CALL_FAILED'
  | 'MEMBERS_CLOSED';

/** Details of a `MembersError`. */
export interface MembersErrorDetail extends ConvoyErrorDetail {
  /** Full name of the node that the error is about. */
  readonly node?: string | undefined;
  /** What happened to a call, in one word. */
  readonly reason?: string | undefined;
}

/** A cluster cannot be watched, or a member of it cannot be asked. */
export class MembersError extends ConvoyError<MembersErrorCode> {
  static {
    ConvoyError.nameAfterClass(MembersError);
  }
  /** Full name of the node that the error is about. */
  readonly node: string | undefined;
  /**
   * What happened to a call. For MEMBERS_NO_ANSWER `timeout`, `absent`, `too_big` or another word of `erpc`, for
   * MEMBERS_CALL_FAILED `undefined` (the node has no such function) or `failed`.
   */
  readonly reason: string | undefined;

  constructor(code: MembersErrorCode, message: string, detail: MembersErrorDetail = {}) {
    super(code, message, detail);
    this.node = detail.node;
    this.reason = detail.reason;
  }
}

/** Code of an `InspectError`. Listed in docs/errors.md. */
export type InspectErrorCode =
  | 'INSPECT_BAD_OPTION'
  | 'INSPECT_NO_FUNCTION'
  | 'INSPECT_TRACED_ALREADY'
  | 'INSPECT_TRACE_FAILED';

/** A question about the inside of a node that cannot be asked, or a trace that did not begin. */
export class InspectError extends ConvoyError<InspectErrorCode> {
  static {
    ConvoyError.nameAfterClass(InspectError);
  }
}
