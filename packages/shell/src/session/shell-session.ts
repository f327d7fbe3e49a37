/** What a session offers to whoever shows it: a terminal, a console, a test. Contract only. */
import type { Node } from '@convoy/node';
import type { Pid } from '@convoy/node/etf';
import type { ReplKind } from '../repl/repl.ts';
import type { OutputChunk } from './output-ring.ts';
import type { Snapshot } from './screen.ts';

export interface OpenShellOptions {
  /** Our node, which becomes the shell's terminal. A hidden node is best: it does not join the target's cluster. */
  readonly node: Node;
  /** The full name of the node to open a shell on. */
  readonly target: string;
  /** `auto`: IEx where the node has it, else erl; the TypeScript shell on TypeScript nodes. */
  readonly kind: ReplKind | 'auto';
  readonly cols: number;
  readonly rows: number;
  /** Lines to recall with the up arrow, oldest first. */
  readonly history?: readonly string[];
  /**
   * How long an Erlang or Elixir shell outlives a lost connection: it goes on where it was when the connection is back
   * by then. It is dialled for meanwhile. Default 60000.
   */
  readonly resumeMs?: number;
  /** Called with an internal error that has ended the session. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Gives up opening, and closes the session once it is open. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * `idle`: the shell is at its prompt. `busy`: it evaluates. `asking`: a program that runs in it waits for input.
 * `closed`: it has ended.
 */
export type ShellState = 'idle' | 'busy' | 'asking' | 'closed';

/** A shell that is open on a node. Any number of viewers may follow and use it. */
export interface ShellSession extends AsyncDisposable {
  readonly id: string;
  readonly target: string;
  readonly kind: ReplKind;
  /** The shell process on the target. */
  readonly shell: Pid;
  readonly state: ShellState;
  /** Whether what is typed is shown: not while a program asks for a password. */
  readonly echoes: boolean;
  /**
   * Keys as a terminal sends them, e.g. from the `onData` of xterm.js. Answers a terminal gives by itself are dropped,
   * but should not be sent.
   */
  input(data: string): void;
  /** What Ctrl-C does: clears the typed text, or gives up the question, or stops the evaluation. */
  interrupt(): void;
  /** Size of the terminal of whoever is in control, in cells. */
  resize(cols: number, rows: number): void;
  /** Follows the output. Returns what ends it. The listener must not throw. */
  onOutput(listener: (chunk: OutputChunk) => void): () => void;
  /** Follows the state. Returns what ends it. The listener must not throw. */
  onState(listener: (state: ShellState) => void): () => void;
  /** The output after chunk `seq`, or `undefined` when it is not held any more: take a snapshot then. */
  outputSince(seq: number): readonly OutputChunk[] | undefined;
  /** Screen and scroll-back as they are. Output with a greater `seq` continues it. */
  snapshot(): Snapshot;
  /** Screen and scroll-back as plain text. */
  text(): Promise<string>;
  /** Resolves when the session has ended, by whatever cause, and the node is cleaned up. */
  readonly closed: Promise<{ readonly reason: string }>;
  /** Ends the shell on its node and leaves nothing there. */
  close(): Promise<void>;
}
