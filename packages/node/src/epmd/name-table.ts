/**
 * What an EPMD daemon remembers: names that are held now, and names that were, so that whoever takes one again gets the
 * next creation and cannot be mistaken for the one before. Pure; `owner` is the number of the connection that holds it.
 */
import type { DumpedName, NodeEntry } from './messages.ts';

export interface NameTableOptions {
  /** Names held at once, reserved ones apart; one more is refused. */
  readonly maxNames: number;
  /** Released names that are remembered; the oldest goes first. EPMD keeps 1000. */
  readonly maxUnused?: number;
  /** The creation a name starts with, before it is brought into range. EPMD takes the wall clock in seconds. */
  readonly seed: () => number;
}

interface Held extends NodeEntry {
  readonly owner: number;
  readonly creation: number;
}

/** 0 is reserved and 1..3 are what old nodes use, so creations start at 4. */
const firstCreation = 4;

/** What a line of the list of names is made of. No runtime takes such a name. */
const breaksList = /[\u0000-\u0020\u007f-\u009f\u2028\u2029]/;

function toCreation(counter: number): number {
  const creation = counter >>> 0;
  return creation < firstCreation ? firstCreation : creation;
}

export class NameTable {
  readonly #options: NameTableOptions;
  readonly #maxUnused: number;
  /** In order of registration, oldest first; Maps keep insertion order. */
  readonly #held = new Map<string, Held>();
  readonly #unused = new Map<string, Held>();
  readonly #nameByOwner = new Map<number, string>();
  /** How often each name is reserved. */
  readonly #reserved = new Map<string, number>();

  constructor(options: NameTableOptions) {
    this.#options = options;
    this.#maxUnused = options.maxUnused ?? 1000;
  }

  /** How many names are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Keeps room for a name, however many others there are, until the function it returns is called. */
  reserve(name: string): () => void {
    this.#reserved.set(name, (this.#reserved.get(name) ?? 0) + 1);
    let isReserved = true;
    return () => {
      if (!isReserved) return;
      isReserved = false;
      const rest = (this.#reserved.get(name) ?? 1) - 1;
      if (rest === 0) this.#reserved.delete(name);
      else this.#reserved.set(name, rest);
    };
  }

  /**
   * Gives `owner` the name and returns its creation; `undefined` when it is held, the table is full, or the name would add
   * lines or columns of its own to the list that `names` gets.
   */
  register(entry: NodeEntry, owner: number): number | undefined {
    const { name } = entry;
    if (breaksList.test(name)) return undefined;
    if (this.#held.has(name) || this.#nameByOwner.has(owner)) return undefined;
    if (!this.#reserved.has(name) && this.#othersHeld() >= this.#options.maxNames) return undefined;
    const before = this.#unused.get(name);
    this.#unused.delete(name);
    const creation = toCreation(before === undefined ? this.#options.seed() : before.creation + 1);
    this.#held.set(name, { ...entry, owner, creation });
    this.#nameByOwner.set(owner, name);
    return creation;
  }

  find(name: string): NodeEntry | undefined {
    return this.#held.get(name);
  }

  /** Takes back what `owner` holds, if anything. */
  release(owner: number): void {
    const name = this.#nameByOwner.get(owner);
    if (name !== undefined) this.releaseName(name);
  }

  /** Takes a name back; returns who held it. */
  releaseName(name: string): number | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    this.#held.delete(name);
    this.#nameByOwner.delete(held.owner);
    this.#unused.set(name, held);
    this.#forgetOldest();
    return held.owner;
  }

  /** Names that are held, newest first. */
  active(): DumpedName[] {
    return Array.from(this.#held.values(), shown).reverse();
  }

  /** Names that were, oldest first. */
  unused(): DumpedName[] {
    return Array.from(this.#unused.values(), shown);
  }

  /** Names that are held and not reserved. */
  #othersHeld(): number {
    let count = this.#held.size;
    for (const name of this.#reserved.keys()) if (this.#held.has(name)) count -= 1;
    return count;
  }

  #forgetOldest(): void {
    for (const name of this.#unused.keys()) {
      if (this.#unused.size <= this.#maxUnused) return;
      this.#unused.delete(name);
    }
  }
}

function shown({ name, port, owner }: Held): DumpedName {
  return { name, port, fd: owner };
}
