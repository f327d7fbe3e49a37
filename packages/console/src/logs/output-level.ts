/**
 * The level of a line of output, where its text states it for certain: the header of a report of Erlang, and the formats of Elixir's Logger.
 * Lines that continue an event have none. Pure.
 */

import { type LogLevel, logLevels } from '../protocol/index.ts';

/** A level stands near the start of its line. */
const headLength = 300;
/** `=ERROR REPORT==== 1-Dec-2026::14:02:00 ===`, and the same without a time. */
const reportHeader = /^=([A-Z]+) REPORT====/;
/** `14:02:00.123 [error] text`, with a date before it, metadata before or after the level, or nothing but the level. */
const elixirLine =
  /^(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:\.\d{1,6})?Z? +)?(?:[a-z_]+=[^ ]* +){0,10}\[ *([a-z]+)\](?: |$)/;

/** What older releases call a level, and the reports of SASL. */
const otherNames: Readonly<Record<string, LogLevel>> = {
  warn: 'warning',
  crash: 'error',
  supervisor: 'error',
  progress: 'info',
};

const levels: ReadonlyMap<string, LogLevel> = new Map([
  ...logLevels.map((level) => [level, level] as const),
  ...Object.entries(otherNames),
]);

/** The level that a line states, or `undefined`. */
export function levelOfOutput(text: string): LogLevel | undefined {
  const [first = ''] = text;
  if (first !== '=' && first !== '[' && !/[\da-z]/.test(first)) return undefined;
  const head = text.slice(0, headLength);
  const name = reportHeader.exec(head)?.[1]?.toLowerCase() ?? elixirLine.exec(head)?.[1];
  return name === undefined ? undefined : levels.get(name);
}
