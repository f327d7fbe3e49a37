/**
 * When answers were given, in the time of this browser. The console dates them by its own clock: the answer that arrives soonest
 * after its date tells the difference between the two. Pure.
 */

export class ConsoleClock {
  #leastDelayMs = Number.POSITIVE_INFINITY;

  /** When an answer was given that the console dates `answeredAt` and that has arrived at `now`. */
  timeOf(answeredAt: number | undefined, now: number): number {
    if (answeredAt === undefined) return now;
    this.#leastDelayMs = Math.min(this.#leastDelayMs, now - answeredAt);
    return Math.min(now, answeredAt + this.#leastDelayMs);
  }
}
