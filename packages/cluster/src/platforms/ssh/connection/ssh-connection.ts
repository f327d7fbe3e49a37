/**
 * The contract of one SSH connection, whoever makes it: the ssh2 library in this process, or the system's `ssh`.
 * Every implementation runs test/conformance/ssh-connection.ts. It is not supervised: once closed it stays closed.
 */

import type { Duplex, Readable, Writable } from 'node:stream';

/** One machine on the way. What is left out comes from `~/.ssh/config`, then from the defaults of SSH. */
export interface SshHop {
  /** A host name, an address, or an alias of `~/.ssh/config`. */
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** The way to a machine: every hop is reached through the one before it, the last is the machine that is meant. */
export interface SshTarget {
  readonly hops: readonly [SshHop, ...SshHop[]];
}

/** How to log in, to every hop. */
export interface SshOptions {
  /** Private keys to offer, before those of `~/.ssh/config` and the default ones. */
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
  /** Trusts a host that is in none of these files and saves its key. A changed key is still refused. Default false. */
  readonly acceptNewHostKey?: boolean;
  /** Time limit for each hop, from dialling to being logged in, in milliseconds. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** The connection ends when a hop has not answered for `keepaliveIntervalMs * keepaliveCount`. Defaults 5000 and 3. */
  readonly keepaliveIntervalMs?: number;
  readonly keepaliveCount?: number;
  /**
   * Has servers send small packets at once. OpenSSH holds them back for up to 40 ms until a terminal is asked for, so the
   * command `:` is run with one, at every hop. Default true. Only `dialSsh` does it.
   */
  readonly noDelay?: boolean;
  /**
   * Names of variables of our environment that a ProxyCommand, `Match exec` or SendEnv of the configuration needs, such as
   * AWS_PROFILE. The rest is not passed on, except for what every program needs. Only `dialSystemSsh` runs programs.
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
  /** Limit of the output of either stream; more fails the call. Default 1 MiB. */
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

/** A command that goes on running. Its standard input ends, and so tells it, when the connection is lost. */
export interface SshProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Resolves, never rejects, when it has ended and its standard output has been read, or the connection is lost; empty when it is
   * not known how it ended.
   */
  readonly exited: Promise<SshExit>;
}

/** A connection to the last hop of an SSH target, logged in. */
export interface SshConnection {
  /** The route, for display: `ops@db1`, `ops@bastion,app@db1`. */
  readonly name: string;
  /**
   * Runs a command by the user's login program and collects what it prints. A code other than 0 is a result, not an
   * error. Throws `SshError`: SSH_CLOSED, SSH_TIMEOUT, SSH_EXEC_REFUSED; or the signal's reason.
   */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command and leaves it running. Throws like `exec`. */
  spawn(command: string): Promise<SshProcess>;
  /**
   * A stream to an address as seen from the last hop (`direct-tcpip`). Throws `SshError`: SSH_FORWARD_REFUSED (nothing
   * listens there), SSH_FORWARD_FORBIDDEN (the server allows no forwarding), SSH_CLOSED; or the signal's reason.
   */
  open(
    address: { readonly host: string; readonly port: number },
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Duplex>;
  /** Calls `listener` once when the connection has ended, without an error when `close` ended it. Returns a function that unsubscribes. */
  onClose(listener: (error: Error | undefined) => void): () => void;
  /** Ends the connection and everything in it. Idempotent. */
  close(): Promise<void>;
}

/** Makes one connection. Rejects with `SshError`, nothing left open. */
export type SshDialer = (target: SshTarget, options: SshOptions) => Promise<SshConnection>;
