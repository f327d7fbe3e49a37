/** What goes wrong between asking for a node and having it, and on the way to its host. No message holds a secret. */

import { ConvoyError } from '@convoy/node';

export type ProviderErrorCode =
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_BAD_NAME'
  | 'PROVIDER_BAD_VARIABLE'
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

export interface ProviderErrorDetail {
  /** Full name of the node, where it has one already. */
  readonly node?: string | undefined;
  /** What usually fixes it, one sentence. */
  readonly remedy?: string | undefined;
  /** The last lines the node printed. */
  readonly lastOutput?: readonly string[];
  readonly cause?: unknown;
}

/** A node could not be launched, found or removed. */
export class ProviderError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(ProviderError);
  }
  readonly code: ProviderErrorCode;
  readonly node: string | undefined;
  readonly remedy: string | undefined;
  readonly lastOutput: readonly string[];

  constructor(code: ProviderErrorCode, message: string, detail: ProviderErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.node = detail.node;
    this.remedy = detail.remedy;
    this.lastOutput = detail.lastOutput ?? [];
  }
}

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

export interface SshErrorDetail {
  /** The machine it is about: `ops@db1:22`. */
  readonly hop?: string | undefined;
  /** What usually fixes it, one sentence. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** A host could not be reached by SSH, or its server refused what was asked of it. */
export class SshError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(SshError);
  }
  readonly code: SshErrorCode;
  readonly hop: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: SshErrorCode, message: string, detail: SshErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hop = detail.hop;
    this.remedy = detail.remedy;
  }
}

export type TunnelErrorCode = 'TUNNEL_CLOSED' | 'TUNNEL_PORT_TAKEN' | 'TUNNEL_CANNOT_LISTEN';

/** A tunnel cannot be used, or its local port cannot be had. */
export class TunnelError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(TunnelError);
  }
  readonly code: TunnelErrorCode;
  /** Name of the tunnel. */
  readonly tunnel: string;
  readonly remedy: string | undefined;

  constructor(
    code: TunnelErrorCode,
    message: string,
    detail: { tunnel: string; remedy?: string; cause?: unknown },
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.tunnel = detail.tunnel;
    this.remedy = detail.remedy;
  }
}

export type HostErrorCode =
  | 'HOST_NO_RUNTIME'
  | 'HOST_NO_NODE'
  | 'HOST_NO_COOKIE'
  | 'HOST_START_FAILED'
  | 'HOST_UNSUPPORTED'
  | 'HOST_WRONG_OWNER';

/** A remote host was reached, but does not have what was asked of it. */
export class HostError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(HostError);
  }
  readonly code: HostErrorCode;
  /** The way to the host: `ssh://ops@db1`. */
  readonly host: string;
  readonly remedy: string | undefined;

  constructor(
    code: HostErrorCode,
    message: string,
    detail: { host: string; remedy?: string | undefined; cause?: unknown },
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.host = detail.host;
    this.remedy = detail.remedy;
  }
}
