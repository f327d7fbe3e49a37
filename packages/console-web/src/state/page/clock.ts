/** The time as a signal, for everything that counts seconds. Ticks only while it is observed. */

import { type ReadonlySignal, signal } from '@preact/signals';

function ticking(intervalMs: number): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const now = signal(Date.now(), {
    watched() {
      now.value = Date.now();
      timer = setInterval(() => {
        now.value = Date.now();
      }, intervalMs);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return now;
}

/** For running steps: tenths of seconds. */
export const fastClock: ReadonlySignal<number> = ticking(100);
/** For uptimes and countdowns. */
export const slowClock: ReadonlySignal<number> = ticking(1000);
