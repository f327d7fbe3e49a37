/** The nodes that are selected in the table, for bulk actions. */

import { signal, type Signal } from '@preact/signals';

/** Ids of the selected nodes. */
export const selection: Signal<ReadonlySet<string>> = signal(new Set());

/** Where a range starts: the node that was selected or deselected last. */
let anchor: string | undefined;

/** The set with the id, or without it if it has it. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The ids from one to another in the order in which they are shown, whichever comes first; only `to` if `from` is not shown. */
export function rangeOf(shown: readonly string[], from: string | undefined, to: string): readonly string[] {
  const end = shown.indexOf(to);
  const start = from === undefined ? -1 : shown.indexOf(from);
  if (start < 0 || end < 0) return [to];
  return shown.slice(Math.min(start, end), Math.max(start, end) + 1);
}

export function toggleSelected(id: string): void {
  anchor = id;
  selection.value = toggled(selection.value, id);
}

/** Selects all from the node that was selected last to this one. */
export function selectTo(shown: readonly string[], id: string): void {
  selection.value = new Set([...selection.value, ...rangeOf(shown, anchor, id)]);
  anchor = id;
}

export function selectAll(ids: readonly string[]): void {
  selection.value = new Set(ids);
}

export function clearSelection(): void {
  anchor = undefined;
  if (selection.value.size > 0) selection.value = new Set();
}
