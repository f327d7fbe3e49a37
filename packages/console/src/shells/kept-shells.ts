/**
 * The shells that the next console goes on with. An Erlang or Elixir shell waits on its node for a while when the connection to
 * its console is lost (`resumeShell` of `@convoy/shell`), so what finds it there is saved, with its screen. This console waits
 * for the nodes of the shells that the one before it has left.
 */

import type { ShellSession } from '@convoy/shell';
import type { ShellView } from '../protocol/index.ts';
import type { OpenShellRecord, OpenShellRecords } from '../store/store.ts';

/** How long a shell waits on its node, and a console for that node. */
export const shellWaitMs = 5 * 60_000;
/** A screen that changes is saved at most this often. */
const saveMs = 3000;
/** A longer screen is saved without its beginning. */
const maxScreen = 262_144;

interface KeptShellsLog {
  warn(detail: object, message: string): void;
}

export interface KeptShellsOptions {
  readonly records: OpenShellRecords;
  readonly logger: KeptShellsLog;
}

/** A shell of the console before, until its node is up. */
export interface WaitingShell {
  readonly record: OpenShellRecord;
  /** Resolves when it goes on, or has ended. */
  readonly settled: Promise<void>;
  /** Whether it is being resumed. */
  isTried: boolean;
}

interface Kept {
  view: ShellView;
  readonly session: ShellSession;
  readonly stop: () => void;
  timer?: NodeJS.Timeout | undefined;
}

export class KeptShells {
  readonly #options: KeptShellsOptions;
  readonly #open = new Map<string, Kept>();
  readonly #waiting = new Map<string, WaitingShell & { readonly settle: () => void }>();
  #hasWarned = false;

  /** Loads the shells of the console before. What cannot be read is forgotten: nothing else depends on it. */
  static async load(options: KeptShellsOptions): Promise<KeptShells> {
    try {
      return new KeptShells(options, await options.records.all());
    } catch (error) {
      options.logger.warn({ why: (error as Error).message }, 'the shells of the previous console are lost');
      return new KeptShells(options, []);
    }
  }

  private constructor(options: KeptShellsOptions, records: readonly OpenShellRecord[]) {
    this.#options = options;
    for (const record of records) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.set(record.id, { record, settled: promise, settle: resolve, isTried: false });
    }
  }

  /** Saves a shell and, from now on, what it shows. Does nothing for one that does not wait on its node. */
  add(view: ShellView, session: ShellSession): void {
    if (session.handle === undefined) return;
    const kept: Kept = { view, session, stop: session.onOutput(() => this.#saveSoon(kept)) };
    this.#open.set(view.id, kept);
    void this.#save(kept);
  }

  /** Notes that the view of a shell has changed. */
  change(view: ShellView): void {
    const kept = this.#open.get(view.id);
    if (kept === undefined) return;
    kept.view = view;
    this.#saveSoon(kept);
  }

  /** Whether the next console goes on with this shell. */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** Forgets a shell that has ended. */
  remove(id: string): void {
    if (this.#release(id)) void this.#write(() => this.#options.records.delete(id));
  }

  /** Saves all shells a last time, and leaves them to the next console. */
  async leaveAll(): Promise<void> {
    const all = [...this.#open.values()];
    await Promise.all(all.map((kept) => this.#save(kept)));
    for (const { view } of all) this.#release(view.id);
  }

  /** The shells that wait for their node. */
  waiting(): readonly WaitingShell[] {
    return [...this.#waiting.values()];
  }

  /** Their views. */
  waitingViews(): ShellView[] {
    return this.waiting().map(({ record: { handle: _handle, screen: _screen, ...view } }) => ({
      ...view,
      viewers: 0,
      isWaiting: true,
    }));
  }

  waitingOn(node: string): readonly WaitingShell[] {
    return this.#waiting.size === 0 ? [] : this.waiting().filter(({ record }) => record.node === node);
  }

  /** A promise while the shell with this id waits for its node, which resolves when it no longer does. */
  whenSettled(id: string): Promise<void> | undefined {
    return this.#waiting.get(id)?.settled;
  }

  /** A shell goes on. Call it after `add`. */
  settle(id: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle();
  }

  /** Forgets a shell that has ended meanwhile. */
  drop(id: string): void {
    this.settle(id);
    void this.#write(() => this.#options.records.delete(id));
  }

  #release(id: string): boolean {
    const kept = this.#open.get(id);
    if (kept === undefined) return false;
    clearTimeout(kept.timer);
    kept.stop();
    return this.#open.delete(id);
  }

  #saveSoon(kept: Kept): void {
    kept.timer ??= setTimeout(() => void this.#save(kept), saveMs).unref();
  }

  async #save(kept: Kept): Promise<void> {
    clearTimeout(kept.timer);
    kept.timer = undefined;
    const { view, session } = kept;
    const { handle } = session;
    if (handle === undefined || view.kind === 'ts') return;
    const { id, node, kind, number, cols, rows, openedAt } = view;
    const record = { id, node, kind, number, cols, rows, openedAt, handle, screen: screenOf(session) };
    await this.#write(() => this.#options.records.save(record));
  }

  /** A shell goes on without having been saved, for example while the disk is full. */
  async #write(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#hasWarned = false;
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      this.#options.logger.warn({ why: (error as Error).message }, 'open shells cannot be saved');
    }
  }
}

/** The screen and what followed it, from the start of a line. */
function screenOf(session: ShellSession): string {
  const screen = session.snapshot();
  const followed = (session.outputSince(screen.seq) ?? []).map((chunk) => chunk.data);
  const data = [screen.data, ...followed].join('');
  if (data.length <= maxScreen) return data;
  const tail = data.slice(-maxScreen);
  return `\u001b[0m${tail.slice(tail.indexOf('\n') + 1)}`;
}
