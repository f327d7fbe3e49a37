/**
 * The globally registered names that this node knows, indexed by name and by pid. Pure data; global-state.ts decides who
 * may change it and when. Bounded, because peers fill it.
 */

import { type Pid, type Term, termKey } from '../../../etf/index.ts';
import type { GlobalName } from './global-messages.ts';

export class GlobalNameTable {
  readonly #maxNames: number;
  readonly #byName = new Map<string, GlobalName>();
  readonly #namesOfPid = new Map<string, Set<string>>();

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  get isFull(): boolean {
    return this.#byName.size >= this.#maxNames;
  }

  find(name: Term): GlobalName | undefined {
    return this.#byName.get(termKey(name));
  }

  /** Every entry, oldest first. */
  entries(): GlobalName[] {
    return [...this.#byName.values()];
  }

  /** Adds a name that the table does not contain yet. */
  insert(entry: GlobalName): void {
    const key = termKey(entry.name);
    this.#byName.set(key, entry);
    const pidKey = termKey(entry.pid);
    const names = this.#namesOfPid.get(pidKey) ?? new Set();
    this.#namesOfPid.set(pidKey, names.add(key));
  }

  /** Removes a name; `undefined` when the table does not contain it. */
  remove(name: Term): GlobalName | undefined {
    const key = termKey(name);
    const entry = this.#byName.get(key);
    if (entry === undefined) return undefined;
    this.#byName.delete(key);
    const pidKey = termKey(entry.pid);
    const names = this.#namesOfPid.get(pidKey);
    names?.delete(key);
    if (names?.size === 0) this.#namesOfPid.delete(pidKey);
    return entry;
  }

  /** Removes every name of a process. */
  removePid(pid: Pid): GlobalName[] {
    const keys = [...(this.#namesOfPid.get(termKey(pid)) ?? [])];
    return keys.flatMap((key) => this.remove(this.#byName.get(key)?.name) ?? []);
  }
}
