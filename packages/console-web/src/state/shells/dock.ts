/** The dock at the bottom: which shells are shown side by side, its height, and whether it is folded or maximised. */

import { signal, type Signal } from '@preact/signals';
import { changeTab, shellTabs } from './shell-tabs.ts';
import { prefer, preferences } from '../page/preferences.ts';

export type DockSize = 'folded' | 'open' | 'maximised';

export const dockSize: Signal<DockSize> = signal('folded');
/** Keys of the visible tabs, left to right. */
export const dockPanes: Signal<readonly string[]> = signal([]);
export const focusedTab: Signal<string | undefined> = signal(undefined);
/** Incremented to move the keyboard focus into the focused terminal. */
export const focusRequests: Signal<number> = signal(0);

/** The tab whose terminal is searched. */
export const searchedTab: Signal<string | undefined> = signal(undefined);

export const leastDockHeight = 140;
const mostPanes = 3;

export function requestTerminalFocus(): void {
  focusRequests.value += 1;
}

/** Shows a tab: where it already is, otherwise in place of the focused one. */
export function showTab(key: string): void {
  const panes = dockPanes.value;
  if (!panes.includes(key)) {
    const current = panes.indexOf(focusedTab.value ?? '');
    dockPanes.value =
      panes.length === 0 ? [key] : panes.map((pane, index) => (index === Math.max(0, current) ? key : pane));
  }
  focusedTab.value = key;
  changeTab(key, { unseen: false });
  if (dockSize.value === 'folded') dockSize.value = 'open';
  requestTerminalFocus();
}

/** Shows a tab beside the visible ones, in the order of the tabs. */
export function splitTab(key: string): void {
  const order = shellTabs.value.map((tab) => tab.key);
  if (!dockPanes.value.includes(key))
    dockPanes.value = [...dockPanes.value, key]
      .slice(-mostPanes)
      .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  showTab(key);
}

/** The key of the next tab to show beside the others, if there is one and room for it. */
export function nextToSplit(): string | undefined {
  if (dockPanes.value.length >= mostPanes) return undefined;
  return shellTabs.value.find((tab) => !dockPanes.value.includes(tab.key))?.key;
}

export function joinPanes(): void {
  if (focusedTab.value !== undefined) dockPanes.value = [focusedTab.value];
  requestTerminalFocus();
}

/** Opens the search of a tab's terminal. */
export function searchTab(key: string): void {
  if (!dockPanes.value.includes(key) || dockSize.value === 'folded') showTab(key);
  searchedTab.value = key;
}

/** Removes a tab from the dock and shows another one in its place. */
export function leaveDock(key: string): void {
  if (searchedTab.value === key) searchedTab.value = undefined;
  const all = shellTabs.value.map((tab) => tab.key);
  const place = all.indexOf(key);
  const next = [...all.slice(place + 1), ...all.slice(0, place).reverse()].find(
    (other) => !dockPanes.value.includes(other),
  );
  const panes = dockPanes.value.flatMap((pane) => {
    if (pane !== key) return [pane];
    return next === undefined ? [] : [next];
  });
  dockPanes.value = panes;
  if (focusedTab.value === key) focusedTab.value = next ?? panes.at(-1);
  if (panes.length === 0) dockSize.value = 'folded';
}

export function toggleDock(): void {
  dockSize.value = dockSize.value === 'folded' ? 'open' : 'folded';
  const first = shellTabs.value[0];
  if (dockSize.value === 'open' && dockPanes.value.length === 0 && first !== undefined) showTab(first.key);
  if (dockSize.value === 'open') requestTerminalFocus();
}

export function toggleMaximised(): void {
  dockSize.value = dockSize.value === 'maximised' ? 'open' : 'maximised';
  requestTerminalFocus();
}

/** Clamped so that neither the page nor the dock vanishes. */
export function resizeDock(height: number): void {
  const most = Math.max(leastDockHeight, globalThis.innerHeight - 160);
  prefer({ dockHeight: Math.round(Math.min(most, Math.max(leastDockHeight, height))) });
  if (dockSize.value !== 'open') dockSize.value = 'open';
}

export function dockHeight(): number {
  return preferences.value.dockHeight;
}
