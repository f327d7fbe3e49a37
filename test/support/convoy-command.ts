/** Runs the `convoy` command as a process of its own, to its end or until the test is done with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { convoyCommand } from './console-process.ts';
import { endProcess } from './test-epmd.ts';

export interface ConvoyOptions {
  /** Added to our own environment, from which everything that configures Convoy or Erlang is taken out. */
  readonly env?: NodeJS.ProcessEnv;
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
  #stdout = '';
  #stderr = '';
  readonly #waiting = new Set<() => void>();
  readonly #closed: Promise<unknown>;

  constructor(words: readonly string[], options: ConvoyOptions = {}) {
    const [file = '', ...args] = convoyCommand;
    this.child = spawn(file, [...args, ...words], {
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#closed = once(this.child, 'close').then(() => this.#wake());
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    this.child.stdin?.on('error', () => undefined);
    if (options.keepsInput !== true) this.child.stdin?.end(options.input ?? '');
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until what it printed, on either output, matches. */
  async waitFor(pattern: RegExp, timeoutMs: number = 20_000): Promise<RegExpExecArray> {
    const deadline = setTimeout(() => this.#wake(true), timeoutMs);
    try {
      for (;;) {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
        if (match !== null) return match;
        const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
        if (hasEnded || (await this.#nextChange()) === 'late') {
          throw new Error(`convoy did not print ${pattern} but:\n${this.#stdout}\n${this.#stderr}`);
        }
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Waits until it has ended. */
  async result(): Promise<ConvoyResult> {
    await this.#closed;
    return { code: this.child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.child);
  }

  #late = false;

  #wake(isLate: boolean = false): void {
    this.#late ||= isLate;
    for (const resume of [...this.#waiting]) resume();
  }

  async #nextChange(): Promise<'changed' | 'late'> {
    await new Promise<void>((resolve) => {
      const resume = (): void => {
        this.#waiting.delete(resume);
        resolve();
      };
      this.#waiting.add(resume);
    });
    return this.#late ? 'late' : 'changed';
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
