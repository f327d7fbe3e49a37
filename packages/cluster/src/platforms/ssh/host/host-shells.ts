/**
 * Shells on a host that stay open and run scripts one after another, so that a login shell's profile, which may take many
 * seconds, is read once per visit. Scripts are sent over standard input and no part of them appears in an argument list.
 */

import { anySignal } from '@convoy/node/async';
import { SshError } from '../../../errors.ts';
import type { SshExit, SshProcess } from '../connection/ssh-connection.ts';
import { connectionClosed } from '../connection/ssh-failures.ts';

/** A script between two lines that its shell prints: everything between them is its output. */
export interface MarkedScript {
  readonly text: string;
  readonly begin: string;
  readonly end: string;
}

export interface ShellRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit of the script, in milliseconds, once a shell runs. */
  readonly timeoutMs: number;
}

/** What a shell printed while it ran a script. */
export interface ShellOutput {
  /** Both lines were printed. */
  readonly isComplete: boolean;
  /** The first line was printed, so it is a shell that understands scripts. */
  readonly hasBegun: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** How the shell ended, if it did. */
  readonly code: number | undefined;
}

/** Starts commands on the host. */
export interface CommandHost {
  readonly name: string;
  spawn(command: string, options: { readonly signal?: AbortSignal | undefined }): Promise<SshProcess>;
}

/** `-l` reads the profile, where version managers set PATH. */
const loginShell = `exec "$SHELL" -lc 'exec /bin/sh -s'`;
/** For login shells that do not know `-lc`. */
const plainShell = 'exec /bin/sh -s';

/** A profile may do a lot, also on a busy host. */
const profileMs = 60_000;
const maxOutputBytes = 1024 * 1024;
const maxErrorBytes = 16 * 1024;
/** One for a script that waits, and one for what must not wait for it. */
const maxShells = 2;

/** The open shells of one host. */
export class HostShells {
  readonly #host: CommandHost;
  readonly #idle: HostShell[] = [];
  readonly #waiters: (() => void)[] = [];
  #command = loginShell;
  #count = 0;
  #limit = maxShells;

  constructor(host: CommandHost) {
    this.#host = host;
  }

  /**
   * Runs a script in an idle shell, or in a new one. Throws `SshError`, or the signal's reason; the shell that ran it is then
   * closed, and the script may still be running.
   */
  async run(script: MarkedScript, options: ShellRunOptions): Promise<ShellOutput> {
    const shell = await this.#take(options.signal);
    // Only the first script of a shell waits for the profile.
    const timeoutMs = options.timeoutMs + (shell.hasRun ? 0 : profileMs);
    const output = await shell.run(script, { ...options, timeoutMs }).finally(() => this.#putBack(shell));
    if (output.hasBegun || this.#command === plainShell) return output;
    this.#command = plainShell;
    return this.run(script, options);
  }

  /** Closes the shells that run nothing: some servers allow a single session. Returns whether there was one. */
  closeIdle(): boolean {
    const idle = this.#idle.splice(0);
    for (const shell of idle) this.#forget(shell);
    return idle.length > 0;
  }

  async #take(signal: AbortSignal | undefined): Promise<HostShell> {
    for (;;) {
      signal?.throwIfAborted();
      const shell = this.#idle.pop();
      if (shell?.isOpen === true) return shell;
      if (shell !== undefined) this.#forget(shell);
      else if (this.#count < this.#limit) {
        const started = await this.#start(signal);
        if (started !== undefined) return started;
      } else await this.#waitForShell(signal);
    }
  }

  /** A server that refuses another session while one is open allows no more than that. */
  async #start(signal: AbortSignal | undefined): Promise<HostShell | undefined> {
    this.#count += 1;
    try {
      return new HostShell(this.#host.name, await this.#host.spawn(this.#command, { signal }));
    } catch (error) {
      this.#count -= 1;
      const isRefused = error instanceof SshError && error.code === 'SSH_EXEC_REFUSED';
      if (!isRefused || this.#count === 0) throw error;
      this.#limit = this.#count;
      return undefined;
    }
  }

  #waitForShell(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(wake), 1);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(wake);
    });
  }

  #putBack(shell: HostShell): void {
    if (shell.isOpen) this.#idle.push(shell);
    else this.#forget(shell);
    this.#waiters.shift()?.();
  }

  #forget(shell: HostShell): void {
    shell.close();
    this.#count -= 1;
  }
}

