/** Numbers with their units, as a table for people shows them. Pure. */

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `512 B`, `1.4 MB`; empty for a number that is not known. A kilobyte has 1024 bytes. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < byteUnits.length - 1) [value, unit] = [value / 1024, unit + 1];
  const digits = unit > 0 && value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${byteUnits[unit]}`;
}

/** `1,048,576`; empty for a number that is not known. */
export function countText(count: number | undefined): string {
  return count === undefined ? '' : count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `12 %`, `0.4 %` */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent.toFixed(percent > 0 && percent < 10 ? 1 : 0)} %`;
}

/** `3 d 4 h`, `12 min 5 s`, `45 s` */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** `12 of 65,536`; the count alone where there is no limit, empty where there is no count. */
export function usageText({
  count,
  limit,
}: {
  readonly count?: number | undefined;
  readonly limit?: number | undefined;
}): string {
  return limit === undefined ? countText(count) : `${countText(count)} of ${countText(limit)}`;
}
