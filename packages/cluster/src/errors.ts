/** What goes wrong between asking for a node and having it, and on the way to its host. No message holds a secret. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

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

export interface ProviderErrorDetail extends ConvoyErrorDetail {
  /** Full name of the node, where it has one already. */
  readonly node?: string | undefined;
  /** The last lines the node printed. */
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

export interface SshErrorDetail extends ConvoyErrorDetail {
  /** The machine it is about: `ops@db1:22`. */
  readonly hop?: string | undefined;
}

/** A host could not be reached by SSH, or its server refused what was asked of it. */
export class SshError extends ConvoyError<SshErrorCode> {
  static {
    ConvoyError.nameAfterClass(SshError);
  }
  readonly hop: string | undefined;

  constructor(code: SshErrorCode, message: string, detail: SshErrorDetail = {}) {
    super(code, message, detail);
    this.hop = detail.hop;
  }
}

export type TunnelErrorCode = 'TUNNEL_CLOSED' | 'TUNNEL_PORT_TAKEN' | 'TUNNEL_CANNOT_LISTEN';

/** A tunnel cannot be used, or its local port cannot be had. */
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

export type HostErrorCode =
  | 'HOST_NO_RUNTIME'
  | 'HOST_NO_NODE'
  | 'HOST_NO_COOKIE'
  | 'HOST_START_FAILED'
  | 'HOST_UNSUPPORTED'
  | 'HOST_WRONG_OWNER';

/** A remote host was reached, but does not have what was asked of it. */
export class HostError extends ConvoyError<HostErrorCode> {
  static {
    ConvoyError.nameAfterClass(HostError);
  }
  /** The way to the host: `ssh://ops@db1`. */
  readonly host: string;

  constructor(code: HostErrorCode, message: string, detail: ConvoyErrorDetail & { host: string }) {
    super(code, message, detail);
    this.host = detail.host;
  }
}
