/**
 * One operating-system process of ours: its output in a log, its end as a promise, and its removal by its own id, first
 * asked and then forced. Its standard input is a pipe that stays open as long as we live: the child ends with it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import type { NodeLog } from './node-log.ts';
import type { NodeExit } from './provider.ts';

const lastLines = 20;
const outputGraceMs = 500;

/** A command to run on this computer. */
export interface LocalCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** An operating-system process that belongs to this one: logged, awaited and removed by its id. */
export class OwnedProcess {
  readonly exited: Promise<NodeExit>;
  readonly #child: ChildProcess;
  #isStopping = false;

  /** Starts it. Rejects when the program cannot be run. */
  static async start(command: LocalCommand, log: NodeLog): Promise<OwnedProcess> {
    const child = spawn(command.file, [...command.args], {
      env: command.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const owned = new OwnedProcess(child, log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return owned;
  }

  private constructor(child: ChildProcess, log: NodeLog) {
    this.#child = child;
    // Writing is never done, but a pipe whose reader is gone may still report it.
    child.stdin?.on('error', () => undefined);
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (chunk: Buffer) => log.write(stream, chunk));
      child[stream]?.on('end', () => log.end(stream));
    }
    this.exited = new Promise((resolve) => {
      // 'close', not 'exit': by then all it printed has been read.
      child.once('close', (code, signal) => resolve(this.#exitOf(code, signal, log)));
    });
    // A grandchild may hold the output open for ever; what it prints after the node has gone is not waited for.
    child.once('exit', () => setTimeout(() => this.#closeOutput(), outputGraceMs).unref());
  }

  get osPid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends it: SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#hasExited()) return;
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await new Promise<void>((resolve) => {
      if (this.#hasExited()) resolve();
      else this.#child.once('exit', () => resolve());
    });
    clearTimeout(force);
  }

  #closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  #exitOf(code: number | null, signal: NodeJS.Signals | null, log: NodeLog): NodeExit {
    return {
      ...(code === null ? {} : { code }),
      ...(signal === null ? {} : { signal }),
      expected: this.#isStopping,
      lastOutput: log.tail(lastLines),
    };
  }
}

/** `exit code 1`, `signal SIGKILL`, or what the platform says. */
export function formatExit(exit: Pick<NodeExit, 'code' | 'signal' | 'reason'>): string {
  if (exit.signal !== undefined) return `signal ${exit.signal}`;
  return exit.code === undefined ? (exit.reason ?? 'no exit code') : `exit code ${exit.code}`;
}
