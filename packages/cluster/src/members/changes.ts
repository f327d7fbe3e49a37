/** Tells listeners what has changed in a cluster, and keeps the names of members that have left. */

import type { ClusterChange } from './state/cluster-model.ts';

type Listener = (change: ClusterChange) => void;

export class Changes {
  readonly #listeners = new Set<Listener>();
  /** Visible nodes, the latest one last. */
  readonly #former = new Set<string>();
  readonly #maxFormer: number;

  constructor(maxFormer: number) {
    this.#maxFormer = maxFormer;
  }

  /** Adds a listener. Returns a function that removes it. */
  listen(listener: Listener): () => void {
    // A wrapper, so that the same function added twice is called twice and removed once.
    const entry: Listener = (change) => listener(change);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Visible nodes that were members and are not now. */
  formerMembers(): string[] {
    return [...this.#former];
  }

  /** Calls the listeners. One that throws does not prevent the others from being called. */
  tell(change: ClusterChange): void {
    this.#remember(change);
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // A bug in the listener: it cannot be handled here and must not be lost.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Removes all listeners. */
  close(): void {
    this.#listeners.clear();
  }

  #remember(change: ClusterChange): void {
    if (change.kind === 'joined') this.#former.delete(change.member.name);
    if (change.kind !== 'left' || change.member.isHidden) return;
    this.#former.add(change.member.name);
    const [oldest] = this.#former;
    if (oldest !== undefined && this.#former.size > this.#maxFormer) this.#former.delete(oldest);
  }
}
