/**
 * The shells that are open on this console. A shell belongs to the console, not to a socket: it stays open when a page is
 * closed or loses its connection, and is closed after half an hour without viewers.
 */

import { ConvoyError } from '@convoy/node';
import { openShell, type OpenShellOptions, type ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { NodeView, ShellKind, ShellView } from '../protocol/index.ts';
import { guardShell, shellFailed, type ShellUse } from './guarded-shell.ts';
import { InputLedger } from './input-ledger.ts';
import type { OwnNodes } from './own-nodes.ts';

const maxShells = 32;
const idleMs = 30 * 60_000;

/** A chunk of output and its number. */
export type OutputChunk = Parameters<Parameters<ShellSession['onOutput']>[0]>[0];

/** The shell to open. */
export interface OpenRequest {
  readonly node: string;
  readonly nodeKind: NodeView['kind'];
  readonly kind?: ShellKind | undefined;
  readonly cols: number;
  readonly rows: number;
}

/** Receives the output of a shell. */
export interface ShellViewer {
  takeOutput(chunk: OutputChunk): void;
  /** Called when the shell starts or stops echoing input. */
  takeEcho(echoes: boolean): void;
}

/** Options of `ShellHost`. */
export interface ShellHostOptions {
  readonly own: OwnNodes;
  readonly faults: Faults;
  /** Called for every shell that has ended, for whatever reason. */
  readonly onClosed: (shellId: string, reason: string) => void;
}

interface HostedShell {
  readonly session: ShellUse;
  readonly onOutput: ShellSession['onOutput'];
  readonly onState: ShellSession['onState'];
  readonly inputs: InputLedger;
  view: ShellView;
  viewers: number;
  idleTimer?: NodeJS.Timeout;
}

/** The open shells of a console. */
export class ShellHost {
  readonly #own: OwnNodes;
  readonly #shells = new Map<string, HostedShell>();
  readonly #faults: Faults;
  readonly #onClosed: (shellId: string, reason: string) => void;
  readonly #closing = new AbortController();
  #opening = 0;

  constructor({ own, faults, onClosed }: ShellHostOptions) {
    this.#own = own;
    this.#faults = faults;
    this.#onClosed = onClosed;
  }

  views(): ShellView[] {
    return [...this.#shells.values()].map(({ view }) => view);
  }

  /** Opens a shell. Rejects with `ShellError`, or CONSOLE_SHELL_LIMIT. */
  async open(request: OpenRequest): Promise<ShellView> {
    if (this.#shells.size + this.#opening >= maxShells) {
      throw new ConsoleError('CONSOLE_SHELL_LIMIT', `${maxShells} shells are open, which is the limit`, {
        remedy: 'Close one of them first.',
      });
    }
    this.#opening += 1;
    try {
      const { node: target, cols, rows } = request;
      const kind = request.kind ?? kindFor(request.nodeKind);
      return await this.#start({ target, kind, cols, rows });
    } finally {
      this.#opening -= 1;
    }
  }

  /** The session of a shell. Throws CONSOLE_NOT_FOUND. */
  session(shellId: string): ShellUse {
    return this.#find(shellId).session;
  }

  /** The input that a shell has taken, by page. Throws CONSOLE_NOT_FOUND. */
  inputs(shellId: string): InputLedger {
    return this.#find(shellId).inputs;
  }

  /** Sends output to `viewer` from now on. Returns a function that stops this. A shell without viewers is idle. */
  follow(shellId: string, viewer: ShellViewer): () => void {
    const shell = this.#find(shellId);
    const { session } = shell;
    shell.viewers += 1;
    clearTimeout(shell.idleTimer);
    let { echoes } = session;
    // An error in a viewer is a fault of the viewer, not of the shell.
    const leaveOutput = shell.onOutput(this.#faults.bind((chunk) => viewer.takeOutput(chunk)));
    const notifyEcho = this.#faults.bind(() => {
      if (session.echoes !== echoes) viewer.takeEcho((echoes = session.echoes));
    });
    const leaveState = shell.onState(notifyEcho);
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

  /** Resizes a shell. Throws CONSOLE_NOT_FOUND. */
  resize(shellId: string, { cols, rows }: { cols: number; rows: number }): void {
    const shell = this.#find(shellId);
    shell.view = { ...shell.view, cols, rows };
    shell.session.resize(cols, rows);
  }

  /** Closes all shells on a node. */
  async closeOn(node: string): Promise<void> {
    const there = [...this.#shells.values()].filter(({ view }) => view.node === node);
    await Promise.all(there.map(({ session }) => session.close()));
  }

  /** Closes all shells. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#shells.values()].map(({ session }) => session.close()));
  }

  async #start(how: Omit<OpenShellOptions, 'node' | 'signal' | 'onFault'>): Promise<ShellView> {
    const { target, cols, rows } = how;
    let opened: ShellSession | undefined;
    const scope: FaultScope = {
      kind: 'shell',
      name: `shell on ${target}`,
      end: () => opened !== undefined && this.#fail(opened),
    };
    const onFault = (error: unknown): void => this.#faults.report(scope, error);
    try {
      const { signal } = this.#closing;
      opened = await this.#faults.own(scope, () =>
        openShell({ ...how, node: this.#own.of(target).node, signal, onFault }),
      );
      return this.#adopt(opened, scope, { node: target, cols, rows });
    } catch (error) {
      if (error instanceof ConvoyError) throw error;
      this.#faults.note(scope, error);
      throw shellFailed(target, error);
    }
  }

  #adopt(
    session: ShellSession,
    scope: FaultScope,
    where: { node: string; cols: number; rows: number },
  ): ShellView {
    const view: ShellView = { id: session.id, kind: session.kind, ...where, openedAt: Date.now() };
    const shell: HostedShell = {
      session: guardShell(session, scope, this.#faults),
      onOutput: (listener) => session.onOutput(listener),
      onState: (listener) => session.onState(listener),
      inputs: new InputLedger(),
      view,
      viewers: 0,
    };
    this.#shells.set(session.id, shell);
    this.#startIdling(shell);
    this.#faults.run(scope, async () => this.#forget(session.id, (await session.closed).reason));
    return view;
  }

  /** Ends a shell after an internal error. Viewers are notified at once; closing it on its node may take a while, or fail as well. */
  #fail(session: ShellSession): void {
    this.#forget(
      session.id,
      'an internal error of the console ended this shell; the log of the console has the cause',
    );
    session.close().catch(() => undefined);
  }

  #forget(shellId: string, reason: string): void {
    const shell = this.#shells.get(shellId);
    if (shell === undefined) return;
    clearTimeout(shell.idleTimer);
    this.#shells.delete(shellId);
    this.#onClosed(shellId, reason);
  }

  #find(shellId: string): HostedShell {
    const shell = this.#shells.get(shellId);
    if (shell !== undefined) return shell;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `the shell ${shellId} has been closed`, {
      remedy: 'Open a new shell on the node.',
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
