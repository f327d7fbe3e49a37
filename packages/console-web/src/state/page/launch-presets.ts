/** Launches that were saved under a name in this browser, without the values of secrets. */

import type { Signal } from '@preact/signals';
import { storedFields, storedSignal, storedText } from './stored-signal.ts';

/** What is in a field: a text, whether a flag is set, or a text for each part of the field. */
export type FieldValue = string | boolean | Readonly<Record<string, string>>;
/** What is in the fields of a form, by their keys. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface LaunchPreset {
  readonly name: string;
  /** The key of the place. */
  readonly place: string;
  readonly values: FieldValues;
}

export const longestPresetName = 60;
const mostPresets = 50;

/** Parses stored presets. */
export function parsePresets(stored: unknown): readonly LaunchPreset[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap(parsePreset).slice(0, mostPresets);
}

function parsePreset(stored: unknown): readonly LaunchPreset[] {
  const { name, place, values } = storedFields(stored);
  const known = storedText(name, longestPresetName);
  if (known === '') return [];
  const given = Object.entries(storedFields(values)).flatMap(([key, value]) => {
    const parsed = parseValue(value);
    return parsed === undefined ? [] : [[key, parsed] as const];
  });
  return [{ name: known, place: storedText(place), values: Object.fromEntries(given) }];
}

function parseValue(value: unknown): FieldValue | undefined {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const parts = Object.entries(value).filter(([, part]) => typeof part === 'string');
  return Object.fromEntries(parts);
}

export const presets: Signal<readonly LaunchPreset[]> = storedSignal('convoy.presets', parsePresets);

/** The presets with another one, which takes the place of one with its name. Sorted by name. */
export function withPreset(all: readonly LaunchPreset[], added: LaunchPreset): readonly LaunchPreset[] {
  const others = all.filter(({ name }) => name !== added.name);
  return [...others, added].sort((a, b) => a.name.localeCompare(b.name)).slice(0, mostPresets);
}

export function savePreset(preset: LaunchPreset): void {
  presets.value = withPreset(presets.value, preset);
}

export function dropPreset(name: string): void {
  presets.value = presets.value.filter((preset) => preset.name !== name);
}
