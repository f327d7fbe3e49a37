/**
 * Keys that were typed while no input was requested: a bounded number waits for the next prompt. Beyond that, whole lines are
 * dropped, never part of a line: a line without some of its keys must not run. Pure.
 */

import type { Key } from '../line-editor/keys.ts';

export interface TypedAhead {
  readonly keys: readonly Key[];
  /** Whether keys were dropped; all further keys up to the next Enter at a prompt are dropped too. */
  readonly isCut: boolean;
}

/** Maximum number of kept keys; a paste counts as one. */
const maxKeys = 4096;

export const nothingTyped: TypedAhead = { keys: [], isCut: false };

/** Adds keys. Keys that do not fit are dropped together with their whole line. */
export function keepTyped(typed: TypedAhead, more: readonly Key[]): TypedAhead {
  if (typed.isCut) return typed;
  const keys = [...typed.keys, ...more];
  if (keys.length <= maxKeys) return { keys, isCut: false };
  const lastEnter = keys.slice(0, maxKeys).findLastIndex(isEnter);
  return { keys: keys.slice(0, lastEnter + 1), isCut: true };
}

/** The keys that remain at a prompt after earlier keys were dropped: those after the next Enter, or from a Ctrl-C on. */
export function afterCut(keys: readonly Key[]): readonly Key[] | undefined {
  const end = keys.findIndex((key) => isEnter(key) || isInterrupt(key));
  const last = keys[end];
  if (last === undefined) return undefined;
  return keys.slice(isEnter(last) ? end + 1 : end);
}

export function isInterrupt(key: Key): boolean {
  return key.kind === 'key' && key.name === 'ctrl-c';
}

function isEnter(key: Key): boolean {
  return key.kind === 'key' && key.name === 'enter';
}
