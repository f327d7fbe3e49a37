/** Formats what panels show: large numbers, shares, rates, ages, costs. Pure. */

import type { InspectCostView } from '@convoy/console/protocol';
import { formatBytes } from '../page/format.ts';

const numbers = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `100,000`; `1,234.5` is rounded. */
export function formatNumber(value: number): string {
  return numbers.format(Math.round(value));
}

/** `1,234`, `12.4K`, `3.1M`: for places without room. */
export function formatShort(value: number): string {
  return Math.abs(value) < 10_000 ? formatNumber(value) : short.format(value);
}

/** A share from 0 to 1 as `42 %`; below ten with a decimal, and never 0 if there is something. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return percent < 10 ? `${Number(percent.toFixed(1))} %` : `${Math.round(percent)} %`;
}

export function formatByteRate(perSecond: number): string {
  return `${formatBytes(perSecond)}/s`;
}

/** Milliseconds of work: `0.3 ms`, `12 ms`, `1.2 s`. */
export function formatWork(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${Math.round(ms)} ms`;
}

/** How old an answer is: `now`, `12 s ago`, `3 m ago`, `2 h ago`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} m ago` : `${Math.floor(minutes / 60)} h ago`;
}

/**
 * What a question costs its node: `This list took 0.4 % of one scheduler`, or for one that was asked once `This list took 38 ms of
 * one scheduler`; `undefined` if the node did not say.
 */
export function formatCost(
  { busyMs }: InspectCostView,
  { what, periodMs }: { readonly what: string; readonly periodMs: number | undefined },
): string | undefined {
  if (busyMs === undefined) return undefined;
  const part = periodMs === undefined ? formatWork(busyMs) : formatShare(busyMs / (periodMs + busyMs));
  return `${what} took ${part} of one scheduler`;
}

/** The same with everything that is known, for a tool tip. */
export function costDetails(
  cost: InspectCostView,
  { periodMs }: { readonly periodMs: number | undefined },
): string {
  const { questions, reductions, elapsedMs, busyMs } = cost;
  return [
    questions === 1 ? '1 remote call' : `${questions} remote calls`,
    reductions === undefined ? '' : `${formatNumber(reductions)} reductions`,
    elapsedMs === undefined ? '' : `${formatWork(elapsedMs)} from start to end`,
    busyMs === undefined ? '' : `${formatWork(busyMs)} without rests`,
    periodMs === undefined ? '' : `asked every ${formatWork(periodMs)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
