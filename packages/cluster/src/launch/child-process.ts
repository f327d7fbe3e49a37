/**
 * One child process: its output goes to a log, its exit is a promise, and it is stopped by its own id, first with SIGTERM
 * and then with SIGKILL. Its standard input is a pipe that stays open as long as this process lives; the child exits when it
 * closes.
 */

import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import type { NodeLog } from './node-log.ts';
import type { NodeExit } from './provider.ts';

const lastLines = 20;
const outputGraceMs = 500;

/** A command to run on this computer. */
export interface LocalCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether descriptor 3 is another pipe that stays open as long as this process lives. Default false. */
  readonly hasLifeline?: boolean | undefined;
}

/** A child process whose output is logged and that can be stopped. */
export class OwnedProcess {
  /** Resolves, never rejects, when the process has exited. */
  readonly exited: Promise<NodeExit>;
  readonly #child: ChildProcess;
  #isStopping = false;

  /** Starts the command. Rejects when the program cannot be run. */
  static async start(command: LocalCommand, log: NodeLog): Promise<OwnedProcess> {
    const lifeline = command.hasLifeline === true ? (['pipe'] as const) : [];
    const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...lifeline];
    const child = spawn(command.file, [...command.args], { env: command.env, stdio });
    const owned = new OwnedProcess(child, log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return owned;
  }

  private constructor(child: ChildProcess, log: NodeLog) {
    this.#child = child;
    // We never write, but a pipe whose reader is gone may still emit an error.
    const pipes: readonly (NodeJS.EventEmitter | null | undefined)[] = [child.stdin, child.stdio[3]];
    for (const pipe of pipes) pipe?.on('error', () => undefined);
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (chunk: Buffer) => log.write(stream, chunk));
      child[stream]?.on('end', () => log.end(stream));
    }
    this.exited = new Promise((resolve) => {
      // 'close', not 'exit': by then all of its output has been read.
      child.once('close', (code, signal) => resolve(this.#exitOf(code, signal, log)));
    });
    // A grandchild may hold the output open forever; do not wait for what it prints after the node has exited.
    child.once('exit', () => {
      child.stdio[3]?.destroy();
      setTimeout(() => this.#closeOutput(), outputGraceMs).unref();
    });
  }

  get osPid(): number | undefined {
    return this.#child.pid;
  }

  /** Stops the process: SIGTERM, then SIGKILL after `graceMs`. Resolves when it has exited. */
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
      isDeliberate: isDeliberateExit(code ?? undefined, signal ?? undefined),
      lastOutput: log.tail(lastLines),
    };
  }
}

/** Signals by which a person or a service manager asks a program to end. */
const requests = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/** Whether a process was stopped rather than crashed, by its exit code or the signal that ended it. */
export function isDeliberateExit(code: number | undefined, signal?: string): boolean {
  return signal === undefined ? code === 0 : requests.has(signal);
}

/** Formats an exit: `exit code 1`, `signal SIGKILL`, or the reason given by the platform. */
export function formatExit(exit: Pick<NodeExit, 'code' | 'signal' | 'reason'>): string {
  if (exit.signal !== undefined) return `signal ${exit.signal}`;
  return exit.code === undefined ? (exit.reason ?? 'no exit code') : `exit code ${exit.code}`;
}
