/**
 * Lines of many logs in one order: by time, then by node, then by number. The order does not depend on the order of arrival, so
 * a line that arrives late moves none of the others. Pure.
 */

import type { LogLine } from '@convoy/console/protocol';

/** A line and the id of the node whose log it is in. */
export interface LogEntry {
  readonly node: string;
  readonly line: LogLine;
}

/** Negative if `a` comes before `b`, 0 only for the same line. */
export function compareEntries(a: LogEntry, b: LogEntry): number {
  return a.line.at - b.line.at || compareTexts(a.node, b.node) || a.line.seq - b.line.seq;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Names a line: unique among all nodes. */
export function entryKey({ node, line }: LogEntry): string {
  return `${line.seq} ${node}`;
}

/** The index of the first of the ordered entries that does not come before `entry`. */
export function indexOfEntry(entries: readonly LogEntry[], entry: LogEntry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = entries[middle];
    if (other !== undefined && compareEntries(other, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function includesEntry(entries: readonly LogEntry[], entry: LogEntry): boolean {
  const found = entries[indexOfEntry(entries, entry)];
  return found !== undefined && compareEntries(found, entry) === 0;
}

/** Puts entries, in whatever order, into ordered ones. A line that is there already is not added again. */
export function mergeEntries(ordered: readonly LogEntry[], fresh: readonly LogEntry[]): readonly LogEntry[] {
  const added = fresh.toSorted(compareEntries);
  const [first] = added;
  if (first === undefined) return ordered;
  // Nearly all new lines come after all old ones: only what follows the first new one is looked at.
  const from = indexOfEntry(ordered, first);
  return [...ordered.slice(0, from), ...interleave(ordered.slice(from), added)];
}

function interleave(left: readonly LogEntry[], right: readonly LogEntry[]): LogEntry[] {
  const merged: LogEntry[] = [];
  let at = 0;
  for (const entry of right) {
    let other = left[at];
    while (other !== undefined && compareEntries(other, entry) <= 0) {
      merged.push(other);
      at += 1;
      other = left[at];
    }
    const last = merged.at(-1);
    if (last === undefined || compareEntries(last, entry) !== 0) merged.push(entry);
  }
  return [...merged, ...left.slice(at)];
}

/** The entries that do not come before `first`. */
export function entriesFrom(entries: readonly LogEntry[], first: LogEntry | undefined): readonly LogEntry[] {
  return first === undefined ? entries : entries.slice(indexOfEntry(entries, first));
}

/** The first entry of each node. Looks no further than until it has `most` of them. */
export function firstOfNodes(entries: readonly LogEntry[], most: number): ReadonlyMap<string, LogEntry> {
  const first = new Map<string, LogEntry>();
  for (const entry of entries) {
    if (first.size >= most) break;
    if (!first.has(entry.node)) first.set(entry.node, entry);
  }
  return first;
}

/** Lines of the console, without those that have not what the page needs: it may be of another version. */
export function entriesOf(node: string, lines: readonly LogLine[]): readonly LogEntry[] {
  return lines.filter(isLine).map((line) => ({ node, line }));
}

function isLine(line: unknown): line is LogLine {
  if (typeof line !== 'object' || line === null) return false;
  const { seq, at, text }: { seq?: unknown; at?: unknown; text?: unknown } = line;
  return Number.isSafeInteger(seq) && Number.isFinite(at) && typeof text === 'string';
}
