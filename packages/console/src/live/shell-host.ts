/**
 * The shells that are open on this console. A shell belongs to the console, not to a socket: it goes on when a page is
 * closed or loses its connection, and is closed when nobody has looked at it for half an hour.
 */

import { ConvoyError } from '@convoy/node';
import { openShell, type OpenShellOptions, type ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, Thing } from '../fault-boundary.ts';
import type { NodeView, ShellKind, ShellView } from '../protocol/index.ts';
import { guardShell, shellFailed, type ShellUse } from './guarded-shell.ts';
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
        remedy: 'Close one that is not needed.',
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

  /** The shell of that id. Throws CONSOLE_NOT_FOUND. */
  session(shellId: string): ShellUse {
    return this.#find(shellId).session;
  }

  /** What was taken of the input of each page that types into the shell. Throws CONSOLE_NOT_FOUND. */
  inputs(shellId: string): InputLedger {
    return this.#find(shellId).inputs;
  }

  /** Sends the output to `viewer` from now on. Returns a function that stops this; a shell without viewers is idle. */
  follow(shellId: string, viewer: ShellViewer): () => void {
    const shell = this.#find(shellId);
    const { session } = shell;
    shell.viewers += 1;
    clearTimeout(shell.idleTimer);
    let { echoes } = session;
    // A viewer that throws is at fault itself, not the shell.
    const leaveOutput = shell.onOutput(this.#faults.bind((chunk) => viewer.takeOutput(chunk)));
    const tellEcho = this.#faults.bind(() => {
      if (session.echoes !== echoes) viewer.takeEcho((echoes = session.echoes));
    });
    const leaveState = shell.onState(tellEcho);
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

  async #start(how: Omit<OpenShellOptions, 'node' | 'signal' | 'onFault'>): Promise<ShellView> {
    const { target, cols, rows } = how;
    let opened: ShellSession | undefined;
    const thing: Thing = {
      kind: 'shell',
      name: `shell on ${target}`,
      end: () => opened !== undefined && this.#fail(opened),
    };
    const onFault = (error: unknown): void => this.#faults.report(thing, error);
    try {
      const { signal } = this.#closing;
      opened = await this.#faults.own(thing, () =>
        openShell({ ...how, node: this.#own.of(target).node, signal, onFault }),
      );
      return this.#adopt(opened, thing, { node: target, cols, rows });
    } catch (error) {
      if (error instanceof ConvoyError) throw error;
      this.#faults.note(thing, error);
      throw shellFailed(target, error);
    }
  }

  #adopt(
    session: ShellSession,
    thing: Thing,
    where: { node: string; cols: number; rows: number },
  ): ShellView {
    const view: ShellView = { id: session.id, kind: session.kind, ...where, openedAt: Date.now() };
    const shell: HostedShell = {
      session: guardShell(session, thing, this.#faults),
      onOutput: (listener) => session.onOutput(listener),
      onState: (listener) => session.onState(listener),
      inputs: new InputLedger(),
      view,
      viewers: 0,
    };
    this.#shells.set(session.id, shell);
    this.#startIdling(shell);
    this.#faults.run(thing, async () => this.#forget(session.id, (await session.closed).reason));
    return view;
  }

  /** Viewers are notified at once; closing the shell on its node may take a while, or fail as well. */
  #fail(session: ShellSession): void {
    this.#forget(
      session.id,
      'an internal error of the console ended this shell; the console’s log has the cause',
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
