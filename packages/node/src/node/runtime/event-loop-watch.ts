/**
 * Notices that the event loop was blocked for so long that other nodes may take this one for dead: it answers nothing meanwhile, and sends no
 * ticks. It can only be said afterwards, so what is said is the time that was lost.
 */

import type { Clock, Timer } from '../../clock.ts';

/** A peer that hears nothing for a whole tick time disconnects; a tick is due each quarter of it. */
const quarters = 4;
/** Looks per quarter: a block is measured with an error of a tenth of that. */
const looksPerQuarter = 10;

export interface EventLoopWatchOptions {
  readonly clock: Clock;
  readonly netTickTimeMs: number;
  /** Called after a block longer than a quarter of the tick time, with how long it was at least. */
  readonly onBlocked: (blockedMs: number) => void;
}

/** Starts to watch. Returns a function that stops it. */
export function watchEventLoop({ clock, netTickTimeMs, onBlocked }: EventLoopWatchOptions): () => void {
  const quarterMs = netTickTimeMs / quarters;
  const periodMs = quarterMs / looksPerQuarter;
  let dueAt = clock.now() + periodMs;
  let timer: Timer = clock.after(periodMs, look);
  function look(): void {
    const now = clock.now();
    const blockedMs = now - dueAt;
    dueAt = now + periodMs;
    timer = clock.after(periodMs, look);
    if (blockedMs > quarterMs) onBlocked(blockedMs);
  }
  return () => timer.cancel();
}
