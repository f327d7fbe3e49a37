/** Which modules are shown, and what the page says of code. */

import { signal, type Signal } from '@preact/signals';
import { formatCount } from '../../page/format.ts';
import { formatNumber } from '../inside-format.ts';
import type { CodeComparison, ModuleDetails, ModuleList } from './part-questions.ts';

export type ModuleKind = 'loaded' | 'compared';

export const moduleKinds: readonly (readonly [ModuleKind, string])[] = [
  ['loaded', 'Loaded here'],
  ['compared', 'Compare nodes'],
];

export const moduleView: Signal<{
  readonly kind: ModuleKind;
  readonly filter: string;
  readonly limit: number;
  readonly isOldOnly: boolean;
}> = signal({ kind: 'loaded', filter: '', limit: 200, isOldOnly: false });

export function showModules(change: Partial<typeof moduleView.value>): void {
  moduleView.value = { ...moduleView.value, ...change };
}

/** `200 of 612 modules; 2 have old code`. */
export function moduleSummary({ total, matching, withOldCode, rows }: ModuleList): string {
  const match = matching === total ? 'modules' : 'modules that match';
  const of = matching === total ? '' : `, of ${formatNumber(total)}`;
  const old = withOldCode === 1 ? '1 has old code' : `${formatNumber(withOldCode)} have old code`;
  return `${formatNumber(rows.length)} of ${formatNumber(matching)} ${match}${of}; ${old}`;
}

/** The version that the compiler gave it, else the beginning of its sum. */
export function versionOf({ vsn, md5 }: ModuleList['rows'][number]): string {
  return vsn === undefined ? shortSum(md5 ?? '') : vsnText(vsn);
}

/** The attribute `vsn` is a list, almost always of one. */
export function vsnText(vsn: string): string {
  return /^\[([^,[\]]*)\]$/.exec(vsn)?.[1] ?? vsn;
}

/** Enough of a sum to tell it from others. */
export function shortSum(md5: string): string {
  return md5.slice(0, 8);
}

/** How many nodes were compared, and what was found. */
export function comparisonSummary({ total, nodes, differing, modules, problems }: CodeComparison): string {
  const failed = Object.keys(problems).length;
  const asked = nodes.length + failed;
  const compared = `${formatCount(nodes.length, 'node')} compared`;
  const more = total > asked ? `, the first of ${formatNumber(total)}` : '';
  const found =
    nodes.length < 2
      ? 'there is no other to compare with'
      : differing === 0
        ? 'they run the same code'
        : formatCount(differing, 'module differs', 'modules differ');
  const shown = modules.length < differing ? `, the first ${formatNumber(modules.length)} are shown` : '';
  return `${compared}${more}: ${found}${shown}`;
}

/** How many processes run old code, and how many of them were asked. */
export function oldCodeText({
  total,
  asked,
  unknown,
  count,
}: NonNullable<ModuleDetails['oldCodeUse']>): string {
  const run = formatCount(count, 'process runs', 'processes run');
  const of = asked < total ? `${formatNumber(asked)} of ${formatNumber(total)}` : formatNumber(total);
  const busy = unknown === 0 ? '' : `; ${formatCount(unknown, 'was', 'were')} too busy to tell`;
  return `${run} its old code, of ${of} that were asked${busy}.`;
}
