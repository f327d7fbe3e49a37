/**
 * The contract of one SSH connection. There are two implementations: the ssh2 library in this process, and the system's
 * `ssh`. Both run test/conformance/ssh-connection.ts. A connection is not supervised: once closed it stays closed.
 */

import type { Duplex, Readable, Writable } from 'node:stream';

/** One machine on the route. Omitted values come from `~/.ssh/config`, then from the defaults of SSH. */
export interface SshHop {
  /** A host name, an address, or an alias of `~/.ssh/config`. */
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** The route to a machine: each hop is reached through the one before it, and the last hop is the machine itself. */
export interface SshTarget {
  readonly hops: readonly [SshHop, ...SshHop[]];
}

/** How to log in to every hop. */
export interface SshOptions {
  /** Private key files to offer before those of `~/.ssh/config` and the default ones. */
  readonly identityFiles?: readonly string[] | undefined;
  /** Called for the passphrase of an encrypted key; `undefined` skips the key. Default: encrypted keys are skipped. */
  readonly passphrase?: (keyFile: string) => Promise<string | undefined>;
  /** Called for a password when no key was accepted; `undefined` gives up. Default: passwords are not tried. */
  readonly password?: (hop: string) => Promise<string | undefined>;
  /** Socket of the SSH agent, or `false` for no agent. Default: `SSH_AUTH_SOCK`. */
  readonly agent?: string | false;
  /** Configuration file, or `false` for none. Default `~/.ssh/config`. */
  readonly configFile?: string | false;
  /** Files of known host keys; new keys are added to the first. Default `~/.ssh/known_hosts`, `/etc/ssh/ssh_known_hosts`. */
  readonly knownHostsFiles?: readonly string[];
  /**
   * Trusts a host that is in none of these files, and saves its key; with a fingerprint (`SHA256:...`), only if this is the
   * key. Changed keys are still refused. The system's ssh cannot compare fingerprints, and refuses. Default false.
   */
  readonly acceptNewHostKey?: boolean | string;
  /** Time limit for each hop, from dialling to being logged in, in milliseconds. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** The connection ends when a hop has not answered for `keepaliveIntervalMs * keepaliveCount`. Defaults 5000 and 3. */
  readonly keepaliveIntervalMs?: number;
  readonly keepaliveCount?: number;
  /**
   * Whether to make servers send small packets at once. OpenSSH delays them for up to 40 ms until the first command of a
   * connection, so `:` is run on hops that would only forward. Default true. Only `dialSsh` supports it.
   */
  readonly noDelay?: boolean;
  /**
   * Names of variables of our environment that a ProxyCommand, `Match exec` or SendEnv in the configuration needs, such as
   * AWS_PROFILE. Others are not passed on, except for those that every program needs. Only `dialSystemSsh` runs programs.
   */
  readonly variables?: readonly string[] | undefined;
  /** Aborts the attempt. It has no effect on an established connection. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `SshConnection.exec`. */
export interface ExecOptions {
  /** Written to the command's standard input, which then ends. Secrets go here, never into the command. */
  readonly input?: string | Uint8Array;
  /** Time limit, in milliseconds. Default 15000. */
  readonly timeoutMs?: number | undefined;
  /** Limit of the output on each stream, in bytes; the call fails when there is more. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a command ended and what it printed. */
export interface ExecResult {
  /** Exit code; `undefined` when a signal ended the command. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process on a host ended: `code`, or the `signal` that ended it. */
export interface SshExit {
  readonly code?: number;
  readonly signal?: string | undefined;
}

/** A running command. When the connection is lost, its standard input ends. */
export interface SshProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Resolves, never rejects, when the command has ended and its standard output has been read, or when the connection is lost.
   * The result is empty when it is not known how the command ended.
   */
  readonly exited: Promise<SshExit>;
}

/** A logged-in connection to the last hop of an SSH target. */
export interface SshConnection {
  /** The route, for display: `ops@db1`, `ops@bastion,app@db1`. */
  readonly name: string;
  /**
   * Runs a command in the user's login shell and collects its output. An exit code other than 0 is a result, not an
   * error. Throws `SshError`: SSH_CLOSED, SSH_TIMEOUT, SSH_EXEC_REFUSED; or the signal's reason.
   */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command and leaves it running. Throws like `exec`. */
  spawn(command: string): Promise<SshProcess>;
  /**
   * Opens a stream to an address as seen from the last hop (`direct-tcpip`). Throws `SshError`: SSH_FORWARD_REFUSED (nothing
   * listens there), SSH_FORWARD_FORBIDDEN (the server does not allow forwarding), SSH_CLOSED; or the signal's reason.
   */
  open(
    address: { readonly host: string; readonly port: number },
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Duplex>;
  /**
   * Calls `listener` once when the connection has ended, without an error if `close` ended it. Returns a function that
   * unsubscribes.
   */
  onClose(listener: (error: Error | undefined) => void): () => void;
  /** Ends the connection and everything in it. Idempotent. */
  close(): Promise<void>;
}

/** Makes one connection. On failure it rejects with `SshError` and leaves nothing open. */
export type SshDialer = (target: SshTarget, options: SshOptions) => Promise<SshConnection>;
