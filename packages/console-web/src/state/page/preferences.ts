/** Preferences of this browser: theme, contrast, terminal font size, screen reader mode, dock, cluster. Stored in localStorage. */

import { effect, signal, type Signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
export type Contrast = 'system' | 'more';

export interface Preferences {
  readonly theme: Theme;
  readonly contrast: Contrast;
  readonly terminalFontSize: number;
  readonly screenReader: boolean;
  readonly dockHeight: number;
  /** Id of the only cluster that is shown; empty for all. */
  readonly cluster: string;
}

export const smallestFont = 10;
export const largestFont = 24;

const storageKey = 'convoy.preferences';
const defaults: Preferences = {
  theme: 'system',
  contrast: 'system',
  terminalFontSize: 13,
  screenReader: false,
  dockHeight: 340,
  cluster: '',
};

function oneOf<Value>(value: unknown, allowed: readonly Value[], otherwise: Value): Value {
  return allowed.find((one) => one === value) ?? otherwise;
}

function within(value: unknown, [least, most]: readonly [number, number], otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}

/** Parses stored preferences, which another version of the page or a curious user may have written. */
export function parsePreferences(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value === 'object' && value !== null) stored = value;
  } catch {
    return defaults;
  }
  return {
    theme: oneOf(stored.theme, ['system', 'light', 'dark'] as const, defaults.theme),
    contrast: oneOf(stored.contrast, ['system', 'more'] as const, defaults.contrast),
    terminalFontSize: within(stored.terminalFontSize, [smallestFont, largestFont], defaults.terminalFontSize),
    screenReader: stored.screenReader === true,
    dockHeight: within(stored.dockHeight, [80, 4000], defaults.dockHeight),
    cluster: typeof stored.cluster === 'string' ? stored.cluster : defaults.cluster,
  };
}

function storedText(): string | null {
  try {
    return globalThis.localStorage?.getItem(storageKey) ?? null;
  } catch {
    // Storage can be disabled; preferences are then lost on reload.
    return null;
  }
}

export const preferences: Signal<Preferences> = signal(parsePreferences(storedText()));

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
}

/** Keeps the document's attributes and the storage in sync with the preferences. */
export function applyPreferences(): void {
  effect(() => {
    const current = preferences.value;
    const { dataset } = document.documentElement;
    dataset['theme'] = current.theme;
    dataset['contrast'] = current.contrast;
    try {
      localStorage.setItem(storageKey, JSON.stringify(current));
    } catch {
      // See storedText.
    }
  });
}
