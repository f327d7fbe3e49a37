/** How lists of processes are shown: order, number, filter. The order and the number stay in this browser. */

import type { ProcessSortView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

/** From so many processes on, a list is made only when the user wants it. */
export const onDemandFrom = 20_000;

interface ProcessView {
  readonly sort: ProcessSortView;
  readonly limit: number;
  readonly filter: string;
}

/** The orders, with the words of the page. */
export const sorts: readonly (readonly [ProcessSortView, string])[] = [
  ['reductions', 'Busiest'],
  ['memory', 'Most memory'],
  ['queue', 'Longest queue'],
];

export const processView: Signal<ProcessView> = signal({ sort: 'reductions', limit: 50, filter: '' });

export function showProcesses(change: Partial<ProcessView>): void {
  processView.value = { ...processView.value, ...change };
}
