/**
 * A tunnel to a host over SSH: streams come out at that host, and commands run on it. It is supervised: a lost connection is
 * re-established with the same keys, and only to the same host key, until the tunnel is closed.
 */

import { formatSshTarget } from '../connection/ssh-target.ts';
import { dialSsh } from '../ssh2/dial-ssh.ts';
import type {
  ExecOptions,
  ExecResult,
  SshConnection,
  SshDialer,
  SshOptions,
  SshProcess,
  SshTarget,
} from '../connection/ssh-connection.ts';
import { SshError } from '../../../errors.ts';
import { HostShells } from './host-shells.ts';
import { SupervisedTunnel, type SupervisionOptions } from '../../../tunnels/supervised-tunnel.ts';
import type { Tunnel } from '../../../tunnels/tunnel.ts';

/** Options of `openSshTunnel`. */
export interface SshTunnelOptions extends SshOptions, SupervisionOptions {
  /** How to connect. Default: `dialSsh`, in this process; `dialSystemSsh` runs the system's `ssh`. */
  readonly dialer?: SshDialer;
}

/** A supervised tunnel over SSH, which also runs commands on the host. */
export interface SshTunnel extends Tunnel, AsyncDisposable {
  /** Runs a command on the host. Waits while the tunnel is down, until the signal aborts. Throws like `SshConnection.exec`. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Shells for scripts, which stay open until the tunnel is closed. */
  readonly shells: HostShells;
  /** Starts a command and leaves it running; it ends with the connection that carries it. */
  spawn(command: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<SshProcess>;
}

/**
 * Opens a tunnel. The first connection must succeed, else its `SshError` is thrown. The signal cancels only the opening, with
 * its reason.
 */
export async function openSshTunnel(target: SshTarget, options: SshTunnelOptions = {}): Promise<SshTunnel> {
  const { dialer = dialSsh, signal, retryFirstMs, retryMaxMs, clock, random, ...ssh } = options;
  const supervision = { retryFirstMs, retryMaxMs, clock, random };
  const given = Object.fromEntries(Object.entries(supervision).filter(([, value]) => value !== undefined));
  const tunnel = await SupervisedTunnel.start<SshConnection>(
    {
      ...given,
      name: `ssh://${formatSshTarget(target)}`,
      dial: (dialSignal) => dialer(target, { ...ssh, signal: dialSignal }),
    },
    signal,
  );
  return new SupervisedSshTunnel(tunnel);
}

class SupervisedSshTunnel implements SshTunnel {
  readonly #tunnel: SupervisedTunnel<SshConnection>;
  readonly shells: HostShells;
  readonly open: Tunnel['open'];
  readonly onState: Tunnel['onState'];

  constructor(tunnel: SupervisedTunnel<SshConnection>) {
    this.#tunnel = tunnel;
    this.shells = new HostShells({
      name: tunnel.name,
      spawn: (command, options) => this.#spawn(command, options),
    });
    this.open = (address, options) => tunnel.open(address, options);
    this.onState = (listener) => tunnel.onState(listener);
  }

  get name(): string {
    return this.#tunnel.name;
  }

  get state(): Tunnel['state'] {
    return this.#tunnel.state;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const connection = await this.#tunnel.carrier(signalOf(options));
    return connection.exec(command, options);
  }

  async spawn(
    command: string,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<SshProcess> {
    try {
      return await this.#spawn(command, options);
    } catch (error) {
      const isRefused = error instanceof SshError && error.code === 'SSH_EXEC_REFUSED';
      // A server with MaxSessions 1 has room once a waiting shell has ended.
      if (!isRefused || !this.shells.closeIdle()) throw error;
      return this.#spawn(command, options);
    }
  }

  async #spawn(command: string, options: { readonly signal?: AbortSignal | undefined }): Promise<SshProcess> {
    const connection = await this.#tunnel.carrier(signalOf(options));
    return connection.spawn(command);
  }

  close(): Promise<void> {
    return this.#tunnel.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function signalOf({ signal }: { readonly signal?: AbortSignal | undefined }): {
  readonly signal?: AbortSignal | undefined;
} {
  return { signal };
}
