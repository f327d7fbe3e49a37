/**
 * The shells that are open on this console. A shell belongs to the console, not to a socket: it goes on when a page is
 * closed or loses its connection, and is closed when nobody has looked at it for half an hour.
 */

import { openShell, type ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { NodeView, ShellKind, ShellView } from '../protocol/index.ts';
import { InputLedger } from './input-ledger.ts';
import type { OwnNodes } from './own-nodes.ts';

const maxShells = 32;
const idleMs = 30 * 60_000;

export type OutputChunk = Parameters<Parameters<ShellSession['onOutput']>[0]>[0];

export interface OpenRequest {
  readonly node: string;
  readonly nodeKind: NodeView['kind'];
  readonly kind?: ShellKind | undefined;
  readonly cols: number;
  readonly rows: number;
}

export interface ShellViewer {
  takeOutput(chunk: OutputChunk): void;
  /** Whether the shell shows what is typed has changed. */
  takeEcho(echoes: boolean): void;
}

interface HostedShell {
  readonly session: ShellSession;
  readonly inputs: InputLedger;
  view: ShellView;
  viewers: number;
  idleTimer?: NodeJS.Timeout;
}

export class ShellHost {
  readonly #own: OwnNodes;
  readonly #shells = new Map<string, HostedShell>();
  readonly #onClosed: (shellId: string, reason: string) => void;
  readonly #closing = new AbortController();
  #opening = 0;

  /** `onClosed` is told of every shell that has ended, whoever ended it. */
  constructor(own: OwnNodes, onClosed: (shellId: string, reason: string) => void) {
    this.#own = own;
    this.#onClosed = onClosed;
  }

  views(): ShellView[] {
    return [...this.#shells.values()].map(({ view }) => view);
  }

  /** Opens a shell. Rejects with `ShellError`, or CONSOLE_SHELL_LIMIT. */
  async open(request: OpenRequest): Promise<ShellView> {
    if (this.#shells.size + this.#opening >= maxShells) {
      throw new ConsoleError('CONSOLE_SHELL_LIMIT', `${maxShells} shells are open, which is the limit`, {
        remedy: 'Close one that is not needed.',
      });
    }
    this.#opening += 1;
    try {
      const { node: target, cols, rows } = request;
      const kind = request.kind ?? kindFor(request.nodeKind);
      const { signal } = this.#closing;
      const session = await openShell({ node: this.#own.of(target).node, target, kind, cols, rows, signal });
      return this.#adopt(session, { node: target, cols, rows });
    } finally {
      this.#opening -= 1;
    }
  }

  /** The shell of that id. Throws CONSOLE_NOT_FOUND. */
  session(shellId: string): ShellSession {
    return this.#find(shellId).session;
  }

  /** What was taken of the input of each page that types into the shell. Throws CONSOLE_NOT_FOUND. */
  inputs(shellId: string): InputLedger {
    return this.#find(shellId).inputs;
  }

  /** Tells `viewer` of the output from now on. Returns what ends that; a shell that has no viewer is idle. */
  follow(shellId: string, viewer: ShellViewer): () => void {
    const shell = this.#find(shellId);
    const { session } = shell;
    shell.viewers += 1;
    clearTimeout(shell.idleTimer);
    let { echoes } = session;
    const leaveOutput = session.onOutput((chunk) => viewer.takeOutput(chunk));
    const leaveState = session.onState(() => {
      if (session.echoes !== echoes) viewer.takeEcho((echoes = session.echoes));
    });
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      leaveOutput();
      leaveState();
      shell.viewers -= 1;
      if (shell.viewers === 0 && this.#shells.has(shellId)) this.#startIdling(shell);
    };
  }

  resize(shellId: string, { cols, rows }: { cols: number; rows: number }): void {
    const shell = this.#find(shellId);
    shell.view = { ...shell.view, cols, rows };
    shell.session.resize(cols, rows);
  }

  /** Closes the shells on a node that is to be deleted. */
  async closeOn(node: string): Promise<void> {
    const there = [...this.#shells.values()].filter(({ view }) => view.node === node);
    await Promise.all(there.map(({ session }) => session.close()));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#shells.values()].map(({ session }) => session.close()));
  }

  #adopt(session: ShellSession, where: { node: string; cols: number; rows: number }): ShellView {
    const view: ShellView = { id: session.id, kind: session.kind, ...where, openedAt: Date.now() };
    const shell: HostedShell = { session, inputs: new InputLedger(), view, viewers: 0 };
    this.#shells.set(session.id, shell);
    this.#startIdling(shell);
    void session.closed.then(({ reason }) => {
      clearTimeout(shell.idleTimer);
      this.#shells.delete(session.id);
      this.#onClosed(session.id, reason);
    });
    return view;
  }

  #find(shellId: string): HostedShell {
    const shell = this.#shells.get(shellId);
    if (shell !== undefined) return shell;
    throw new ConsoleError('CONSOLE_NOT_FOUND', 'that shell has been closed', {
      remedy: 'Open a new one on the node.',
    });
  }

  #startIdling(shell: HostedShell): void {
    clearTimeout(shell.idleTimer);
    shell.idleTimer = setTimeout(() => void shell.session.close(), idleMs);
    shell.idleTimer.unref();
  }
}

function kindFor(nodeKind: NodeView['kind']): ShellKind | 'auto' {
  const kinds = { typescript: 'ts', elixir: 'iex', erlang: 'erl', unknown: 'auto' } as const;
  return kinds[nodeKind];
}
