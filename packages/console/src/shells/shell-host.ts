/**
 * The shells that are open on this console. A shell belongs to the console, not to a socket: it stays open when a page is
 * closed or loses its connection, and is closed after half an hour without viewers. All of its viewers see one screen of one
 * size (shared-size.ts).
 */

import { ConvoyError } from '@convoy/node';
import { openShell, resumeShell, type ShellHistory, type ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { ShellView } from '../protocol/index.ts';
import { EndedShells } from './ended-shells.ts';
import { guardShell, shellFailed, type ShellUse } from './guarded-shell.ts';
import {
  type HostedShell,
  kindFor,
  type OpenRequest,
  type SessionParts,
  type ShellListener,
  type ShellPage,
  type ShellPlace,
  type ShellStart,
  type ShellViewer,
} from './hosted-shell.ts';
import { InputLedger } from './input-ledger.ts';
import { type KeptShells, shellWaitMs, type WaitingShell } from './kept-shells.ts';
import type { NodeVisit, VisitNode } from '../own-nodes.ts';
import { SharedSize, type ShellSize } from './shared-size.ts';

const maxShells = 32;
const idleMs = 30 * 60_000;
/** Pause between attempts to go on with a shell of the console before. */
const retryMs = 2000;

/** Options of `ShellHost`. */
export interface ShellHostOptions {
  readonly visit: VisitNode;
  readonly faults: Faults;
  /** What was entered in earlier shells, and keeps what is entered. */
  readonly history?: ShellHistory | undefined;
  /** The shells that outlive the console. */
  readonly kept: KeptShells;
}

/** The open shells of a console. */
export class ShellHost {
  readonly #options: ShellHostOptions;
  readonly #faults: Faults;
  readonly #shells = new Map<string, HostedShell>();
  readonly #listeners = new Set<ShellListener>();
  readonly #closing = new AbortController();
  readonly #ended = new EndedShells();
  #opening = 0;

  constructor(options: ShellHostOptions) {
    this.#options = options;
    this.#faults = options.faults;
    const giveUp = (): void => {
      for (const { record } of options.kept.waiting()) this.#drop(record.id, 'its node did not come back');
    };
    if (options.kept.waiting().length > 0) setTimeout(giveUp, shellWaitMs).unref();
  }

  /** Notifies `listener` from now on. Returns a function that unsubscribes. */
  subscribe(listener: ShellListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The oldest first. */
  views(): ShellView[] {
    const open = [...this.#shells.values()].map(({ view }) => view);
    const all = [...open, ...this.#options.kept.waitingViews()];
    return all.toSorted((one, other) => one.openedAt - other.openedAt);
  }

  /** Whether a shell of the console before waits for its node. */
  isWaiting(shellId: string): boolean {
    return this.#options.kept.whenSettled(shellId) !== undefined;
  }

  /** Resolves when a shell no longer waits for its node: to `true` if it goes on, to `false` if it has ended. */
  async whenSettled(shellId: string): Promise<boolean> {
    await this.#options.kept.whenSettled(shellId);
    return this.#shells.has(shellId);
  }

  /** Goes on with the shells of the console before on a node that is up. */
  resumeOn(node: string): void {
    for (const waiting of this.#options.kept.waitingOn(node)) {
      if (waiting.isTried) continue;
      waiting.isTried = true;
      void this.#resume(waiting);
    }
  }

  /** Opens a shell. Rejects with `ShellError`, or CONSOLE_SHELL_LIMIT. */
  async open(request: OpenRequest): Promise<ShellView> {
    this.#checkRoom();
    this.#opening += 1;
    try {
      const kind = request.kind ?? kindFor(request.nodeKind);
      const { node, cols, rows, isLasting } = request;
      const view = await this.#start({ node, cols, rows }, (parts) => openShell({ ...parts, kind }));
      if (isLasting) this.#keep(view.id);
      return view;
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
    this.#dropOn(node, reason);
    await Promise.all(this.#on(node).map(({ session }) => session.close({ reason })));
  }

  /**
   * Ends all shells on a node that is known to be gone: nothing is asked of it any more. A shell that lost its node a moment
   * ago could not know why: its viewers are told now.
   */
  endOn(node: string, reason: string): void {
    this.#dropOn(node, reason);
    for (const id of this.#ended.lateOn(node)) this.#notify((listener) => listener.onClosed(id, reason));
    for (const { session, view } of this.#on(node)) {
      const scope: FaultScope = { kind: 'shell', name: `shell on ${view.node}` };
      this.#faults.run(scope, () => session.close({ reason, isNodeGone: true }));
    }
  }

  /** Closes all shells, but those that the next console goes on with. */
  async close(): Promise<void> {
    const { kept } = this.#options;
    const left = [...this.#shells.values()].filter(({ view }) => kept.has(view.id));
    await kept.leaveAll();
    for (const { whole } of left) whole.leave();
    // The connections end before our node does: its end would end the shells.
    for (const { disconnect } of left) disconnect();
    this.#closing.abort();
    const reason = 'the console has ended';
    const others = [...this.#shells.values()].filter((shell) => !left.includes(shell));
    await Promise.all(others.map(({ session }) => session.close({ reason })));
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
      this.#options.kept.change(shell.view);
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

  /** Runs `begin` in the scope of the new shell, while its node is visited. */
  async #start(place: ShellPlace, begin: (parts: SessionParts) => Promise<ShellSession>): Promise<ShellView> {
    const { node, cols, rows } = place;
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
      const how = { target: visit.name, node: visit.node, cols, rows, resumeMs: shellWaitMs };
      opened = await this.#faults.own(scope, () => begin({ ...how, history, signal, onFault }));
      void opened.closed.then(() => visit?.close());
      return this.#adopt(opened, { scope, place, visit });
    } catch (error) {
      visit?.close();
      if (error instanceof ConvoyError) throw error;
      this.#faults.note(scope, error);
      throw shellFailed(node, error);
    }
  }

  /** Goes on with a shell of the console before. A failure other than its end is tried again. */
  async #resume(waiting: WaitingShell): Promise<void> {
    const { id, node, cols, rows, number, openedAt, handle, screen } = waiting.record;
    const { kept } = this.#options;
    // Chunks of the session before have lower numbers.
    const firstSeq = Date.now();
    try {
      const place = { node, cols, rows, known: { number, openedAt } };
      await this.#start(place, (parts) => resumeShell({ ...parts, id, handle, screen, firstSeq }));
      this.#keep(id);
      if (this.#shells.has(id)) kept.settle(id);
      else kept.drop(id);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const code = error instanceof ConvoyError ? error.code : undefined;
      if (code === 'SHELL_CLOSED') return this.#drop(id, 'it ended while the console was restarted');
      if (code === 'CONSOLE_SHELL_FAILED') return this.#drop(id, 'the console could not go on with it');
      const tryAgain = (): void => {
        waiting.isTried = false;
        this.resumeOn(node);
      };
      setTimeout(tryAgain, retryMs).unref();
    }
  }

  /** Has the next console go on with a shell. */
  #keep(shellId: string): void {
    const shell = this.#shells.get(shellId);
    if (shell !== undefined) this.#options.kept.add(shell.view, shell.whole);
  }

  #drop(shellId: string, reason: string): void {
    this.#options.kept.drop(shellId);
    this.#notify((listener) => listener.onClosed(shellId, reason));
  }

  #dropOn(node: string, reason: string): void {
    for (const { record } of this.#options.kept.waitingOn(node)) this.#drop(record.id, reason);
  }

  #adopt(session: ShellSession, { scope, place, visit }: ShellStart): ShellView {
    const { id, kind } = session;
    const { node, cols, rows, known } = place;
    const { number, openedAt } = known ?? { number: this.#freeNumber(node), openedAt: Date.now() };
    const view: ShellView = { id, kind, node, cols, rows, number, openedAt, viewers: 0 };
    const shell: HostedShell = {
      session: guardShell(session, scope, this.#faults),
      whole: session,
      disconnect: () => void visit.node.disconnect(visit.name),
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
    if (known !== undefined) this.#notify((listener) => listener.onChanged(view));
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
    this.#options.kept.remove(shellId);
    this.#ended.note(shellId, shell.view.node);
    this.#notify((listener) => listener.onClosed(shellId, reason));
  }

  #notify(call: (listener: ShellListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }

  /** The lowest number that no open shell of the node has. */
  #freeNumber(node: string): number {
    const waiting = this.#options.kept.waitingOn(node).map(({ record }) => record.number);
    const taken = new Set([...this.#on(node).map(({ view }) => view.number), ...waiting]);
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
