/** Runs the `convoy` command as a separate process, to its end or until the test stops it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { endProcess, ProcessOutput } from './child-process.ts';
import { convoyCommand } from './console/console-process.ts';

export interface ConvoyOptions {
  /** Added to our own environment without the variables that configure Convoy or Erlang. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its working directory. Default: ours. */
  readonly folder?: string;
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Leaves standard input open. Default false. */
  readonly keepsInput?: boolean;
  /** Where it runs, if not beside us: a namespace, or names of the test's own. */
  readonly place?: { command(...words: readonly string[]): string[] };
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

/** A running `convoy`. `await using` stops it. */
export class ConvoyProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #output: ProcessOutput;

  constructor(words: readonly string[], options: ConvoyOptions = {}) {
    const line = [...convoyCommand, ...words];
    const [file = '', ...args] = options.place?.command(...line) ?? line;
    this.child = spawn(file, args, {
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

  /** Waits until the text on either output matches. */
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

/** Runs the command to its end. */
export async function runConvoy(
  words: readonly string[],
  options: ConvoyOptions = {},
): Promise<ConvoyResult> {
  await using convoy = new ConvoyProcess(words, options);
  return await convoy.result();
}
