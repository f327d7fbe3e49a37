/** The samples of the last hour as lines of charts. Pure. */

import type { HistorySample } from '@convoy/console/protocol';

export type SampleKey = Exclude<keyof HistorySample, 'at'>;

/** Times in seconds since 1970, then the values of each line; `null` where the line is broken. */
export type ChartData = [xs: number[], ...lines: (number | null)[][]];

/** After so long without a value the line is broken. */
const gapMs = 60_000;
const leastSpanMs = 5 * 60_000;
const hourMs = 60 * 60_000;

/** The values under `keys`. Samples without any of them are left out: they are of times when only others were asked for. */
export function chartData(samples: readonly HistorySample[], keys: readonly SampleKey[]): ChartData {
  const xs: number[] = [];
  const lines: (number | null)[][] = keys.map(() => []);
  const add = (at: number, values: readonly (number | null)[]): void => {
    xs.push(at / 1000);
    for (const [index, value] of values.entries()) lines[index]?.push(value);
  };
  let before: number | undefined;
  for (const sample of samples) {
    const values = keys.map((key) => sample[key] ?? null);
    if (values.every((value) => value === null)) continue;
    if (before !== undefined && sample.at - before > gapMs)
      add(
        before + 1,
        keys.map(() => null),
      );
    add(sample.at, values);
    before = sample.at;
  }
  return [xs, ...lines];
}

/** The times that a chart shows, in seconds: up to an hour, and never so little that a moment looks like a trend. */
export function shownTimes(samples: readonly HistorySample[], now: number): readonly [number, number] {
  const first = samples[0]?.at ?? now;
  const start = Math.min(now - leastSpanMs, Math.max(first, now - hourMs));
  return [start / 1000, now / 1000];
}

/** The last known value of a key. */
export function lastValue(samples: readonly HistorySample[], key: SampleKey): number | undefined {
  return samples.findLast((sample) => sample[key] !== undefined)?.[key];
}

/** The range of an axis. A change of a few per cent must not look like a cliff; `fromZero` starts at zero. */
export function shownRange(
  [least, most]: readonly [number, number],
  fromZero: boolean,
): readonly [number, number] {
  if (fromZero) return [0, Math.max(most * 1.15, 1e-3)];
  const middle = (least + most) / 2;
  const half = Math.max((most - least) * 0.6, most * 0.05, 1);
  return [Math.max(0, middle - half), middle + half];
}
