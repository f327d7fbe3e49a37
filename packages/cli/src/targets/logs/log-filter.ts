/** Which lines `convoy logs` prints: what the console is asked for, and the same for lines that come by the live socket. */

import {
  type LogLevel,
  type LogLine,
  logLevels,
  type LogQuery,
  type LogSource,
} from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import { ifGiven, oneOf } from '../../options/config.ts';
import { logTimesOf } from './log-times.ts';

/** The flags that filter. */
export interface LogFilterFlags {
  readonly source?: string;
  readonly level?: string;
  readonly match?: string;
  readonly since?: string;
  readonly until?: string;
}

/** The lines to print. */
export interface LogFilter {
  /** `undefined`: the output of launched nodes, and the logger of the others. */
  readonly source: LogSource | undefined;
  /** What the console filters by. */
  readonly query: Pick<LogQuery, 'level' | 'match' | 'since' | 'until'>;
  /** Whether a line is printed. */
  passes(line: LogLine): boolean;
}

/** Reads the flags. Throws CLI_BAD_OPTION. */
export function logFilterOf(flags: LogFilterFlags, now: number): LogFilter {
  const source = ifGiven(flags.source, (text) => oneOf(text, ['output', 'logger', 'all'], '--source'));
  const level = ifGiven(flags.level, (text) => oneOf(text, logLevels, '--level'));
  const expression = ifGiven(flags.match, expressionOf);
  const { since, until } = logTimesOf(flags, now);
  return {
    source,
    query: { level, match: flags.match, since: ifGiven(since, String), until: ifGiven(until, String) },
    // What was dropped might have been among them.
    passes: (line) =>
      line.dropped !== undefined ||
      ((level === undefined || isAsSevere(line, level)) &&
        (expression === undefined || expression.test(line.text)) &&
        (since === undefined || line.at >= since)),
  };
}

function isAsSevere({ level }: LogLine, least: LogLevel): boolean {
  return level !== undefined && logLevels.indexOf(level) >= logLevels.indexOf(least);
}

/** As the console reads it: `(?i)` at the start ignores case. */
function expressionOf(text: string): RegExp {
  const ignoresCase = text.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? text.slice('(?i)'.length) : text, ignoresCase ? 'im' : 'm');
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `--match ${text} is not a regular expression`, {
      remedy: String.raw`Put \ before a character that is meant literally, for example \( or \[.`,
      cause,
    });
  }
}
