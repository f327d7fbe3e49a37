/** The launched nodes that may outlive the console: a copy in memory of what the store has, and the only one who changes it. */

import type { LaunchedNodeRecord, LaunchedNodeRecords, PlaceRecord } from '../store/store.ts';

/** The nodes that the store knows, by place. */
export class KnownNodes {
  readonly #records: LaunchedNodeRecords;
  readonly #places: Map<string, PlaceRecord>;

  static async load(records: LaunchedNodeRecords): Promise<KnownNodes> {
    return new KnownNodes(records, await records.all());
  }

  private constructor(records: LaunchedNodeRecords, places: readonly PlaceRecord[]) {
    this.#records = records;
    this.#places = new Map(places.map((place) => [place.place, place]));
  }

  /** The keys of places with remembered nodes: `local`, `ssh://ops@db1`. */
  get places(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** What is remembered about a place. */
  place(key: string): PlaceRecord | undefined {
    return this.#places.get(key);
  }

  /** Remembers a node. Rejects with CONSOLE_STORAGE_FAILED, in which case the node is not remembered. */
  async add(place: string, cookie: string, node: LaunchedNodeRecord): Promise<void> {
    await this.#records.save(place, cookie, node);
    const others = (this.place(place)?.nodes ?? []).filter(({ name }) => name !== node.name);
    this.#places.set(place, { place, cookie, nodes: [...others, node] });
  }

  /** Forgets a node. On a full disk the store may keep it; the node is then probed at the next start and forgotten. */
  async delete(place: string, node: string): Promise<void> {
    const known = this.place(place);
    if (known === undefined) return;
    const nodes = known.nodes.filter(({ name }) => name !== node);
    if (nodes.length === 0) this.#places.delete(place);
    else this.#places.set(place, { ...known, nodes });
    try {
      await this.#records.delete(place, node);
    } catch {
      // Stopping a node must not fail because of this.
    }
  }
}
