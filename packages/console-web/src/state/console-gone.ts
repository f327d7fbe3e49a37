/** Whether the console has not answered for so long that it may be gone for good, and since when. */

import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';
import { slowClock } from './page/clock.ts';

const longMs = 30_000;

/** When the page lost the console; `undefined` while they are connected. */
const lostAt: Signal<number | undefined> = signal(undefined);

/** `undefined` while the console answers, or has been away for a moment only. */
export const consoleGoneSince: ReadonlySignal<number | undefined> = computed(() => {
  const since = lostAt.value;
  return since !== undefined && slowClock.value - since >= longMs ? since : undefined;
});

export function noteConsoleLost(): void {
  lostAt.value ??= Date.now();
}

export function noteConsoleBack(): void {
  lostAt.value = undefined;
}
