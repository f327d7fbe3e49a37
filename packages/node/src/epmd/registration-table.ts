/**
 * The memory of an EPMD daemon: registered names, and names that were registered before, so that the next node under such
 * a name gets the next creation and cannot be mistaken for the previous one. Pure; `owner` is the number of the connection
 * that holds the name.
 */

import type { DumpedName, NodeEntry } from './messages.ts';

export interface RegistrationTableOptions {
  /** Maximum number of registered names, not counting reserved ones; further ones are refused. */
  readonly maxNames: number;
  /** Maximum number of remembered released names; the oldest is dropped first. EPMD keeps 1000. */
  readonly maxUnused?: number | undefined;
  /** The first creation of a name, before it is brought into range. EPMD uses the wall clock in seconds. */
  readonly seed: () => number;
  /** Called for every name that was registered or released. */
  readonly onChange?: ((change: RegistrationChange) => void) | undefined;
}

export interface RegistrationChange {
  readonly kind: 'registered' | 'released';
  readonly entry: NodeEntry;
  readonly creation: number;
}

interface Held extends NodeEntry {
  readonly owner: number;
  readonly creation: number;
}

/** 0 is reserved and old nodes use 1..3, so creations start at 4. */
const firstCreation = 4;

/** Characters that would break the list of names into other lines or columns. No runtime uses such a name. */
const breaksList = /[\u0000-\u0020\u007f-\u009f\u2028\u2029]/;

function toCreation(counter: number): number {
  const creation = counter >>> 0;
  return creation < firstCreation ? firstCreation : creation;
}

export class RegistrationTable {
  readonly #options: RegistrationTableOptions;
  readonly #maxUnused: number;
  /** In order of registration, oldest first, which a Map preserves. */
  readonly #held = new Map<string, Held>();
  readonly #unused = new Map<string, Held>();
  readonly #nameByOwner = new Map<number, string>();
  /** The number of reservations of each name. */
  readonly #reserved = new Map<string, number>();

  constructor(options: RegistrationTableOptions) {
    this.#options = options;
    this.#maxUnused = options.maxUnused ?? 1000;
  }

  /** The number of registered names. */
  get size(): number {
    return this.#held.size;
  }

  /** Reserves a name regardless of `maxNames`, until the returned function is called. */
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
   * Registers the name for `owner` and returns its creation; `undefined` when the name is taken, when the table is full, or
   * when the name would add lines or columns to the list of names.
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
    this.#options.onChange?.({ kind: 'registered', entry, creation });
    return creation;
  }

  find(name: string): NodeEntry | undefined {
    return this.#held.get(name);
  }

  /** Releases the name that `owner` holds, if any. */
  release(owner: number): void {
    const name = this.#nameByOwner.get(owner);
    if (name !== undefined) this.releaseName(name);
  }

  /** Releases a name and returns its owner; `undefined` when it was not registered. */
  releaseName(name: string): number | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    this.#held.delete(name);
    this.#nameByOwner.delete(held.owner);
    this.#unused.set(name, held);
    this.#forgetOldest();
    this.#options.onChange?.({ kind: 'released', entry: held, creation: held.creation });
    return held.owner;
  }

  /** The registered names, newest first. */
  active(): DumpedName[] {
    return Array.from(this.#held.values(), shown).reverse();
  }

  /** The names that were registered before, oldest first. */
  unused(): DumpedName[] {
    return Array.from(this.#unused.values(), shown);
  }

  /** The number of registered names that are not reserved. */
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
