/** What the page says of Mnesia. Pure. */

import { formatCount } from '../../page/format.ts';
import type { MnesiaOverview } from './part-questions.ts';

type MnesiaTable = MnesiaOverview['tables'][number];

const storages: Readonly<Record<NonNullable<MnesiaTable['storage']>, string>> = {
  ram: 'memory',
  disc: 'memory and disc',
  'disc-only': 'disc only',
  external: 'a backend of its own',
};

/** Where the node keeps its copy: `memory and disc`; `not here` if it has none. */
export function storageText({ storage }: MnesiaTable): string {
  return storage === undefined ? 'not here' : storages[storage];
}

/** How many nodes have a copy, and of which kinds: `2 in memory, 1 on disc`. */
export function copiesText({ copies, isLocalContent }: MnesiaTable): string {
  if (isLocalContent) return 'each node its own rows';
  const kinds: readonly (readonly [readonly string[], string])[] = [
    [copies.ram, 'in memory'],
    [copies.disc, 'in memory and on disc'],
    [copies.discOnly, 'on disc only'],
  ];
  const parts = kinds
    .filter(([nodes]) => nodes.length > 0)
    .map(([nodes, where]) => `${nodes.length} ${where}`);
  return parts.join(', ') || 'none';
}

/** The nodes with a copy, for a tool tip. */
export function copyNodes({ copies }: MnesiaTable): string {
  return [...copies.ram, ...copies.disc, ...copies.discOnly].join(', ');
}

/** The nodes of Mnesia that do not run, which is what an on-call engineer looks for. */
export function missingNodes({ nodes, runningNodes }: MnesiaOverview): readonly string[] {
  const running = new Set(runningNodes);
  return nodes.filter((node) => !running.has(node));
}

/** `runs`, `starts`, `stops`, or what the node says otherwise. */
export function statusText({ status }: MnesiaOverview): string {
  const known: Readonly<Record<string, string>> = {
    yes: 'runs',
    no: 'does not run',
    starting: 'starts',
    stopping: 'stops',
  };
  return known[status] ?? status;
}

/** `3 of 12 tables` */
export function mnesiaSummary({ total, tables }: MnesiaOverview): string {
  return tables.length < total
    ? `${tables.length} of ${formatCount(total, 'table')}`
    : formatCount(total, 'table');
}
