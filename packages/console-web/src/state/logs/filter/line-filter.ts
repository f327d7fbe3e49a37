/**
 * Which lines of a log are shown: by level, and by a text or a regular expression. The same conditions are put to the console
 * when it searches stored lines. Pure.
 */

import type { LogLevel, LogLine, LogQuery, LogSource } from '@convoy/console/protocol';
import { isAtLeast } from './log-levels.ts';

export interface LogFilter {
  readonly text: string;
  readonly isRegex: boolean;
  /** The least severe level that is shown; '' for all lines. */
  readonly level: LogLevel | '';
}

export const noFilter: LogFilter = { text: '', isRegex: false, level: '' };

/** The longest regular expression that the console takes. */
const longestRegex = 200;
/** For the console it becomes a regular expression, with up to two characters for each, after `(?i)`. */
const longestText = 98;

export interface Regex {
  readonly source: string;
  readonly flags: string;
}

export interface Condition {
  /** Whether a line may be shown; takes little time. */
  readonly test: (line: LogLine) => boolean;
  /** What must be found in the text as well. It is tested elsewhere: it may take any time. */
  readonly regex: Regex | undefined;
  /** The same for the console. */
  readonly query: Pick<LogQuery, 'level' | 'match'>;
}

export type Compiled =
  | { readonly isValid: true; readonly condition: Condition }
  | { readonly isValid: false; readonly problem: string };

export const everyLine: Condition = { test: () => true, regex: undefined, query: {} };

/** Whether a filter leaves any line out. */
export function isFiltering({ text, isRegex, level }: LogFilter): boolean {
  return wantedText(text, isRegex) !== '' || level !== '';
}

/** Spaces around a text are of no account, in a regular expression they are part of it. */
function wantedText(text: string, isRegex: boolean): string {
  return isRegex ? text : text.trim();
}

export function compileFilter({ text, isRegex, level }: LogFilter): Compiled {
  const wanted = wantedText(text, isRegex);
  const hasLevel = (line: LogLine): boolean => level === '' || isAtLeast(line, level);
  const ofLevel = level === '' ? {} : { level };
  if (wanted === '') return valid({ test: hasLevel, regex: undefined, query: ofLevel });
  if (wanted.length > (isRegex ? longestRegex : longestText))
    return { isValid: false, problem: tooLong(isRegex, wanted.length) };
  if (isRegex) return withRegex(wanted, { test: hasLevel, query: ofLevel });
  const lower = wanted.toLowerCase();
  return valid({
    test: (line) => hasLevel(line) && line.text.toLowerCase().includes(lower),
    regex: undefined,
    query: { ...ofLevel, match: `(?i)${escapeRegex(wanted)}` },
  });
}

function withRegex(text: string, others: Omit<Condition, 'regex'>): Compiled {
  const regex = parseRegex(text);
  try {
    // Throws for one that is not valid.
    void new RegExp(regex.source, regex.flags);
  } catch (error) {
    return { isValid: false, problem: reasonOf(error) };
  }
  return valid({ ...others, regex, query: { ...others.query, match: text } });
}

/**
 * As the console does: `(?i)` at the start ignores case, which JavaScript itself does not know, and `^` and `$` match at the
 * start and end of each line of a text.
 */
function parseRegex(text: string): Regex {
  const ignoresCase = text.startsWith('(?i)');
  return { source: ignoresCase ? text.slice('(?i)'.length) : text, flags: ignoresCase ? 'im' : 'm' };
}

function valid(condition: Condition): Compiled {
  return { isValid: true, condition };
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function tooLong(isRegex: boolean, length: number): string {
  const [what, most] = isRegex ? ['A regular expression', longestRegex] : ['A filter', longestText];
  return `${what} may have at most ${most} characters; this one has ${length}.`;
}

/** Browsers put the expression before the reason: `Invalid regular expression: /(/: Unterminated group`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.split(': ').at(-1) ?? message;
  return `This is not a valid regular expression: ${reason}. To find the text itself, turn off .*`;
}

export const sourceNames: Readonly<Record<LogSource, string>> = {
  output: 'Output',
  logger: 'Logger',
  all: 'Output and logger',
};
