/** The times between which `convoy logs` prints lines, as they are typed. Pure. */

import { CliError } from '../../errors.ts';

/** Times in milliseconds since 1970. */
export interface LogTimes {
  /** From this time on. */
  readonly since?: number | undefined;
  /** Before this time. */
  readonly until?: number | undefined;
}

/** Reads `--since` and `--until`. Throws CLI_BAD_OPTION. */
export function logTimesOf(
  flags: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: number,
): LogTimes {
  const since =
    flags.since === undefined
      ? undefined
      : (clockOf(flags.since, { before: now }) ?? timeOf(flags.since, { flag: '--since', now }));
  const until =
    flags.until === undefined
      ? undefined
      : (clockOf(flags.until, since === undefined ? { before: now } : { after: since }) ??
        timeOf(flags.until, { flag: '--until', now }));
  if (since !== undefined && until !== undefined && until <= since)
    throw new CliError('CLI_BAD_OPTION', `--until ${flags.until} is not after --since ${flags.since}`, {
      remedy: 'Write the earlier time after --since.',
    });
  return { since, until };
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time such as `2026-12-01T10:00:00Z`, or one that is so long ago: `90s`, `10m`, `2h`, `1d`. */
function timeOf(text: string, { flag, now }: { readonly flag: string; readonly now: number }): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (time >= 0) return time;
  throw new CliError('CLI_BAD_OPTION', `${flag} ${text} is not a time`, {
    remedy:
      'Write a time of the clock, as 14:02, how long ago, as 90s, 10m, 2h or 1d, or a time, as 2026-12-01T10:00:00Z.',
  });
}

/** `14:02` and `14:02:30` in the time zone of this computer: the last one that is not after a time, or the first one after it. */
function clockOf(
  text: string,
  { before, after }: { readonly before?: number; readonly after?: number },
): number | undefined {
  const [, hours, minutes, seconds = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const date = new Date(before ?? after ?? 0);
  date.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  if (before !== undefined && date.getTime() > before) date.setDate(date.getDate() - 1);
  if (after !== undefined && date.getTime() <= after) date.setDate(date.getDate() + 1);
  return date.getTime();
}
