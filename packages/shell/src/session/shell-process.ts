/**
 * The shell process of a session on its node: starts it, tracks its evaluator, and ends it so that nothing is left behind.
 * Runs the procedures of repl/ with a node and a group leader.
 */

import { ConvoyError, type Node, RemoteError } from '@convoy/node';
import { atomName, inspect, type Pid, type Term } from '@convoy/node/etf';
import { ShellError } from '../errors.ts';
import type { GroupLeader } from '../group-leader.ts';
import { startAnchor } from '../repl/anchor.ts';
import type { ClosingHost, Repl, ReplHost } from '../repl/repl.ts';
import { closedError } from './notices.ts';
import type { WaitingShell } from './shell-handle.ts';

export interface ShellProcessOptions {
  readonly node: Node;
  readonly target: string;
  readonly repl: Repl;
  readonly leader: GroupLeader;
  /** How long the shell outlives a lost connection, if it can. */
  readonly resumeMs: number;
}

const lookUpMs = 1000;

/** Calls functions on the target for a session whose group leader is `leader`. */
export function createReplHost(node: Node, target: string, leader: Pid): ReplHost {
  return {
    target,
    call: ({ module, function: fn, args, timeoutMs, asSession }) =>
      node.rpc(target, module, fn, args, {
        timeoutMs,
        ...(asSession === true ? { groupLeader: leader } : {}),
      }),
  };
}

export class ShellProcess {
  readonly pid: Pid;
  readonly #options: ShellProcessOptions;
  readonly #host: ReplHost;
  #evaluator: Pid | undefined;
  #lookUp: Promise<void> | undefined;
  #isStale = false;
  #hasEnded = false;
  readonly #endWaiters = new Set<() => void>();

  private constructor(pid: Pid, host: ReplHost, options: ShellProcessOptions) {
    this.pid = pid;
    this.#host = host;
    this.#options = options;
  }

  static async start(options: ShellProcessOptions): Promise<ShellProcess> {
    const { node, target, repl, leader, resumeMs: graceMs } = options;
    const host = createReplHost(node, target, leader.pid);
    leader.rules = repl.promptRules(undefined);
    try {
      leader.painter = await repl.createPainter(host);
      const anchor =
        repl.kind === 'ts' ? undefined : await startAnchor(host, { leader: leader.pid, graceMs });
      if (anchor !== undefined) leader.useAnchor(anchor);
      const pid = await repl.start(createReplHost(node, target, anchor ?? leader.pid));
      leader.rules = repl.promptRules(pid);
      // IEx links itself; the Erlang shell must be linked, so that it ends with us and we notice when it ends.
      leader.link(pid);
      return new ShellProcess(pid, host, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ShellError('SHELL_START_FAILED', `${target} could not start a shell: ${why}`, {
        target,
        remedy: error instanceof ConvoyError ? error.remedy : undefined,
        cause: error,
      });
    }
  }

  /** The process of a shell that waits on its node. Throws SHELL_CLOSED when it, or its anchor, has ended. */
  static async resume(options: ShellProcessOptions, { anchor, shell }: WaitingShell): Promise<ShellProcess> {
    const { node, target, repl, leader } = options;
    const host = createReplHost(node, target, leader.pid);
    for (const pid of [anchor, shell]) {
      if (!(await isAlive(host, pid))) throw closedError(target);
    }
    leader.painter = await repl.createPainter(host);
    leader.rules = repl.promptRules(shell);
    return new ShellProcess(shell, host, options);
  }

  /** The last known process that evaluates for the shell. */
  get evaluator(): Pid | undefined {
    return this.#evaluator;
  }

  /**
   * Looks up the evaluator: `respawn()`, a pry and an interrupt replace it. A call during a lookup causes another lookup,
   * because the first one may have been too early.
   */
  noteEvaluator(timeoutMs: number = 5000): Promise<void> {
    const before = this.#lookUp;
    if (before !== undefined) {
      this.#isStale = true;
      return before;
    }
    this.#lookUp = this.#lookUpEvaluator(timeoutMs).finally(() => {
      this.#lookUp = undefined;
    });
    return this.#lookUp;
  }

  async #lookUpEvaluator(timeoutMs: number): Promise<void> {
    const host: ReplHost = { ...this.#host, call: (call) => this.#host.call({ timeoutMs, ...call }) };
    do {
      this.#isStale = false;
      try {
        this.#evaluator = (await this.#options.repl.findEvaluator(host, this.pid)) ?? this.#evaluator;
      } catch {
        // The node is slow or gone: the last known evaluator is the best guess.
      }
    } while (this.#isStale && !this.#hasEnded);
  }

  /** Stops the evaluation. If a line is still being parsed, cancels it instead: the shell must not be interrupted then. */
  interrupt(): void {
    const { inputs } = this.#options.leader;
    if (inputs.answerShell({ error: 'interrupted' })) return;
    inputs.forgetResidual();
    this.#options.leader.exitSignal(this.pid, 'interrupt');
  }

  complete(before: string): ReturnType<Repl['complete']> {
    return this.#options.repl.complete(this.#host, this.pid, before);
  }

  /** Call this when the shell can no longer be reached, because its node is not connected or its anchor has ended. */
  noteLoss(): void {
    // Sending to the evaluator would dial the node again; the anchor ends it after its grace period.
    this.#evaluator = undefined;
    this.noteEnd();
  }

  /** Call this when the exit signal of the shell has arrived. */
  noteEnd(): void {
    this.#hasEnded = true;
    for (const resolve of this.#endWaiters) resolve();
    this.#endWaiters.clear();
  }

  /** Ends the shell and its evaluator, within a few seconds. */
  async close(): Promise<void> {
    if (!this.#hasEnded) await this.noteEvaluator(lookUpMs);
    if (!this.#hasEnded) await this.#options.repl.close(this.#closingHost(), this.#evaluator);
    else if (this.#evaluator !== undefined) this.#options.leader.exitSignal(this.#evaluator, 'kill');
  }

  #closingHost(): ClosingHost {
    const { leader } = this.#options;
    return {
      ...this.#host,
      shell: this.pid,
      isIdle: () => leader.inputs.isShellWaiting,
      waitForIdle: (timeoutMs) =>
        this.#within(timeoutMs, Promise.race([leader.inputs.waitForShellPrompt(), this.#whenEnded()])),
      waitForEnd: (timeoutMs) => this.#within(timeoutMs, this.#whenEnded()),
      answerPrompt: (answer) => leader.inputs.answerShell(answer),
      exitSignal: (pid, reason) => leader.exitSignal(pid, reason),
      exitLinked: (pid, reason) => leader.exitLinked(pid, reason),
    };
  }

  #whenEnded(): Promise<void> {
    return this.#hasEnded ? Promise.resolve() : new Promise((resolve) => this.#endWaiters.add(resolve));
  }

  #within(timeoutMs: number, event: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      void event.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}

/** A node that was started again refuses the pids of its earlier life. */
async function isAlive(host: ReplHost, pid: Pid): Promise<boolean> {
  try {
    return (await host.call({ module: 'erlang', function: 'is_process_alive', args: [pid] })) === true;
  } catch (error) {
    if (error instanceof RemoteError) return false;
    throw error;
  }
}

/** The exit reason of a shell as a sentence. */
export function describeExit(reason: Term, target: string): string {
  const name = atomName(reason);
  if (name === 'normal') return 'the shell ended';
  if (name === 'noconnection') return `the connection to ${target} was lost`;
  return `the shell was ended: ${inspect(reason, { maxLength: 200 })}`;
}
