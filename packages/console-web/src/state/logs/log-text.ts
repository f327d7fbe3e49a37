/** Lines as text, for the clipboard, for a file, and for one row. Pure. */

import type { LogLine } from '@convoy/console/protocol';
import { formatTime } from '../page/format.ts';
import type { LogEntry } from './log-entries.ts';
import { wordOf } from './filter/log-levels.ts';

/** More of a line than any screen is wide. */
const mostShown = 600;

function dateOf(at: number): string {
  const time = new Date(at);
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** Date and time: `2026-11-30 14:02:03.120`. */
export function formatDate(at: number): string {
  return `${dateOf(at)} ${formatTime(at)}`;
}

/** The time of a line in a row: that of another day has its date, but no milliseconds. */
export function formatStamp(at: number, now: number): string {
  const date = dateOf(at);
  if (date === dateOf(now)) return formatTime(at);
  return `${date.slice('2026-'.length)} ${formatTime(at).slice(0, 'hh:mm:ss'.length)}`;
}

/** Why something crashed, in reports of OTP and of Elixir, whose first lines may be no more than `crasher:`. */
const reason = /^\s*(?:\*\* \(|exception (?:error|exit|throw): |reason: )/;

/**
 * What a row shows of a line: the first line of its text that is not empty, with the reason that a crash report has further down, and how
 * many lines follow the first.
 */
export function rowText({ text }: LogLine): { readonly text: string; readonly more: number } {
  const [first = '', ...others] = text.split('\n').filter((line) => line.trim() !== '');
  const why = others.find((line) => reason.test(line))?.trim();
  const shown = why === undefined ? first : `${first.trimEnd()} ${why}`;
  return { text: shown.slice(0, mostShown), more: others.length };
}

/** Each line with its time, its level and, among those of several nodes, its node. */
export function linesAsText(
  entries: readonly LogEntry[],
  nameOf: (node: string) => string | undefined,
): string {
  return entries
    .map(({ node, line }) =>
      [formatDate(line.at), wordOf(line), nameOf(node), line.text]
        .filter((part) => part !== undefined)
        .join(' '),
    )
    .join('\n');
}
