/**
 * Decides when processes run. With promises and microtasks alone, two processes that message each other could starve
 * sockets and timers, so after a number of steps the rest waits for the next turn of the event loop.
 */

export interface Runnable {
  run(): void;
}

/** Steps per turn: about half a millisecond of small messages, short compared to a tick or a frame. */
const stepsPerTurn = 2000;

/** Upper bound for the steps that messages from other nodes add: the number of messages in the largest read. */
const maxSteps = 10_000;

export class Scheduler {
  #stepsLeft = stepsPerTurn;
  #soon: Runnable[] = [];
  #deferred: Runnable[] = [];

  // Bound once: scheduling must not create a closure per message.
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

  /** Whether one more step may run in this turn. When this returns `false`, call `defer()`. */
  admit(): boolean {
    if (this.#stepsLeft === 0) return false;
    this.#stepsLeft -= 1;
    return true;
  }

  /**
   * Adds a step for a message from the network, where one turn reads many chunks: a server that got fewer steps than
   * messages fell behind for as long as the peer kept sending (half of its time went into garbage collection).
   */
  credit(): void {
    if (this.#stepsLeft < maxSteps) this.#stepsLeft += 1;
  }

  /** Runs it in a microtask. */
  soon(runnable: Runnable): void {
    this.#soon.push(runnable);
    if (this.#soon.length === 1) queueMicrotask(this.#runSoon);
  }

  /** Runs it in the next turn, with a new budget of steps. */
  defer(runnable: Runnable): void {
    this.#deferred.push(runnable);
    if (this.#deferred.length === 1) setImmediate(this.#runDeferred);
  }
}
