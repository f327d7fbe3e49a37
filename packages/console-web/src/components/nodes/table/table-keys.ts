/** Keys of the table of nodes. They concern the row with the focus, or the selected nodes if there are some. */

import type { NodeView } from '@convoy/console/protocol';
import { relaunch, showLogs } from '../../../state/actions.ts';
import { openShells, relaunchNodes } from '../../../state/bulk.ts';
import { planFor } from '../../../state/nodes/bulk-plan.ts';
import { goTo } from '../../../router.ts';
import {
  canLookInside,
  canOpenShell,
  findNode,
  hasLog,
  insideRoute,
  isBroken,
} from '../../../state/nodes/nodes.ts';
import {
  clearSelection,
  selectAll,
  selection,
  selectTo,
  toggleSelected,
} from '../../../state/nodes/selection.ts';
import { openDialog } from '../../../state/page/dialogs.ts';
import { askToDelete } from './bulk-bar.tsx';

function rows(): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.node-table .node-card')];
}

/** The row with the focus. */
function focusedRow(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>('.node-table .node-card') ?? undefined;
}

function focusRow(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('.disclosure')?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** Moves the focus by rows. From elsewhere it goes to the first one, upwards to the last. */
function move(by: 1 | -1): boolean {
  const all = rows();
  const current = focusedRow();
  if (current === undefined) focusRow(by === 1 ? all[0] : all.at(-1));
  else focusRow(all[all.indexOf(current) + by]);
  return all.length > 0;
}

function idOf(row: HTMLElement | undefined): string | undefined {
  return row?.dataset['node'];
}

function shownIds(): readonly string[] {
  return rows().flatMap((row) => idOf(row) ?? []);
}

/** The selected nodes that are shown; without any, the node of the row with the focus. */
function concerned(): readonly NodeView[] {
  const chosen = shownIds().filter((id) => selection.value.has(id));
  const ids = chosen.length > 0 ? chosen : [idOf(focusedRow()) ?? ''];
  return ids.flatMap((id) => findNode(id) ?? []).filter(({ owner }) => owner === undefined);
}

function select({ shiftKey }: KeyboardEvent): boolean {
  const id = idOf(focusedRow());
  if (id === undefined) return false;
  if (shiftKey) selectTo(shownIds(), id);
  else toggleSelected(id);
  return true;
}

function openDetails(): boolean {
  const button = focusedRow()?.querySelector<HTMLElement>('.disclosure');
  button?.click();
  return button !== undefined && button !== null;
}

function openInside(): boolean {
  const node = findNode(idOf(focusedRow()) ?? '');
  if (node === undefined || !canLookInside(node)) return false;
  goTo(insideRoute(node));
  return true;
}

function launchAgain(): boolean {
  const nodes = concerned();
  const [only, ...others] = nodes;
  if (only === undefined) return false;
  // That of a single node asks for what the console does not know any more.
  if (others.length === 0 && isBroken(only)) void relaunch(only);
  else void relaunchNodes(planFor(nodes).relaunches);
  return true;
}

function openLogs(): boolean {
  const node = findNode(idOf(focusedRow()) ?? '');
  if (node === undefined || !hasLog(node)) return false;
  showLogs(node.id);
  return true;
}

function deleteNodes(): boolean {
  const nodes = concerned();
  if (nodes.length === 0) return false;
  askToDelete(nodes);
  return true;
}

function openShellsOnNodes(): boolean {
  const nodes = concerned().filter(canOpenShell);
  openShells(nodes);
  return nodes.length > 0;
}

function launchHere(): boolean {
  const node = findNode(idOf(focusedRow()) ?? '');
  if (node === undefined) return false;
  openDialog.value = { kind: 'launch', place: node.place.kind === 'elsewhere' ? undefined : node.place.key };
  return true;
}

const keys: Readonly<Record<string, (event: KeyboardEvent) => boolean>> = {
  j: () => move(1),
  k: () => move(-1),
  x: select,
  o: openDetails,
  i: openInside,
  s: openShellsOnNodes,
  l: openLogs,
  r: launchAgain,
  c: launchHere,
  delete: deleteNodes,
};

/** Takes a key that was pressed outside a text field. Returns whether it means something here. */
export function takeTableKey(event: KeyboardEvent): boolean {
  // In the dock, keys concern shells.
  if (document.querySelector('.dock :focus') !== null) return false;
  const key = event.key.toLowerCase();
  if (key === 'a' && event.shiftKey) {
    selectAll(shownIds());
    return true;
  }
  if (key === 'escape' && selection.value.size > 0) {
    clearSelection();
    return true;
  }
  return keys[key]?.(event) ?? false;
}
