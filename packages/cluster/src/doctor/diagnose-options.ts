/** Options of `diagnose`. */

import type { Transport } from '@convoy/node';
import type { FoundNode, SshTarget, SshTunnel, SshTunnelOptions } from '../platforms/ssh/index.ts';
import type { DiagnosisStep } from './model/diagnosis.ts';

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  /** Cookie of the node. */
  readonly cookie: string;
  /** Full name that the doctor uses for itself. Default: a random one with the node's host. */
  readonly name?: string | undefined;
  /** Address family. Default 0: either. */
  readonly family?: 0 | 4 | 6 | undefined;
  /** Default: `ERL_EPMD_PORT` from the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** Port of a node that does not use EPMD. */
  readonly port?: number | undefined;
  /** Default: TCP. A TLS transport also checks certificates. */
  readonly transport?: Transport | undefined;
  /** SSH login to go through when there is no direct route. */
  readonly via?: DiagnoseVia | undefined;
  /** Users on the host behind the tunnel whose nodes may be dialled, besides root and the login user. */
  readonly owners?: readonly string[] | undefined;
  /**
   * Full names of other nodes of the cluster, with the same cookie. If the node cannot be reached, the first of them that can is asked
   * what it sees of it. Each of them receives a proof of the cookie.
   */
  readonly members?: readonly string[] | undefined;
  /** Name servers to ask instead of the system's resolver, as `address[:port]`. */
  readonly dnsServers?: readonly string[] | undefined;
  /** Timeout of each step in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The way through SSH. */
export interface DiagnoseVia {
  readonly target: SshTarget;
  readonly options?: SshTunnelOptions;
  /** The host of the node as seen from there. Default: that host itself. */
  readonly host?: string | undefined;
  /** Whether the host part of the name is only assumed, so that a node of the host with the part before the `@` is meant. Default false. */
  readonly isHostAssumed?: boolean;
  /** The cookie of a node that was found there, if it is to be read on the host. Default: `cookie`. */
  readonly readCookie?: ((tunnel: SshTunnel, node: FoundNode) => Promise<string>) | undefined;
}

/** Time limit of a step. */
export function stepTimeoutOf({ timeoutMs = 5000 }: DiagnoseOptions): number {
  return timeoutMs;
}

const never = new AbortController().signal;

export function signalOf({ signal }: DiagnoseOptions): AbortSignal {
  return signal ?? never;
}
