/**
 * Shares the time of the name server fairly among the nodes that send to it. Each turn of the event loop handles a bounded
 * number of items; the rest waits, and every node gets its turn. The queue of each node is bounded.
 */

import { Mailbox, noMessage } from '../../process/mailbox.ts';

export interface TurnQueueOptions<Item> {
  /** Items handled in one turn, for all peers together. */
  readonly maxPerTurn: number;
  /** Items of one peer that may wait. */
  readonly maxPerPeer: number;
  readonly take: (item: Item) => void;
}

export class TurnQueue<Item> {
  readonly #options: TurnQueueOptions<Item>;
  readonly #waiting = new Map<string, Mailbox<Item>>();
  #left: number;
  #isScheduled = false;

  constructor(options: TurnQueueOptions<Item>) {
    this.#options = options;
    this.#left = options.maxPerTurn;
  }

  /**
   * Handles the item now or later, in order for each peer. Returns `false` when the peer has too many waiting; the item is
   * dropped then.
   */
  post(peer: string, item: Item): boolean {
    this.#schedule();
    const queue = this.#waiting.get(peer);
    if (queue === undefined && this.#left > 0) {
      this.#left -= 1;
      this.#options.take(item);
      return true;
    }
    if (queue === undefined) {
      const first = new Mailbox<Item>();
      first.push(item);
      this.#waiting.set(peer, first);
      return true;
    }
    if (queue.length >= this.#options.maxPerPeer) return false;
    queue.push(item);
    return true;
  }

  /** Drops the waiting items of a peer. */
  drop(peer: string): void {
    this.#waiting.delete(peer);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#startTurn());
  }

  #startTurn(): void {
    this.#isScheduled = false;
    this.#left = this.#options.maxPerTurn;
    while (this.#left > 0 && this.#waiting.size > 0) this.#takeRound();
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** Handles one item of each peer. */
  #takeRound(): void {
    for (const [peer, queue] of this.#waiting) {
      if (this.#left === 0) return;
      const item = queue.shift();
      // Removed before it is taken: taking it may post more.
      if (queue.length === 0) this.#waiting.delete(peer);
      if (item === noMessage) continue;
      this.#left -= 1;
      this.#options.take(item);
    }
  }
}
