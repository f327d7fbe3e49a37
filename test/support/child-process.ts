/**
 * One process that a test started: its output from the start to the end of its streams, and how to stop it. A restarted process
 * is a new object with its own output, so that late output of the first is not mistaken for that of the second.
 */

import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The streams of a killed process stay open until its last child closes them. */
const closeDeadlineMs = 60_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends the processes when a test run is interrupted, or fails before it cleans up. */
export function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

export class ProcessOutput {
  /** Resolves when the process has ended and all of its output has been read. */
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #waiting = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #text = '';
  #isClosed = false;

  /** Create it in the turn in which the process was spawned. `name` is its name in failures. */
  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    endWithUs(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#add(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#add(text);
    });
    // The program does not exist: 'close' follows.
    child.on('error', (error) => this.#add(error.message));
    this.closed = new Promise((resolve) => {
      child.once('close', () => {
        this.#isClosed = true;
        resolve();
        this.#wake();
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Both outputs, in order of arrival. */
  get text(): string {
    return this.#text;
  }

  /** Waits until `find` finds something in the output; fails when the process ends before that, or at the deadline. */
  waitFor<Found>(
    find: (output: ProcessOutput) => Found | null | undefined,
    options: { readonly what: string; readonly timeoutMs: number },
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        action();
      };
      const fail = (why: string): void =>
        settle(() =>
          reject(new Error(`${this.#name} ${why} without ${options.what}; it printed:\n${this.#text}`)),
        );
      const check = (): void => {
        const found = find(this);
        if (found !== null && found !== undefined) settle(() => resolve(found));
        else if (this.#isClosed) fail(`ended (${this.#child.exitCode ?? this.#child.signalCode})`);
      };
      const timer = setTimeout(() => fail(`ran for ${options.timeoutMs} ms`), options.timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Waits until the text on either output matches. */
  waitForMatch(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    return this.waitFor(({ stdout, stderr }) => pattern.exec(stdout) ?? pattern.exec(stderr), {
      what: `printing ${pattern}`,
      timeoutMs,
    });
  }

  #add(text: string): void {
    this.#text += text;
    this.#wake();
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** Whether the process is still running. */
export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Stops a process that we started, and waits until it and its streams have ended. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (isRunning(child)) child.kill(signal);
  await waitForClose(child);
}

/** Waits until the process has ended and all of its output has been read. */
export async function waitForClose(child: ChildProcess, timeoutMs: number = closeDeadlineMs): Promise<void> {
  if (child.pid === undefined || hasClosed(child)) return;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    await once(child, 'close', { signal: late.signal });
  } catch (error) {
    if (!late.signal.aborted) throw error;
    const what = isRunning(child) ? 'has not ended' : 'has ended, and another process holds its output';
    child.stdout?.destroy();
    child.stderr?.destroy();
    const command = child.spawnargs.join(' ');
    throw new Error(`process ${child.pid} (${command}) ${what} after ${timeoutMs} ms`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function hasClosed(child: ChildProcess): boolean {
  const streams = [child.stdout, child.stderr];
  return !isRunning(child) && streams.every((stream) => stream === null || stream.destroyed);
}
