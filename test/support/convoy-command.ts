/** Runs the `convoy` command as a process of its own, to its end or until the test is done with it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { endProcess, ProcessOutput } from './child-process.ts';
import { convoyCommand } from './console/console-process.ts';

export interface ConvoyOptions {
  /** Added to our own environment, from which everything that configures Convoy or Erlang is taken out. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its working directory. Default: ours. */
  readonly folder?: string;
  /** What it is given on standard input. Default: nothing, closed at once. */
  readonly input?: string;
  /** Leaves standard input open. Default false. */
  readonly keepsInput?: boolean;
}

export interface ConvoyResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const unwanted = /^(?:CONVOY_(?!OTP_)|RELEASE_|ERL_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)));
}

/** A `convoy` that runs. `await using` ends it. */
export class ConvoyProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #output: ProcessOutput;

  constructor(words: readonly string[], options: ConvoyOptions = {}) {
    const [file = '', ...args] = convoyCommand;
    this.child = spawn(file, [...args, ...words], {
      cwd: options.folder,
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#output = new ProcessOutput(this.child, `convoy ${words.join(' ')}`);
    this.child.stdin?.on('error', () => undefined);
    if (options.keepsInput !== true) this.child.stdin?.end(options.input ?? '');
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** Waits until what it printed, on either output, matches. */
  waitFor(pattern: RegExp, timeoutMs: number = 60_000): Promise<RegExpExecArray> {
    return this.#output.waitForMatch(pattern, timeoutMs);
  }

  /** Waits until it has ended. */
  async result(): Promise<ConvoyResult> {
    await this.#output.closed;
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.child);
  }
}

/** Runs it to its end. */
export async function runConvoy(
  words: readonly string[],
  options: ConvoyOptions = {},
): Promise<ConvoyResult> {
  await using convoy = new ConvoyProcess(words, options);
  return await convoy.result();
}
