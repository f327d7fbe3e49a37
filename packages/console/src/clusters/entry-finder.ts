/** Finds members to enter a cluster by, with discovery strategies. They run as long as the cluster is attached, because members change. */

import { createPeerFilter, createTopology, parseTopology, type Topology } from '@convoy/cluster/discovery';
import { systemClock } from '@convoy/node';
import { retry } from '@convoy/node/async';

/** More than anyone enters by. The names are those of the last answers. */
const maxNames = 50;
const waits = { firstMs: 1000, lastMs: 30_000, ref: false };

/** The strategies of one cluster. */
export class EntryFinder {
  readonly #topologies: readonly Topology[];
  readonly #stop = new AbortController();
  /** The names that each strategy has found. */
  readonly #found = new Map<Topology, readonly string[]>();
  readonly #failures = new Map<Topology, Error>();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Throws DISCOVERY_BAD_OPTION. */
  constructor(descriptions: readonly string[]) {
    this.#topologies = descriptions.map((text) => createTopology(parseTopology(text)));
  }

  /** Whether there is any strategy. */
  get isEmpty(): boolean {
    return this.#topologies.length === 0;
  }

  /** The names that were found, in the order of the strategies. */
  get names(): readonly string[] {
    const all = this.#topologies.flatMap((topology) => this.#found.get(topology) ?? []);
    return [...new Set(all)].slice(0, maxNames);
  }

  /** Why nothing was found; `undefined` if the strategies have answered. */
  get failure(): Error | undefined {
    return [...this.#failures.values()][0];
  }

  /** Starts to look, as `self`. */
  start(self: string): void {
    for (const topology of this.#topologies) void this.#run(topology, self);
  }

  /** Resolves when the names or the failures change next. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  close(): void {
    this.#stop.abort(new Error('the cluster was detached'));
    this.#tell();
  }

  async #run(topology: Topology, self: string): Promise<void> {
    const { strategy } = topology;
    const isWanted = createPeerFilter(topology);
    const { signal } = this.#stop;
    const look = async (): Promise<void> => {
      await strategy.run({
        self,
        signal,
        clock: systemClock,
        answer: ({ peers, isComplete }) => {
          const wanted = peers.filter((peer) => peer.node !== self && isWanted(peer)).map(({ node }) => node);
          const before = isComplete ? [] : (this.#found.get(topology) ?? []);
          this.#found.set(topology, [...new Set([...wanted, ...before])].slice(0, maxNames));
          this.#failures.delete(topology);
          this.#tell();
        },
        fail: (error) => this.#fail(topology, error),
        refreshed: () => new Promise(() => undefined),
      });
      // A strategy ends only with its signal.
      if (!signal.aborted) throw new Error(`${strategy.kind} has ended`);
    };
    await retry(
      signal,
      async () => {
        try {
          await look();
        } catch (error) {
          this.#fail(topology, error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
      },
      waits,
    ).catch(() => undefined);
  }

  #fail(topology: Topology, error: Error): void {
    this.#failures.set(topology, error);
    this.#tell();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
