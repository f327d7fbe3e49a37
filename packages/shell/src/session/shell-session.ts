/** The interface of a session for its viewers: a terminal, a console, a test. Contract only. */

import type { Node } from '@convoy/node';
import type { Pid } from '@convoy/node/etf';
import type { ReplKind } from '../repl/repl.ts';
import type { OutputChunk } from './output-ring.ts';
import type { Snapshot } from './screen.ts';
import type { ShellHistory } from './shell-history.ts';

/** Options of `openShell`. */
export interface OpenShellOptions {
  /** The local node, which acts as the shell's terminal. Prefer a hidden node: it does not join the target's cluster. */
  readonly node: Node;
  /** The full name of the node to open a shell on. */
  readonly target: string;
  /** The kind of shell. `auto`: IEx if the node has it, otherwise erl; the TypeScript shell on TypeScript nodes. */
  readonly kind: ReplKind | 'auto';
  /** Width of the terminal, in cells. */
  readonly cols: number;
  /** Height of the terminal, in cells. */
  readonly rows: number;
  /** Lines to recall with the up arrow, oldest first; or a history that also keeps what is entered (`openHistory`). */
  readonly history?: readonly string[] | ShellHistory | undefined;
  /**
   * How long an Erlang or Elixir shell survives a lost connection, in milliseconds. The node is redialled during that time,
   * and the shell continues once it is connected again. Default 60000.
   */
  readonly resumeMs?: number;
  /** Called with an internal error that has ended the session. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Aborts opening, or closes the session once it is open. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of every session, however it starts. */
export interface SessionOptions extends Omit<OpenShellOptions, 'kind'> {
  /** Default: a new one. */
  readonly id?: string;
  /** Number of the first chunk of output. Default 1. */
  readonly firstSeq?: number;
}

/** Options of `ShellSession.close`. */
export interface CloseShellOptions {
  /** Why, in words for the viewers. Default `closed`. */
  readonly reason?: string;
  /** Whether the node is known to be gone: it is not dialled again, and nothing there is cleaned up. Default false. */
  readonly isNodeGone?: boolean;
}

/**
 * The state of a shell. `idle`: it is at its prompt. `busy`: it is evaluating. `asking`: a program that runs in it waits for
 * input. `closed`: it has ended.
 */
export type ShellState = 'idle' | 'busy' | 'asking' | 'closed';

/** An open shell on a node. Any number of viewers may follow and use it. */
export interface ShellSession extends AsyncDisposable {
  /** Identifies the session. */
  readonly id: string;
  /** The full name of the node. */
  readonly target: string;
  /** The kind of shell that was opened. */
  readonly kind: ReplKind;
  /** The shell process on the target. */
  readonly shell: Pid;
  /**
   * What `resumeShell` needs to go on with this shell in another process: keep it while the session is open. `undefined` for a
   * TypeScript shell, which ends with its connection.
   */
  readonly handle: string | undefined;
  /** The current state. */
  readonly state: ShellState;
  /** Whether typed text is shown; it is not while a program asks for a password. */
  readonly echoes: boolean;
  /**
   * Sends keys in the form of a terminal, e.g. from `onData` of xterm.js. Reports that a terminal sends by itself are
   * dropped, but should not be passed in.
   */
  input(data: string): void;
  /** Does what Ctrl-C does: clears the typed text, or cancels a program's prompt, or stops the evaluation. */
  interrupt(): void;
  /** Sets the size of the screen, in cells. Viewers get it as a chunk of output with `size`. */
  resize(cols: number, rows: number): void;
  /** Calls `listener` for each chunk of output. Returns a function that removes it. The listener must not throw. */
  onOutput(listener: (chunk: OutputChunk) => void): () => void;
  /** Calls `listener` for each change of the state. Returns a function that removes it. The listener must not throw. */
  onState(listener: (state: ShellState) => void): () => void;
  /** The output after chunk `seq`; `undefined` when it is no longer available: take a snapshot then. */
  outputSince(seq: number): readonly OutputChunk[] | undefined;
  /** The current screen and scroll-back. Output with a greater `seq` continues it. */
  snapshot(): Snapshot;
  /** The screen and scroll-back as plain text. */
  text(): Promise<string>;
  /** Resolves when the session has ended, for any reason, and the node has been cleaned up. */
  readonly closed: Promise<{ readonly reason: string }>;
  /**
   * Ends the session, not the shell: it waits on its node for `resumeMs` once the connection is lost, so disconnect from the node
   * next. Does nothing for a shell without a `handle`.
   */
  leave(): void;
  /** Ends the shell and leaves nothing behind on its node. */
  close(options?: CloseShellOptions): Promise<void>;
}
