/** What a console holds for an open shell, and what it tells others of it. Types only, but for the usual kinds. */

import type { OpenShellOptions, ShellSession } from '@convoy/shell';
import type { FaultScope } from '../fault-boundary.ts';
import type { NodeVisit } from '../own-nodes.ts';
import type { NodeView, ShellKind, ShellView } from '../protocol/index.ts';
import type { ShellUse } from './guarded-shell.ts';
import type { InputLedger } from './input-ledger.ts';
import type { SharedSize, ShellSize } from './shared-size.ts';

/** A chunk of output and its number. */
export type OutputChunk = Parameters<Parameters<ShellSession['onOutput']>[0]>[0];

/** The shell to open. */
export interface OpenRequest {
  /** The id of the node. */
  readonly node: string;
  readonly nodeKind: NodeView['kind'];
  /** Whether the node lives on without this console. */
  readonly isLasting: boolean;
  readonly kind?: ShellKind | undefined;
  readonly cols: number;
  readonly rows: number;
}

/** The parts of `openShell` and `resumeShell` that are the same for every shell. */
export type SessionParts = Omit<OpenShellOptions, 'kind'>;

/** Where a shell is, and what is known of it if it was opened by the console before. */
export interface ShellPlace extends ShellSize {
  readonly node: string;
  readonly known?: { readonly number: number; readonly openedAt: number };
}

/** A shell that has started. */
export interface ShellStart {
  readonly scope: FaultScope;
  readonly place: ShellPlace;
  readonly visit: NodeVisit;
}

/** Receives the output of a shell. */
export interface ShellViewer {
  takeOutput(chunk: OutputChunk): void;
  /** Called when the shell starts or stops echoing input. */
  takeEcho(echoes: boolean): void;
  /** Called when another page has become the one whose size the shell has. */
  takeSize(): void;
}

/** A page that shows a shell. */
export interface ShellPage {
  /** The name of the page for this shell, which outlives its sockets. */
  readonly client: string;
  /** The attachment that speaks for the page. */
  readonly owner: object;
}

/** Is notified of the shells of a console. */
export interface ShellListener {
  /** Called when a shell was opened or its view has changed. */
  onChanged(view: ShellView): void;
  /** Called for every shell that has ended, for whatever reason. */
  onClosed(shellId: string, reason: string): void;
}

export interface HostedShell {
  readonly session: ShellUse;
  readonly onOutput: ShellSession['onOutput'];
  readonly onState: ShellSession['onState'];
  /** The session without its guard. */
  readonly whole: ShellSession;
  /** Ends the connection to its node. */
  readonly disconnect: () => void;
  readonly inputs: InputLedger;
  readonly size: SharedSize;
  /** The viewers, each with the function that tells it of the size. */
  readonly viewers: Map<ShellViewer, () => void>;
  view: ShellView;
  idleTimer?: NodeJS.Timeout;
  idleSince: number;
}

/** The kind of shell for a kind of node. */
export function kindFor(nodeKind: NodeView['kind']): ShellKind | 'auto' {
  const kinds = {
    typescript: 'ts',
    elixir: 'iex',
    erlang: 'erl',
    gleam: 'erl',
    lfe: 'erl',
    unknown: 'auto',
  } as const;
  return kinds[nodeKind];
}
