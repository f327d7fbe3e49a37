/** The levels of OTP's logger, and how the page groups them. Pure. */

import type { LogLevel, LogLine } from '@convoy/console/protocol';

/** From the most to the least severe, as they are offered. */
export const levelNames: Readonly<Record<LogLevel, string>> = {
  emergency: 'Emergency',
  alert: 'Alert',
  critical: 'Critical',
  error: 'Error',
  warning: 'Warning',
  notice: 'Notice',
  info: 'Info',
  debug: 'Debug',
};

export const levelsBySeverity: readonly LogLevel[] = Object.keys(levelNames) as LogLevel[];

/** What a line is drawn as: by its level, or by the stream it was printed to. */
export type LineTone = 'bad' | 'warn' | 'info' | 'quiet' | 'out' | 'err';

const tones: Readonly<Record<LogLevel, LineTone>> = {
  emergency: 'bad',
  alert: 'bad',
  critical: 'bad',
  error: 'bad',
  warning: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'quiet',
};

export function isLevel(value: unknown): value is LogLevel {
  return typeof value === 'string' && Object.hasOwn(tones, value);
}

export function toneOf({ level, stream }: LogLine): LineTone {
  if (isLevel(level)) return tones[level];
  return stream === 'stderr' ? 'err' : 'out';
}

/** The word beside the mark: the level, or the stream. */
export function wordOf({ level, stream }: LogLine): string {
  if (isLevel(level)) return level;
  return stream === 'stderr' ? 'stderr' : stream === 'stdout' ? 'stdout' : 'logger';
}

/** Whether a line has the level or a more severe one. A line without a level has not. */
export function isAtLeast({ level }: LogLine, least: LogLevel): boolean {
  return isLevel(level) && levelsBySeverity.indexOf(level) <= levelsBySeverity.indexOf(least);
}
