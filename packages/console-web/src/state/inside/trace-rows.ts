/** The calls of a trace as rows: each with what has become of it, as far as that is known. Pure. */

import type { TraceEventView } from '@convoy/console/protocol';

type Ending = Exclude<TraceEventView, { kind: 'call' }>;

/** A call. */
export type TraceRow = Omit<Extract<TraceEventView, { kind: 'call' }>, 'kind'> & {
  readonly outcome?: Pick<Ending, 'kind' | 'value' | 'durationUs'>;
};

/** The rows with these events, in the order of the calls. A return of a call that is not there is left out. */
export function withEvents(
  rows: readonly TraceRow[],
  events: readonly TraceEventView[],
): readonly TraceRow[] {
  const next = [...rows];
  // Calls count from 1, and arrive in their order.
  const placeOf = (number: number): number => (next[number - 1]?.number === number ? number - 1 : -1);
  for (const { kind, ...event } of events) {
    if ('args' in event) next.push(event);
    else if (kind !== 'call') {
      const { value, durationUs } = event;
      const place = placeOf(event.number);
      const row = next[place];
      if (row !== undefined) next[place] = { ...row, outcome: { kind, value, durationUs } };
    }
  }
  return next;
}