/** One shell, which runs one script at a time. */
class HostShell {
  readonly #host: string;
  readonly #process: SshProcess;
  #stdout = '';
  #stderr = '';
  /** Of the two lines around the output of the running script. */
  #marksSeen = 0;
  #lookedTo = 0;
  #onOutput: () => void = () => undefined;
  #exit: SshExit | undefined;
  #error: Error | undefined;
  #isClosed = false;
  hasRun = false;

  constructor(host: string, process: SshProcess) {
    this.#host = host;
    this.#process = process;
    const { stdin, stdout, stderr } = process;
    stdout.setEncoding('utf8').on('data', (text: string) => this.#append(text));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-maxErrorBytes);
    });
    for (const stream of [stdin, stdout, stderr]) {
      // A shell that ends without reading its input breaks that pipe; how it ended says more.
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') this.#error ??= error;
      });
    }
    void process.exited.then((exit) => {
      // Why a connection was lost arrives with the streams, a moment later.
      setImmediate(() => this.#onExit(exit));
    });
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#exit === undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#process.stdin.destroy();
    this.#process.stdout.destroy();
  }

  async run(script: MarkedScript, { signal, timeoutMs }: ShellRunOptions): Promise<ShellOutput> {
    this.#stdout = '';
    this.#stderr = '';
    this.#marksSeen = 0;
    this.#lookedTo = 0;
    const expired = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#finish(script, anySignal(signal, expired));
    } catch (error) {
      this.close();
      if (expired.aborted && signal?.aborted !== true) throw scriptTimeout(this.#host, timeoutMs);
      throw error;
    } finally {
      this.#onOutput = () => undefined;
      this.hasRun = true;
    }
  }

  #finish(script: MarkedScript, signal: AbortSignal): Promise<ShellOutput> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      const look = (): void => {
        const output = this.#outputOf(script);
        if (!output.isComplete && this.#exit === undefined && this.#error === undefined) return;
        signal.removeEventListener('abort', onAbort);
        if (output.isComplete) resolve(output);
        else if (this.#error !== undefined) reject(this.#error);
        else resolve(output);
      };
      this.#onOutput = look;
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) return onAbort();
      this.#process.stdin.write(script.text);
      look();
    });
  }

  /** Looks only at what is new: a host may print a lot in small pieces. */
  #outputOf({ begin, end }: MarkedScript): ShellOutput {
    const stdout = this.#stdout;
    for (const mark of [begin, end].slice(this.#marksSeen)) {
      const index = stdout.indexOf(mark, this.#lookedTo);
      if (index < 0) {
        this.#lookedTo = Math.max(this.#lookedTo, stdout.length - mark.length);
        break;
      }
      this.#lookedTo = index + mark.length - 1;
      this.#marksSeen += 1;
    }
    const [hasBegun, isComplete] = [this.#marksSeen > 0, this.#marksSeen > 1];
    return { isComplete, hasBegun, stdout, stderr: this.#stderr, code: this.#exit?.code };
  }

  #onExit(exit: SshExit): void {
    if (exit.code === undefined && exit.signal === undefined) this.#error ??= connectionClosed(this.#host);
    this.#exit = exit;
    this.#onOutput();
  }

  #append(text: string): void {
    if (this.#stdout.length + text.length > maxOutputBytes) this.#error ??= tooMuchOutput(this.#host);
    else this.#stdout += text;
    this.#onOutput();
  }
}

function scriptTimeout(hop: string, timeoutMs: number): SshError {
  return new SshError('SSH_TIMEOUT', `a script on ${hop} took longer than ${timeoutMs} ms`, {
    hop,
    remedy: 'The host may be overloaded, or its login profile may wait for input.',
  });
}

function tooMuchOutput(hop: string): SshError {
  return new SshError('SSH_PROTOCOL', `a script on ${hop} printed more than ${maxOutputBytes} bytes`, {
    hop,
    remedy: 'Check what the login profile on the host prints.',
  });
}
