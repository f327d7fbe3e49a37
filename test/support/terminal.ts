/** A program in a terminal of its own, which `script` of util-linux provides. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { endProcess, ProcessOutput } from './child-process.ts';
import { convoyCommand } from './console/console-process.ts';

/** Why there are no terminals here, or `false`. For `skip`. */
export const missingTerminal: string | false =
  spawnSync('script', ['--version']).status === 0 ? false : 'no script: apt-get install bsdutils';

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The command line of `convoy` with these words, for a shell. */
export function convoyLine(...words: string[]): string {
  return [...convoyCommand, ...words].map(quoted).join(' ');
}

/** A shell command that runs in a terminal. `await using` hangs its terminal up. */
export class TestTerminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #output: ProcessOutput;

  /** `env` is added to ours. */
  constructor(line: string, env: NodeJS.ProcessEnv = {}) {
    // The shell replaces itself by the last program of the line. Where CI is set, Node.js shows no colours in terminals either.
    this.#child = spawn('script', ['-qfec', line, '/dev/null'], {
      env: { ...process.env, CI: undefined, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
      stdio: 'pipe',
    });
    this.#output = new ProcessOutput(this.#child, line);
    this.#child.stdin?.on('error', () => undefined);
  }

  /** Everything that the terminal has shown. */
  get text(): string {
    return this.#output.text;
  }

  /** Waits until what it has shown matches. */
  waitFor(pattern: RegExp, timeoutMs: number = 60_000): Promise<RegExpExecArray> {
    return this.#output.waitForMatch(pattern, timeoutMs);
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until the program has ended. Resolves with its exit code. */
  async ended(): Promise<number | null> {
    await this.#output.closed;
    return this.#child.exitCode;
  }

  /** Closes the terminal, as its window does. */
  async hangUp(): Promise<void> {
    await endProcess(this.#child, 'SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp();
  }
}
