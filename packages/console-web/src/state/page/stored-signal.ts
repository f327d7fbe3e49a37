/** A signal whose value stays in this browser. Values in the storage may be of another version of the page, or of a curious user. */

import { effect, signal, type Signal } from '@preact/signals';

/** `parse` turns whatever is stored under `key`, or `undefined`, into a valid value. */
export function storedSignal<Value>(key: string, parse: (stored: unknown) => Value): Signal<Value> {
  const kept = signal(parse(readStored(key)));
  let isFirst = true;
  effect(() => {
    const { value } = kept;
    if (!isFirst) writeStored(key, value);
    isFirst = false;
  });
  return kept;
}

function readStored(key: string): unknown {
  try {
    return JSON.parse(globalThis.localStorage?.getItem(key) ?? 'null') ?? undefined;
  } catch {
    // Storage can be disabled; what it would keep is then lost on reload.
    return undefined;
  }
}

function writeStored(key: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(key, JSON.stringify(value));
  } catch {
    // See readStored.
  }
}

/** The fields of a stored object; none for any other value. */
export function storedFields(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { ...value } : {};
}

/** A stored text; '' for any other value, or one that is longer than `mostCharacters`. */
export function storedText(value: unknown, mostCharacters = 1000): string {
  return typeof value === 'string' && value.length <= mostCharacters ? value : '';
}
