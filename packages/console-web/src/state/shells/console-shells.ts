/** The shells that are open on the console, whether or not this page has a tab of them. Changed only by messages of the live socket. */

import type { ShellView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

const byId: Signal<ReadonlyMap<string, ShellView>> = signal(new Map());

export function consoleShells(): readonly ShellView[] {
  return [...byId.value.values()];
}

export function replaceConsoleShells(views: readonly ShellView[]): void {
  byId.value = new Map(views.map((view) => [view.id, view]));
}

export function putConsoleShell(view: ShellView): void {
  byId.value = new Map(byId.value).set(view.id, view);
}

export function dropConsoleShell(id: string): void {
  const rest = new Map(byId.value);
  if (rest.delete(id)) byId.value = rest;
}

/** Whether the console was restarted and waits for the node of the shell. */
export function isWaiting(id: string): boolean {
  return byId.value.get(id)?.isWaiting === true;
}

/** How many pages other than this one have the shell open; `isHere`: this page has it open too. */
export function otherViewersOf(id: string, { isHere }: { readonly isHere: boolean }): number {
  return Math.max(0, (byId.value.get(id)?.viewers ?? 0) - (isHere ? 1 : 0));
}
