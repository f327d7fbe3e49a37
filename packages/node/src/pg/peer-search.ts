/** Looks for a scope on nodes that do not look for it themselves, again and again, more and more rarely. */

import { backoff } from '../async.ts';
import type { Clock, Timer } from '../clock.ts';

export interface PeerSearchOptions {
  readonly clock: Clock;
  /** Whether the node is connected and its scope is still unknown. */
  readonly isWanted: (node: string) => boolean;
  readonly discover: (node: string) => void;
}

const firstMs = 250;
const lastMs = 30_000;

export class PeerSearch {
  readonly #options: PeerSearchOptions;
  readonly #timers: Map<string, Timer> = new Map();

  constructor(options: PeerSearchOptions) {
    this.#options = options;
  }

  start(node: string): void {
    this.stop(node);
    this.#wait(node, 1);
  }

  stop(node: string): void {
    this.#timers.get(node)?.cancel();
    this.#timers.delete(node);
  }

  close(): void {
    for (const node of [...this.#timers.keys()]) this.stop(node);
  }

  #wait(node: string, attempt: number): void {
    const { clock, isWanted, discover } = this.#options;
    const look = (): void => {
      this.#timers.delete(node);
      if (!isWanted(node)) return;
      discover(node);
      this.#wait(node, attempt + 1);
    };
    this.#timers.set(node, clock.after(backoff(attempt, { firstMs, lastMs }), look));
  }
}
