/** What the page says of a trace. Pure. */

import type { TraceEndView } from '@convoy/console/protocol';
import { formatCount } from '../page/format.ts';
import { formatNumber } from './inside-format.ts';

/** `43 µs`, `1.2 ms`, `3.4 s` */
export function formatDuration(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  const ms = microseconds / 1000;
  if (ms < 1000) return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** How a trace has ended, as sentences. */
export function endSentence({ message, calls, traced, dropped = 0 }: TraceEndView): string {
  if (traced === undefined) return message;
  const shown = `${formatCount(traced, 'call was', 'calls were')} traced`;
  const more = calls === undefined || calls <= traced ? '' : `, of ${formatNumber(calls)} on the node`;
  const lost =
    dropped === 0
      ? ''
      : ` ${formatCount(dropped, 'event was', 'events were')} left out, because the connection was full.`;
  return `${message} ${shown}${more}.${lost}`;
}
