/**
 * Keys that came while no program asked for input: they wait for the next prompt, up to a bound. Beyond it whole lines are
 * dropped, never a part of one: a line without some of its keys must not run. Pure.
 */
import type { Key } from '../line-editor/keys.ts';

export interface TypedAhead {
  readonly keys: readonly Key[];
  /** Keys were dropped, and so are all others up to the next Enter at a prompt. */
  readonly isCut: boolean;
}

/** Most keys kept, a paste counting as one. */
const maxKeys = 4096;

export const nothingTyped: TypedAhead = { keys: [], isCut: false };

/** With more keys. What does not fit is dropped together with the line it belongs to. */
export function keepTyped(typed: TypedAhead, more: readonly Key[]): TypedAhead {
  if (typed.isCut) return typed;
  const keys = [...typed.keys, ...more];
  if (keys.length <= maxKeys) return { keys, isCut: false };
  const lastEnter = keys.slice(0, maxKeys).findLastIndex(isEnter);
  return { keys: keys.slice(0, lastEnter + 1), isCut: true };
}

/** What is left of keys at a prompt when keys before them were dropped: those after the next Enter, or after a Ctrl-C. */
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
