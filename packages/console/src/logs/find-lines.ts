/** Finds lines of a log: the last ones or the first ones that a filter lets through, and all of them in blocks for a file. */

import { type LogLevel, type LogLine, logLevels, type LogQuery, type LogSource } from '../protocol/index.ts';
import { isFrom, type LogBlock, type NodeHistory } from './node-history.ts';
import type { TextMatcher } from './text-matcher.ts';

/** Which lines are found. */
export interface LogFilter {
  readonly source: LogSource;
  readonly level?: LogLevel | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly matcher?: TextMatcher | undefined;
}

/** The filter of a query, without its expression. */
export function filterOf(query: Omit<LogQuery, 'lines' | 'match'>): Omit<LogFilter, 'matcher'> {
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  return {
    source: query.source ?? 'all',
    level: query.level,
    since: number(query.since),
    until: number(query.until),
    after: number(query.after),
    before: number(query.before),
  };
}

/** The last `count` lines that the filter lets through; the first ones with `after` and without `before`. */
export async function findLines(
  history: NodeHistory,
  filter: LogFilter,
  count: number,
): Promise<readonly LogLine[]> {
  const isForward = filter.after !== undefined && filter.before === undefined;
  const blocks = await blocksOf(history, filter);
  let found: LogLine[] = [];
  for (const block of isForward ? blocks : blocks.toReversed()) {
    if (found.length >= count) break;
    const lines = await passing(await block(), filter);
    found = isForward ? [...found, ...lines] : [...lines, ...found];
  }
  if (isForward) return found.slice(0, count);
  return count <= 0 ? [] : found.slice(-count);
}

/** All lines that the filter lets through, in blocks. */
export async function* allLines(
  history: NodeHistory,
  filter: LogFilter,
): AsyncGenerator<readonly LogLine[], void> {
  for (const block of await blocksOf(history, filter)) yield passing(await block(), filter);
}

function blocksOf(history: NodeHistory, { after = 0, before, since, until }: LogFilter): Promise<LogBlock[]> {
  return history.blocks({ fromSeq: after + 1, toSeq: (before ?? Infinity) - 1, since, until });
}

async function passing(lines: readonly LogLine[], filter: LogFilter): Promise<readonly LogLine[]> {
  const plain = lines.filter((line) => passes(line, filter));
  if (filter.matcher === undefined) return plain;
  const isMatch = await filter.matcher.matches(plain.map(({ text }) => text));
  return plain.filter((_, index) => isMatch[index] === true);
}

function passes(line: LogLine, { source, level, since, until, after, before }: LogFilter): boolean {
  if (!isFrom(line, source) || line.seq <= (after ?? 0) || line.seq >= (before ?? Infinity)) return false;
  if (line.at < (since ?? -Infinity) || line.at >= (until ?? Infinity)) return false;
  return level === undefined || (line.level !== undefined && severity(line.level) >= severity(level));
}

function severity(level: LogLevel): number {
  return logLevels.indexOf(level);
}
