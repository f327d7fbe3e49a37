/**
 * What a session needs to know about one kind of shell: how to start, complete, interrupt and close it. This differs by kind
 * and by release; sessions do not.
 */

import type { Pid, Term } from '@convoy/node/etf';
import type { OutputPainter } from '../io/output-painter.ts';
import type { PromptRules } from '../io/prompt-rules.ts';
import type { Completion } from '../line-editor/completion.ts';

/** The kinds of shells: IEx, the Erlang shell, the TypeScript shell. */
export type ReplKind = 'iex' | 'erl' | 'ts';

export interface ReplCallOptions {
  /** Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Runs with the session as group leader: started processes belong to the session, and output appears in it. */
  readonly asSession?: boolean;
}

/** Access of a shell to its node. */
export interface ReplHost {
  readonly target: string;
  /** Calls a function on the target. Rejects when it fails or does not answer. */
  call(call: { module: string; function: string; args: readonly Term[] } & ReplCallOptions): Promise<Term>;
}

/** Additional access while closing a shell. */
export interface ClosingHost extends ReplHost {
  readonly shell: Pid;
  /** Whether the shell waits at its prompt. */
  isIdle(): boolean;
  /** Resolves to `true` when the shell reached its prompt or ended in time. */
  waitForIdle(timeoutMs: number): Promise<boolean>;
  /** Resolves to `true` when the shell ended in time. */
  waitForEnd(timeoutMs: number): Promise<boolean>;
  /** Answers the shell's prompt. Returns `false` when it has none open. */
  answerPrompt(answer: 'eof' | { error: string }): boolean;
  /** Sends an exit signal, as `exit(Pid, Reason)` does. */
  exitSignal(pid: Pid, reason: string): void;
  /** Sends an exit signal through the link, as if the session had ended. */
  exitLinked(pid: Pid, reason: string): void;
}

export interface Repl {
  readonly kind: ReplKind;
  /** Starts the shell, with the session as its group leader. */
  start(host: ReplHost): Promise<Pid>;
  promptRules(shell: Pid | undefined): PromptRules;
  /** What colours the output of this shell on our side; `undefined` for shells that do it themselves, or not at all. */
  createPainter(host: ReplHost): Promise<OutputPainter | undefined>;
  /** Completions for the text before the cursor. Only called while the shell is at its prompt. */
  complete(host: ReplHost, shell: Pid, before: string): Promise<Completion>;
  /** The process that evaluates for the shell, if it can outlive the shell. It changes during a session. */
  findEvaluator(host: ReplHost, shell: Pid): Promise<Pid | undefined>;
  close(host: ClosingHost, evaluator: Pid | undefined): Promise<void>;
}
