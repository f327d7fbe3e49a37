/**
 * Pauses the reading of a stream for a while, so that the other side has to wait. What it sends still arrives: the pause ends after a
 * second at most, and begins again only when something that was read asks for it.
 */

import type { Clock, Timer } from '../../clock.ts';

/** What can be paused. */
interface Readable {
  pause(): void;
  resume(): void;
}

const longestMs = 1000;
/** Shorter pauses are saved up: a timer has no finer steps. */
const shortestMs = 1;

export class ReadHold {
  readonly #stream: Readable;
  readonly #clock: Clock;
  readonly #longestMs: number;
  #owedMs = 0;
  #deadlineMs = 0;
  #timer: Timer | undefined;

  constructor(stream: Readable, clock: Clock, maxMs: number) {
    this.#stream = stream;
    this.#clock = clock;
    this.#longestMs = Math.min(longestMs, maxMs);
  }

  /** Whether nothing is read at the moment. */
  get isActive(): boolean {
    return this.#timer !== undefined;
  }

  /** Pauses for so long, or for so much longer. */
  add(durationMs: number): void {
    this.#owedMs += durationMs;
    if (this.#owedMs < shortestMs) return;
    const now = this.#clock.now();
    const start = this.#timer === undefined ? now : this.#deadlineMs;
    this.#deadlineMs = Math.min(start + this.#owedMs, now + this.#longestMs);
    this.#owedMs = 0;
    if (this.#timer !== undefined) return;
    this.#stream.pause();
    this.#arm(this.#deadlineMs - now);
  }

  /** Reads on. */
  end(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#stream.resume();
  }

  /** Forgets the pause: the stream has ended, or is about to. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#owedMs = 0;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      const leftMs = this.#deadlineMs - this.#clock.now();
      if (leftMs >= shortestMs) this.#arm(leftMs);
      else this.end();
    });
  }
}
