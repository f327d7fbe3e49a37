/**
 * Decides when processes run. Promises and microtasks alone would let two processes that message each other keep
 * sockets and timers waiting for ever, so after some steps the rest waits for the next turn of the event loop.
 */

export interface Runnable {
  run(): void;
}

/** Steps in a row: about half a millisecond of small messages, little against a tick or a frame. */
const stepsPerTurn = 2000;

/** Most that messages from other nodes can add up to: those of the largest read there is. */
const maxSteps = 10_000;

export class Scheduler {
  #stepsLeft = stepsPerTurn;
  #soon: Runnable[] = [];
  #deferred: Runnable[] = [];

  // Bound once: scheduling must not make a closure per message.
  readonly #runSoon = (): void => {
    const runnables = this.#soon;
    this.#soon = [];
    for (const runnable of runnables) runnable.run();
  };
  readonly #runDeferred = (): void => {
    this.#stepsLeft = stepsPerTurn;
    const runnables = this.#deferred;
    this.#deferred = [];
    for (const runnable of runnables) runnable.run();
  };

  /** Whether one more step may be taken in this turn. Who gets `false` calls `defer`. */
  admit(): boolean {
    if (this.#stepsLeft === 0) return false;
    this.#stepsLeft--;
    return true;
  }

  /**
   * Gives a step for a message that came from the network, where one turn reads many chunks: a server that got fewer
   * steps than messages fell behind for as long as the peer sent (half of its time went into collecting garbage).
   */
  credit(): void {
    if (this.#stepsLeft < maxSteps) this.#stepsLeft++;
  }

  /** Runs it in a microtask. */
  soon(runnable: Runnable): void {
    this.#soon.push(runnable);
    if (this.#soon.length === 1) queueMicrotask(this.#runSoon);
  }

  /** Runs it in the next turn, with new steps to take. */
  defer(runnable: Runnable): void {
    this.#deferred.push(runnable);
    if (this.#deferred.length === 1) setImmediate(this.#runDeferred);
  }
}
