/** The keys of most maps, which can be compared without converting them to text. */

import { Atom } from './atoms.ts';

/** Whether all keys are atoms, numbers or short binaries. `flat` is as in `TermMap.flat`. */
export function areSimpleKeys(flat: readonly unknown[]): boolean {
  for (let at = 0; at < flat.length; at += 2) {
    const key = flat[at];
    const isSimple =
      typeof key === 'object'
        ? key instanceof Atom || key === null || (key instanceof Uint8Array && key.length <= 64)
        : typeof key !== 'bigint';
    if (!isSimple) return false;
  }
  return true;
}

/** Whether two of the keys are equal, compared pair by pair: for a few keys faster than an index. */
export function hasSameSimpleKeys(flat: readonly unknown[]): boolean {
  for (let at = 2; at < flat.length; at += 2) {
    const key = flat[at];
    for (let before = 0; before < at; before += 2) {
      const other = flat[before];
      if (key === other) return true;
      if (key instanceof Uint8Array && other instanceof Uint8Array && hasSameBytes(key, other)) return true;
    }
  }
  return false;
}

function hasSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
