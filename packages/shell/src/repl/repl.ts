/**
 * What a session needs to know about one kind of shell: how to start, complete, interrupt and close it. The recipes
 * differ by kind and by release; the sessions do not.
 */
import type { Pid, Term } from '@convoy/node/etf';
import type { PromptRules } from '../io/prompt-rules.ts';
import type { Completion } from '../line-editor/completion.ts';

export type ReplKind = 'iex' | 'erl' | 'ts';

export interface ReplCallOptions {
  /** Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Run with the session as group leader: what is started belongs to the session, what is printed appears in it. */
  readonly asSession?: boolean;
}

/** What a shell may do to the node it runs on. */
export interface ReplHost {
  readonly target: string;
  /** Calls a function of the target. Rejects when it fails or does not answer. */
  call(call: { module: string; function: string; args: readonly Term[] } & ReplCallOptions): Promise<Term>;
}

/** What a shell's closing recipe can do, in addition. */
export interface ClosingHost extends ReplHost {
  readonly shell: Pid;
  /** Whether the shell waits at its prompt. */
  isIdle(): boolean;
  /** Resolves to whether the shell came to its prompt in time, or has ended. */
  untilIdle(timeoutMs: number): Promise<boolean>;
  /** Resolves to whether the shell ended in time. */
  untilEnded(timeoutMs: number): Promise<boolean>;
  answerPrompt(answer: 'eof' | { error: string }): boolean;
  /** Exit signal, as `exit(Pid, Reason)` sends it. */
  exitSignal(pid: Pid, reason: string): void;
  /** Exit signal through the link, as if the session had ended. */
  exitLinked(pid: Pid, reason: string): void;
}

export interface Repl {
  readonly kind: ReplKind;
  /** Starts the shell, with the session as its group leader. */
  start(host: ReplHost): Promise<Pid>;
  promptRules(shell: Pid | undefined): PromptRules;
  /** What can follow the text before the cursor. Only called while the shell is at its prompt. */
  complete(host: ReplHost, shell: Pid, before: string): Promise<Completion>;
  /** The process that evaluates for the shell, where it can outlive the shell. It changes during a session. */
  findEvaluator(host: ReplHost, shell: Pid): Promise<Pid | undefined>;
  close(host: ClosingHost, evaluator: Pid | undefined): Promise<void>;
}
