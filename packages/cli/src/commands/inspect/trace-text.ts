/** A trace as the command prints it for people. Pure. */

import type { TraceEndView, TraceEventView } from '@convoy/console/protocol';
import { countText } from '../../terminal/units.ts';

/** `12:04:05.123456 <0.85.0>  #1  add({cart,"Anna"}, 3)`; a return has the number of its call. */
export function eventText(event: TraceEventView, name: string): string {
  const { number, pid, at, arity } = event;
  const start = `${timeText(at)}  ${pid}  #${number}`;
  if (event.kind === 'call') return `${start}  ${name}(${event.args})`;
  const what = event.kind === 'return' ? 'returned' : 'raised';
  return `${start}  ${name}/${arity} ${what} ${event.value} after ${microsecondsText(event.durationUs)}`;
}

/** `The time of the trace is over. 12 calls; the function was called 4,312 times meanwhile.` */
export function endText({ message, calls, traced, dropped = 0 }: TraceEndView): string {
  if (traced === undefined) return message;
  const shown = `${countText(traced)} ${traced === 1 ? 'call was' : 'calls were'} traced`;
  const more = calls === undefined || calls <= traced ? '' : ` of ${countText(calls)} on the node`;
  const lost =
    dropped === 0 ? '' : `; ${countText(dropped)} events were left out, because the connection was full`;
  return `${message} ${shown}${more}${lost}.`;
}

/** `43 us`, `1.2 ms`, `3.4 s` */
export function microsecondsText(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} us`;
  const ms = microseconds / 1000;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** The time of this computer's zone, to the microsecond. */
function timeText(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const fraction = String(Math.min(999_999, Math.round((at % 1000) * 1000))).padStart(6, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${fraction}`;
}
