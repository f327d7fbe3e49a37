/** A line of a log as a terminal shows it. Pure. */

import type { LogLevel, LogLine } from '@convoy/console/protocol';

/** Colours by level; the others have none. */
const colours: Readonly<Partial<Record<LogLevel, string>>> = {
  debug: '2',
  notice: '36',
  warning: '33',
  error: '31',
  critical: '1;31',
  alert: '1;31',
  emergency: '1;31',
};

/** How lines are shown. */
export interface LogTextOptions {
  /** Whether each line begins with its node. */
  readonly isSeveral: boolean;
  readonly hasColours: boolean;
}

/**
 * Output as it was printed; an event of a logger with its time and level, and the further lines of its text indented. With several nodes each line of
 * the terminal begins with the node.
 */
export function logText(node: string, line: LogLine, { isSeveral, hasColours }: LogTextOptions): string {
  const { stream, text, level } = line;
  const plain = stream === 'logger' ? eventText(line) : text;
  const colour = hasColours && level !== undefined ? colours[level] : undefined;
  const rows = plain
    .split('\n')
    .map((row) => (colour === undefined ? row : `\u001b[${colour}m${row}\u001b[0m`));
  return isSeveral ? rows.map((row) => `${node} | ${row}`).join('\n') : rows.join('\n');
}

function eventText({ at, level, text, dropped }: LogLine): string {
  const label = level ?? (dropped === undefined ? 'logger' : 'dropped');
  return `${clockTime(at)} [${label}] ${text.replaceAll('\n', '\n    ')}`;
}

/** `14:02:00.123`, in the time zone of the terminal. */
function clockTime(at: number): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return '-';
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${millis}`;
}
