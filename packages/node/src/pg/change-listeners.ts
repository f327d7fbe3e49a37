/** Who is told of changes in groups: functions, and processes that monitor them. */

import { atom, type Pid, type Reference, type Term, tuple } from '../etf/index.ts';
import { groupKey } from './state/group-name.ts';

/** A change of a group. */
export interface GroupChangeEvent {
  readonly action: 'join' | 'leave';
  readonly group: Term;
  /** The processes that joined or left. */
  readonly pids: readonly Pid[];
}

/** A process that monitors a group, or all groups if `key` is `undefined`. */
export interface GroupMonitor {
  readonly key: string | undefined;
  readonly tell: (message: Term) => void;
}

export class ChangeListeners {
  readonly #listeners: Set<(change: GroupChangeEvent) => void> = new Set();

  add(listener: (change: GroupChangeEvent) => void): () => void {
    const entry = (change: GroupChangeEvent): void => listener(change);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  addProcess({ key, tell }: GroupMonitor, ref: Reference): () => void {
    return this.add(({ action, group, pids }) => {
      if (key === undefined || key === groupKey(group, Infinity)) tell(tuple(ref, atom(action), group, pids));
    });
  }

  tell(change: GroupChangeEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // A bug in the listener: it must not end the scope, and must not be lost.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
