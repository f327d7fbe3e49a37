/** Which names of a node are shown, and what the page says of them. */

import { signal, type Signal } from '@preact/signals';
import { formatNumber } from '../inside-format.ts';
import type { GroupScopes } from './part-questions.ts';

export type NameKind = 'registered' | 'global' | 'groups';

export const nameKinds: readonly (readonly [NameKind, string])[] = [
  ['registered', 'Registered'],
  ['global', 'Global'],
  ['groups', 'Groups of pg'],
];

export const nameView: Signal<{
  readonly kind: NameKind;
  readonly filter: string;
  readonly limit: number;
}> = signal({ kind: 'registered', filter: '', limit: 200 });

export function showNames(change: Partial<typeof nameView.value>): void {
  nameView.value = { ...nameView.value, ...change };
}

/** `200 of 1,204 names`; with a filter `3 names that match, of 1,204`. */
export function countText(
  { shown, matching, total }: { readonly shown: number; readonly matching: number; readonly total: number },
  { what, filter }: { readonly what: string; readonly filter: string },
): string {
  if (filter === '') return `${formatNumber(shown)} of ${formatNumber(total)} ${what}`;
  return `${formatNumber(shown)} of ${formatNumber(matching)} ${what} that match, of ${formatNumber(total)}`;
}

/** On how many nodes a group has its members, as far as they are listed: `5 members on 2 nodes`. */
export function membersText({ count, members }: GroupScopes[number]['groups'][number]): string {
  const nodes = new Set(members.map(({ node }) => node)).size;
  const of = count === 1 ? '1 member' : `${formatNumber(count)} members`;
  if (members.length < count) return `${of}, the first ${members.length}`;
  return nodes > 1 ? `${of} on ${nodes} nodes` : of;
}
