/** Keeps asking an entry for its connections: at most twice a second, and until it fails twice in a row. */

import type { Clock } from '@convoy/node';
import type { Entry, EntryList } from './entry.ts';

export interface ListeningOptions {
  readonly clock: Clock;
  /** How long the entry waits for a change. */
  readonly waitMs: number;
  readonly maxNames: number;
  readonly signal: AbortSignal;
  /** Whether to go on. */
  readonly isWanted: () => boolean;
  readonly onList: (list: EntryList) => void;
  /** Called after each answer but the first. */
  readonly onSettled: () => void;
  /** Called after the last failure. `isWanted` must be false then. */
  readonly onGiveUp: (error: unknown) => void;
}

const failuresAllowed = 2;
/** Shortest time from one question to the next, while nodes come and go all the time. */
const shortestPauseMs = 500;

/** Resolves when it is no longer wanted. */
export async function keepListening(entry: Entry, options: ListeningOptions): Promise<void> {
  const { clock, waitMs, maxNames, signal, isWanted } = options;
  let hash = -1;
  let [answers, failures] = [0, 0];
  while (isWanted()) {
    const startedAt = clock.now();
    try {
      const list = await entry.listen(hash, { waitMs, maxNames, signal });
      [answers, failures] = [answers + 1, 0];
      hash = list?.hash ?? hash;
      if (list !== undefined && isWanted()) options.onList(list);
      if (answers > 1 && isWanted()) options.onSettled();
    } catch (error) {
      failures += 1;
      if (failures >= failuresAllowed && isWanted()) options.onGiveUp(error);
    }
    await pauseUntil(startedAt + shortestPauseMs, clock);
  }
}

function pauseUntil(time: number, clock: Clock): Promise<void> {
  const waitMs = time - clock.now();
  if (waitMs <= 0) return Promise.resolve();
  return new Promise((resolve) => clock.after(waitMs, resolve));
}
