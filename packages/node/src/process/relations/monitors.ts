/**
 * The monitors of one process: those it has on others, and those others have on it. Pure tables keyed by reference;
 * signals.ts sends and delivers.
 */

import type { Pid, Reference } from '../../etf/index.ts';
import { referenceKey } from './identity.ts';

/** A monitor this process has on another. */
export interface Monitor {
  readonly ref: Reference;
  /** The monitored process; `undefined` when a SPAWN_REQUEST created the monitor and the pid is not known yet. */
  readonly target: Pid | string | undefined;
  readonly node: string;
  /** The reference stops being an alias when the monitor ends. */
  readonly endsAlias: boolean;
}

/** A monitor another process has on this one. */
export interface Watcher {
  readonly ref: Reference;
  readonly pid: Pid;
  /** The name this process is monitored by, if it is monitored by name. */
  readonly name: string | undefined;
}

/** Entries by reference, which can be removed by node. */
export class ReferenceTable<Entry extends { readonly ref: Reference }> {
  readonly #entries: Map<string, Entry> = new Map();
  readonly #nodeOf: (entry: Entry) => string;

  constructor(nodeOf: (entry: Entry) => string) {
    this.#nodeOf = nodeOf;
  }
  get size(): number {
    return this.#entries.size;
  }
  has(ref: Reference): boolean {
    return this.#entries.has(referenceKey(ref));
  }
  find(ref: Reference): Entry | undefined {
    return this.#entries.get(referenceKey(ref));
  }
  /** The entry that was added last of those that `match` accepts. */
  findLast(match: (entry: Entry) => boolean): Entry | undefined {
    let last: Entry | undefined;
    for (const entry of this.#entries.values()) if (match(entry)) last = entry;
    return last;
  }
  add(entry: Entry): void {
    this.#entries.set(referenceKey(entry.ref), entry);
  }
  take(ref: Reference): Entry | undefined {
    const key = referenceKey(ref);
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.delete(key);
    return entry;
  }
  all(): Entry[] {
    return [...this.#entries.values()];
  }
  takeNode(node: string): Entry[] {
    const taken: Entry[] = [];
    for (const [key, entry] of this.#entries) {
      if (this.#nodeOf(entry) !== node) continue;
      this.#entries.delete(key);
      taken.push(entry);
    }
    return taken;
  }
  takeAll(): Entry[] {
    const taken = [...this.#entries.values()];
    this.#entries.clear();
    return taken;
  }
}
