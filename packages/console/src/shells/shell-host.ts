/**
 * The shells that are open on this console. A shell belongs to the console, not to a socket: it stays open when a page is
 * closed or loses its connection, and is closed after half an hour without viewers. All of its viewers see one screen of one
 * size (shared-size.ts).
 */

import { ConvoyError } from '@convoy/node';
import { openShell, type ShellHistory, type ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { NodeView, ShellKind, ShellView } from '../protocol/index.ts';
import { guardShell, shellFailed, type ShellUse } from './guarded-shell.ts';
import { InputLedger } from './input-ledger.ts';
import type { NodeVisit, VisitNode } from '../own-nodes.ts';
import { SharedSize, type ShellSize } from './shared-size.ts';

const maxShells = 32;
const idleMs = 30 * 60_000;
/** How long after the end of a shell the end of its node may still explain it. */
const explainMs = 5000;

/** A chunk of output and its number. */
export type OutputChunk = Parameters<Parameters<ShellSession['onOutput']>[0]>[0];

/** The shell to open. */
export interface OpenRequest {
  /** The id of the node. */
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

/** Options of `ShellHost`. */
export interface ShellHostOptions {
  readonly visit: VisitNode;
  readonly faults: Faults;
  /** What was entered in earlier shells, and keeps what is entered. */
  readonly history?: ShellHistory | undefined;
}

interface HostedShell {
  readonly session: ShellUse;
  readonly onOutput: ShellSession['onOutput'];
  readonly onState: ShellSession['onState'];
  readonly inputs: InputLedger;
  readonly size: SharedSize;
  /** The viewers, each with the function that tells it of the size. */
  readonly viewers: Map<ShellViewer, () => void>;
  view: ShellView;
  idleTimer?: NodeJS.Timeout;
  idleSince: number;
}

/** The open shells of a console. */
export class ShellHost {
  readonly #options: ShellHostOptions;
  readonly #faults: Faults;
  readonly #shells = new Map<string, HostedShell>();
  readonly #listeners = new Set<ShellListener>();
  readonly #closing = new AbortController();
  /** The shells that have ended last, oldest first. */
  #endedLately: readonly { readonly id: string; readonly node: string; readonly at: number }[] = [];
  #opening = 0;

  constructor(options: ShellHostOptions) {
    this.#options = options;
    this.#faults = options.faults;
  }

  /** Notifies `listener` from now on. Returns a function that unsubscribes. */
  subscribe(listener: ShellListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  views(): ShellView[] {
    return [...this.#shells.values()].map(({ view }) => view);
  }

  /** Opens a shell. Rejects with `ShellError`, or CONSOLE_SHELL_LIMIT. */
  async open(request: OpenRequest): Promise<ShellView> {
    this.#checkRoom();
    this.#opening += 1;
    try {
      const kind = request.kind ?? kindFor(request.nodeKind);
      return await this.#start(request, kind);
    } finally {
      this.#opening -= 1;
    }
  }

  /** The view of a shell. Throws CONSOLE_NOT_FOUND. */
  view(shellId: string): ShellView {
    return this.#find(shellId).view;
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
    // An error in a viewer is a fault of the viewer, not of the shell.
    const takeSize = this.#faults.bind(() => viewer.takeSize());
    this.#setViewers(shell, () => shell.viewers.set(viewer, takeSize));
    clearTimeout(shell.idleTimer);
    let { echoes } = session;
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
      this.#setViewers(shell, () => shell.viewers.delete(viewer));
      if (shell.viewers.size === 0 && this.#shells.has(shellId)) this.#startIdling(shell);
    };
  }

  /** Sets the size of a page's window; with `take`, the shell gets it. Throws CONSOLE_NOT_FOUND. */
  resize(
    shellId: string,
    { client, owner }: ShellPage,
    { cols, rows, take }: ShellSize & { readonly take: boolean },
  ): void {
    this.#changeSize(this.#find(shellId), (size) => {
      size.declare(client, owner, { cols, rows });
      if (take) size.take(client);
    });
  }

  /** Notes that a page types: the shell gets the size of its window. Throws CONSOLE_NOT_FOUND. */
  noteTyping(shellId: string, client: string): void {
    this.#changeSize(this.#find(shellId), (size) => size.take(client));
  }

  /** Notes that an attachment no longer shows a shell, which may have ended. */
  noteLeft(shellId: string, owner: object): void {
    const shell = this.#shells.get(shellId);
    if (shell !== undefined) this.#changeSize(shell, (size) => size.leave(owner));
  }

  /** The size of a shell, and whether it is that of this page. Throws CONSOLE_NOT_FOUND. */
  sizeFor(shellId: string, client: string): ShellSize & { readonly isOwn: boolean } {
    const { view, size } = this.#find(shellId);
    return { cols: view.cols, rows: view.rows, isOwn: size.client === client };
  }

  /** Closes all shells on a node. */
  async closeOn(node: string, reason: string): Promise<void> {
    await Promise.all(this.#on(node).map(({ session }) => session.close({ reason })));
  }

  /**
   * Ends all shells on a node that is known to be gone: nothing is asked of it any more. A shell that lost its node a moment
   * ago could not know why: its viewers are told now.
   */
  endOn(node: string, reason: string): void {
    for (const { id } of this.#endedLately.filter((one) => one.node === node && isLately(one.at))) {
      this.#notify((listener) => listener.onClosed(id, reason));
    }
    for (const { session, view } of this.#on(node)) {
      const scope: FaultScope = { kind: 'shell', name: `shell on ${view.node}` };
      this.#faults.run(scope, () => session.close({ reason, isNodeGone: true }));
    }
  }

  /** Closes all shells. */
  async close(): Promise<void> {
    this.#closing.abort();
    const reason = 'the console has ended';
    await Promise.all([...this.#shells.values()].map(({ session }) => session.close({ reason })));
  }

  #on(node: string): HostedShell[] {
    return [...this.#shells.values()].filter(({ view }) => view.node === node);
  }

  /** Throws CONSOLE_SHELL_LIMIT. A shell that no page shows makes room for a new one. */
  #checkRoom(): void {
    if (this.#shells.size + this.#opening < maxShells) return;
    const unseen = [...this.#shells.values()].filter(({ viewers }) => viewers.size === 0);
    const [oldest] = unseen.toSorted((one, other) => one.idleSince - other.idleSince);
    if (oldest === undefined) {
      throw new ConsoleError('CONSOLE_SHELL_LIMIT', `${maxShells} shells are open, which is the limit`, {
        remedy: 'End one of them first.',
      });
    }
    const reason = 'no page showed it, and another shell needed its place';
    this.#forget(oldest.view.id, reason);
    this.#faults.run({ kind: 'shell', name: `shell on ${oldest.view.node}` }, () =>
      oldest.session.close({ reason }),
    );
  }

  #changeSize(shell: HostedShell, change: (size: SharedSize) => void): void {
    const { client: before } = shell.size;
    change(shell.size);
    const { size, client } = shell.size;
    const { cols, rows } = size ?? shell.view;
    if (cols !== shell.view.cols || rows !== shell.view.rows) {
      shell.view = { ...shell.view, cols, rows };
      shell.session.resize(cols, rows);
      this.#notify((listener) => listener.onChanged(shell.view));
    }
    if (client !== before) for (const takeSize of shell.viewers.values()) takeSize();
  }

  #setViewers(shell: HostedShell, change: () => void): void {
    change();
    const { size: viewers } = shell.viewers;
    if (viewers === shell.view.viewers || !this.#shells.has(shell.view.id)) return;
    shell.view = { ...shell.view, viewers };
    this.#notify((listener) => listener.onChanged(shell.view));
  }

  async #start({ node, cols, rows }: OpenRequest, kind: ShellKind | 'auto'): Promise<ShellView> {
    const { visit: visitNode, history } = this.#options;
    let opened: ShellSession | undefined;
    let visit: NodeVisit | undefined;
    const scope: FaultScope = {
      kind: 'shell',
      name: `shell on ${node}`,
      end: () => opened !== undefined && this.#fail(opened),
    };
    const onFault = (error: unknown): void => this.#faults.report(scope, error);
    try {
      const { signal } = this.#closing;
      visit = await visitNode(node, signal);
      const how = { target: visit.name, node: visit.node, kind, cols, rows };
      opened = await this.#faults.own(scope, () => openShell({ ...how, history, signal, onFault }));
      void opened.closed.then(() => visit?.close());
      return this.#adopt(opened, scope, { node, cols, rows });
    } catch (error) {
      visit?.close();
      if (error instanceof ConvoyError) throw error;
      this.#faults.note(scope, error);
      throw shellFailed(node, error);
    }
  }

  #adopt(
    session: ShellSession,
    scope: FaultScope,
    where: { node: string; cols: number; rows: number },
  ): ShellView {
    const { id, kind } = session;
    const number = this.#freeNumber(where.node);
    const view: ShellView = { id, kind, ...where, number, openedAt: Date.now(), viewers: 0 };
    const shell: HostedShell = {
      session: guardShell(session, scope, this.#faults),
      onOutput: (listener) => session.onOutput(listener),
      onState: (listener) => session.onState(listener),
      inputs: new InputLedger(),
      size: new SharedSize(),
      viewers: new Map(),
      view,
      idleSince: Date.now(),
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
    const ended = { id: shellId, node: shell.view.node, at: Date.now() };
    this.#endedLately = [...this.#endedLately, ended].slice(-maxShells);
    this.#notify((listener) => listener.onClosed(shellId, reason));
  }

  #notify(call: (listener: ShellListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }

  /** The lowest number that no open shell of the node has. */
  #freeNumber(node: string): number {
    const taken = new Set(this.#on(node).map(({ view }) => view.number));
    let number = 1;
    while (taken.has(number)) number += 1;
    return number;
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
    shell.idleSince = Date.now();
    const reason = 'no page showed it for half an hour';
    shell.idleTimer = setTimeout(() => void shell.session.close({ reason }), idleMs);
    shell.idleTimer.unref();
  }
}

function isLately(at: number): boolean {
  return Date.now() - at < explainMs;
}

function kindFor(nodeKind: NodeView['kind']): ShellKind | 'auto' {
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
