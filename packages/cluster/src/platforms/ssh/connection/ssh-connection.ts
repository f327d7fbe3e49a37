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

export interface SshOptions {
  /** Private keys to offer, before those of `~/.ssh/config` and the default ones. */
  readonly identityFiles?: readonly string[] | undefined;
  /** Asked for the passphrase of an encrypted key; `undefined` skips the key. Left out: such keys are skipped. */
  readonly passphrase?: (keyFile: string) => Promise<string | undefined>;
  /** Asked for a password when keys do not do; `undefined` gives up. Left out: passwords are not tried. */
  readonly password?: (hop: string) => Promise<string | undefined>;
  /** Socket of the agent; `false` uses none. Default: `SSH_AUTH_SOCK`. */
  readonly agent?: string | false;
  /** `false` reads none. Default `~/.ssh/config`. */
  readonly configFile?: string | false;
  /** Files of known host keys; the first one takes new ones. Default `~/.ssh/known_hosts`, `/etc/ssh/ssh_known_hosts`. */
  readonly knownHostsFiles?: readonly string[];
  /** Trusts a host that is in no file and writes its key down. A key that has changed is refused all the same. Default false. */
  readonly acceptNewHostKey?: boolean;
  /** For one hop, from dialling to logged in. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** A hop that answers nothing for `keepaliveIntervalMs * keepaliveCount` is given up. Defaults 5000 and 3. */
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
  /** Gives up the attempt; an established connection does not look at it. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExecOptions {
  /** Written to the command's standard input, which then ends. Secrets go here, never into the command. */
  readonly input?: string | Uint8Array;
  /** Default 15000. */
  readonly timeoutMs?: number | undefined;
  /** More output than this of either stream fails the call. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ExecResult {
  /** `undefined` when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

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

export interface SshConnection {
  /** The way, for people: `ops@db1`, `ops@bastion,app@db1`. */
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
  /** Called once when the connection is over; without an error when `close` ended it. Returns what ends that. */
  onClose(listener: (error: Error | undefined) => void): () => void;
  /** Ends the connection and everything in it. Idempotent. */
  close(): Promise<void>;
}

/** Makes one connection. Rejects with `SshError`, nothing left open. */
export type SshDialer = (target: SshTarget, options: SshOptions) => Promise<SshConnection>;
