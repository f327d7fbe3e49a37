/**
 * The connections that watching a cluster makes: each is held by those who need it, and closed a while after the last one has
 * released it. A connection that was there before belongs to somebody else and stays.
 */

import type { Clock, Node, Timer } from '@convoy/node';

interface Held {
  holders: number;
  readonly isOurs: boolean;
  timer: Timer | undefined;
}

export class Connections {
  readonly #node: Node;
  readonly #clock: Clock;
  readonly #reach: ((member: string) => void | Promise<void>) | undefined;
  readonly #held = new Map<string, Held>();

  constructor(options: {
    readonly node: Node;
    readonly clock: Clock;
    readonly reach: ((member: string) => void | Promise<void>) | undefined;
  }) {
    this.#node = options.node;
    this.#clock = options.clock;
    this.#reach = options.reach;
  }

  /** Connects to a member and holds the connection. Rejects with the reason why that failed. */
  async hold(name: string, signal: AbortSignal): Promise<void> {
    const held = this.#add(name);
    try {
      if (this.#node.peer(name) === undefined) await this.#reach?.(name);
      signal.throwIfAborted();
      await this.#node.connect(name, { signal });
    } catch (error) {
      held.holders -= 1;
      if (held.holders === 0) this.#drop(name, held);
      throw error;
    }
  }

  /** Ends one hold. The last one closes the connection after `idleMs`. */
  release(name: string, idleMs = 0): void {
    const held = this.#held.get(name);
    if (held === undefined || held.holders === 0) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    if (idleMs === 0) this.#drop(name, held);
    else held.timer = this.#clock.after(idleMs, () => this.#drop(name, held));
  }

  /** Closes all connections that were made here. */
  close(): void {
    for (const [name, held] of this.#held) this.#drop(name, held);
  }

  #add(name: string): Held {
    const known = this.#held.get(name);
    if (known !== undefined) {
      known.timer?.cancel();
      known.holders += 1;
      return known;
    }
    const held = { holders: 1, isOurs: this.#node.peer(name) === undefined, timer: undefined };
    this.#held.set(name, held);
    return held;
  }

  #drop(name: string, held: Held): void {
    held.timer?.cancel();
    held.holders = 0;
    if (this.#held.get(name) !== held) return;
    this.#held.delete(name);
    if (held.isOurs) this.#node.disconnect(name);
  }
}
