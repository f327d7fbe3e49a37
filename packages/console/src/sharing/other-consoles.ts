/**
 * The other consoles with the same store: shows them the nodes of this one, and this one theirs, at a fixed pace. Their nodes
 * are only shown: they are never asked anything by this console, which reaches none of them.
 */

import { ConsoleError } from '../errors.ts';
import type { Faults } from '../fault-boundary.ts';
import type { NodeChanges, NodeRegistry } from '../nodes/node-registry.ts';
import type { NodeOwner, NodeView } from '../protocol/index.ts';
import type { ConsoleRecords, OtherConsole, SharedConsole } from '../store/store.ts';
import { nodesForOthers, nodesOfOther, sharedView } from './shared-nodes.ts';

/** Options of `OtherConsoles`. */
export interface OtherConsolesOptions {
  /** `undefined` for a store that this console has for itself. */
  readonly records: ConsoleRecords | undefined;
  /** This console. */
  readonly self: SharedConsole;
  readonly registry: Pick<NodeRegistry, 'views' | 'find'>;
  readonly faults: Faults;
  readonly logger: { warn(detail: object, message: string): void };
  /** Milliseconds from one exchange to the next. Default 3000. */
  readonly everyMs?: number | undefined;
  /** A console that has not been there for so long is gone. Default 20 seconds. */
  readonly silentMs?: number | undefined;
}

/** A console that has been gone for so long is no longer shown. */
const forgottenMs = 7 * 24 * 3_600_000;
/** More nodes of all other consoles together are not shown. */
const maxShown = 2000;

interface Known extends OtherConsole {
  readonly nodes: readonly NodeView[];
  /** When the store was read, in milliseconds since 1970. */
  readonly readAt: number;
}

/** The nodes of other consoles. */
export class OtherConsoles {
  readonly #options: OtherConsolesOptions;
  readonly #everyMs: number;
  readonly #silentMs: number;
  readonly #listeners = new Set<(changes: NodeChanges) => void>();
  #known: readonly Known[] = [];
  #views: ReadonlyMap<string, NodeView> = new Map();
  /** What the views were made of. */
  #state = '';
  /** What this console shows to the others. */
  #announced: string | undefined;
  #hasFailed = false;
  #timer: NodeJS.Timeout | undefined;
  #exchange: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: OtherConsolesOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? 3000;
    this.#silentMs = options.silentMs ?? 20_000;
    if (options.records !== undefined) this.#start(options.records);
  }

  /** Their nodes, console by console. */
  views(): NodeView[] {
    return [...this.#views.values()];
  }

  /** Throws CONSOLE_OTHER_CONSOLE for the id of a node that another console has, or for its name if no own node is called so. */
  checkOwn(id: string): void {
    const view = this.#views.get(id) ?? this.#findByName(id);
    if (view?.owner === undefined) return;
    const { label, url } = view.owner;
    throw new ConsoleError(
      'CONSOLE_OTHER_CONSOLE',
      `${view.name} is a node of the console ${label}, and only that console reaches it`,
      { remedy: url === undefined ? `Use the console ${label}.` : `Use that console: ${url}` },
    );
  }

  /** Calls `listener` with every change from now on. Returns a function that unsubscribes. */
  subscribe(listener: (changes: NodeChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the exchange, and takes this console out of the lists of the others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#exchange;
    const { records, self } = this.#options;
    // If that fails, the others show it as last seen.
    await records?.leave(self.id).catch(() => undefined);
  }

  #findByName(name: string): NodeView | undefined {
    if (this.#views.size === 0 || this.#options.registry.find(name) !== undefined) return undefined;
    return this.views().find((view) => view.name === name);
  }

  #start(records: ConsoleRecords): void {
    const { faults } = this.#options;
    const scope = { kind: 'poller', name: 'the exchange with other consoles' } as const;
    faults.run(scope, () => {
      this.#exchange = this.#exchangeWith(records).catch((error: unknown) => faults.note(scope, error));
      return this.#exchange.then(() => {
        if (this.#isClosed) return;
        this.#timer = setTimeout(() => this.#start(records), this.#everyMs);
        this.#timer.unref();
      });
    });
  }

  async #exchangeWith(records: ConsoleRecords): Promise<void> {
    try {
      await this.#announce(records);
      this.#known = await this.#read(records);
      await records.forgetSilent(forgottenMs);
      this.#hasFailed = false;
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      const { logger } = this.#options;
      if (!this.#hasFailed) logger.warn({ why: error.message }, 'nodes of other consoles are out of date');
      this.#hasFailed = true;
    } finally {
      this.#publish();
    }
  }

  async #announce(records: ConsoleRecords): Promise<void> {
    const { self, registry } = this.#options;
    const nodes = nodesForOthers(registry.views());
    if (nodes === this.#announced && (await records.touch(self.id))) return;
    await records.announce(self, nodes);
    this.#announced = nodes;
  }

  /** Reads the nodes of those consoles only whose nodes have changed. */
  async #read(records: ConsoleRecords): Promise<Known[]> {
    const before = new Map(this.#known.map((other) => [other.id, other]));
    const others: Known[] = [];
    for (const other of await records.others(this.#options.self.id)) {
      const known = before.get(other.id);
      const nodes =
        known?.revision === other.revision
          ? known.nodes
          : nodesOfOther((await records.nodesOf(other.id)) ?? '');
      others.push({ ...other, nodes, readAt: Date.now() });
    }
    return others.sort((one, two) => (one.id < two.id ? -1 : 1));
  }

  #publish(): void {
    const owners = this.#known.map((other) => this.#ownerOf(other));
    const state = JSON.stringify(owners.map((owner, index) => [owner, this.#known[index]?.revision]));
    if (state === this.#state) return;
    this.#state = state;
    const before = this.#views;
    const next = new Map<string, NodeView>();
    for (const [index, { nodes }] of this.#known.entries()) {
      const owner = owners[index];
      if (owner === undefined) continue;
      for (const node of nodes.slice(0, maxShown - next.size)) {
        const view = sharedView(node, owner);
        next.set(view.id, view);
      }
    }
    this.#views = next;
    const changes: NodeChanges = {
      changed: [...next.values()].filter((view) => !isSame(view, before.get(view.id))),
      replaced: [],
      gone: [...before.keys()].filter((id) => !next.has(id)),
    };
    if (changes.changed.length === 0 && changes.gone.length === 0) return;
    for (const listener of this.#listeners) listener(changes);
  }

  #ownerOf({ id, label, url, seenAt, ageMs, readAt }: Known): NodeOwner {
    const isAmbiguous = this.#known.some((other) => other.id !== id && other.label === label);
    const isSilent = ageMs + (Date.now() - readAt) > this.#silentMs;
    return {
      id,
      label: isAmbiguous || label === this.#options.self.label ? `${label} (${id})` : label,
      ...(url === undefined ? {} : { url }),
      ...(isSilent ? { lastSeenAt: seenAt } : {}),
    };
  }
}

function isSame(one: NodeView, other: NodeView | undefined): boolean {
  return other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
