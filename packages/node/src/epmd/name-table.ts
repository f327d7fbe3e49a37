/**
 * Who is registered at an EPMD, and with which creation. Pure: a connection is a number, the clock an argument of the
 * constructor. Names that are gone keep their counter, at most `maxUnused` of them, so that a node that comes back
 * never gets the creation it had.
 */
import type { DumpEntry, PortInfo } from './messages.ts';

interface Active {
  readonly info: PortInfo;
  readonly creation: number;
  readonly connection: number;
}

interface Unused {
  readonly port: number;
  readonly creation: number;
  readonly connection: number;
}

const maxUnused = 1000;
const highestCreation = 0xffff_ffff;
/** 0 is reserved and 1 to 3 belong to nodes of old releases. */
const lowestCreation = 4;

export class NameTable {
  readonly #active = new Map<string, Active>();
  readonly #unused = new Map<string, Unused>();
  readonly #maxNames: number;
  readonly #seed: number;

  /** `seed` is the first creation a new name gets, as the daemon of OTP takes it from the wall clock in seconds. */
  constructor(options: { maxNames: number; seed: number }) {
    this.#maxNames = options.maxNames;
    this.#seed = options.seed;
  }

  get size(): number {
    return this.#active.size;
  }

  /** The creation for a new registration, or `undefined` when the name is in use or the table is full. */
  register(info: PortInfo, connection: number): number | undefined {
    if (this.#active.has(info.name) || this.#active.size >= this.#maxNames) return undefined;
    const before = this.#unused.get(info.name)?.creation;
    const next = before === undefined ? this.#seed : before + 1;
    const creation = next > highestCreation || next < lowestCreation ? lowestCreation : next;
    this.#unused.delete(info.name);
    this.#active.set(info.name, { info, creation, connection });
    return creation;
  }

  /** Forgets who registered on this connection, and says who that was. */
  release(connection: number): string | undefined {
    for (const [name, entry] of this.#active) {
      if (entry.connection !== connection) continue;
      this.#active.delete(name);
      this.#unused.set(name, { port: entry.info.port, creation: entry.creation, connection });
      const [oldest] = this.#unused.keys();
      if (this.#unused.size > maxUnused && oldest !== undefined) this.#unused.delete(oldest);
      return name;
    }
    return undefined;
  }

  find(name: string): PortInfo | undefined {
    return this.#active.get(name)?.info;
  }

  connectionOf(name: string): number | undefined {
    return this.#active.get(name)?.connection;
  }

  /** Newest first, as the daemon of OTP lists them. */
  list(): readonly PortInfo[] {
    return Array.from(this.#active.values(), (entry) => entry.info).reverse();
  }

  dump(): readonly DumpEntry[] {
    const active = Array.from(this.#active, ([name, { info, connection }]) => {
      return { name, port: info.port, active: true, connection };
    });
    const unused = Array.from(this.#unused, ([name, { port, connection }]) => {
      return { name, port, active: false, connection };
    });
    return [...active.reverse(), ...unused.reverse()];
  }
}
