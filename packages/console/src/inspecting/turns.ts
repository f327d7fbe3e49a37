/** Lets a few questions run at once, for each node and for all of them together. The others wait for their turn, in their order. */

import { ConsoleError } from '../errors.ts';

/** How many questions run and wait. */
export interface TurnLimits {
  readonly perNode: number;
  readonly all: number;
  readonly waitingPerNode: number;
}

interface Waiting {
  readonly node: string;
  readonly start: () => void;
}

/** Turns of questions. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #running = new Map<string, number>();
  #count = 0;
  #waiting: Waiting[] = [];

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when it is its turn. Rejects with CONSOLE_TOO_MANY if too many wait for this node already. */
  async run<Result>(node: string, work: () => Promise<Result>): Promise<Result> {
    await this.#turn(node);
    try {
      return await work();
    } finally {
      this.#end(node);
    }
  }

  async #turn(node: string): Promise<void> {
    if (this.#hasRoom(node)) return this.#begin(node);
    const { waitingPerNode } = this.#limits;
    if (this.#waiting.filter((one) => one.node === node).length >= waitingPerNode) {
      throw new ConsoleError(
        'CONSOLE_TOO_MANY',
        `${waitingPerNode} questions wait for ${node} already, which is the limit`,
        { remedy: 'Try again in a moment.', retryAfterSeconds: 5 },
      );
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ node, start: resolve });
    return promise;
  }

  #hasRoom(node: string): boolean {
    const { perNode, all } = this.#limits;
    return this.#count < all && (this.#running.get(node) ?? 0) < perNode;
  }

  #begin(node: string): void {
    this.#count += 1;
    this.#running.set(node, (this.#running.get(node) ?? 0) + 1);
  }

  #end(node: string): void {
    this.#count -= 1;
    const left = (this.#running.get(node) ?? 1) - 1;
    if (left === 0) this.#running.delete(node);
    else this.#running.set(node, left);
    const next = this.#waiting.find((one) => this.#hasRoom(one.node));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#begin(next.node);
    next.start();
  }
}
