/**
 * The atom cache of one connection, in the outgoing direction: the atoms that the peer knows by their slots, and the distribution
 * headers that use it. "Distribution Header" of the ERTS manual. Headers must go out in the order in which they are written. Pure.
 */

import type { AtomForm } from '../../etf/byte-writer.ts';
import { atomSlots } from './header-atoms.ts';

/** Atoms of a message: the first `count` of `forms`, no two of which have the same slot. */
export interface AtomList {
  readonly forms: readonly AtomForm[];
  readonly count: number;
}

/** The atoms of a frame whose terms refer to none. */
export const noAtoms: AtomList = { forms: [], count: 0 };

const newEntry = 8;
const longAtoms = 1;
const maxShortBytes = 255;

/** The headers of one connection, from their count of atoms on. */
export class OutgoingAtoms {
  /** What each slot of the peer holds. Created with the first atom: a connection that only ticks has none. */
  #slots: (AtomForm | undefined)[] | undefined;
  #hasLongAtoms = false;

  /** The size of the header for these atoms, if it is written next. */
  sizeOf({ forms, count }: AtomList): number {
    if (count === 0) return 1;
    let added = 0;
    let textBytes = 0;
    let longest = 0;
    for (let index = 0; index < count; index += 1) {
      const form = forms[index] as AtomForm;
      if (this.#knows(form)) continue;
      const bytes = textBytesOf(form);
      added += 1;
      textBytes += bytes;
      if (bytes > longest) longest = bytes;
    }
    this.#hasLongAtoms = longest > maxShortBytes;
    return 2 + (count >> 1) + count + textBytes + (this.#hasLongAtoms ? 2 * added : added);
  }

  /** Writes the header to `target` at `start`: from then on the peer knows the atoms. Call `sizeOf` right before. */
  write({ forms, count }: AtomList, target: Uint8Array, start: number): void {
    target[start] = count;
    if (count === 0) return;
    const slots = (this.#slots ??= Array.from({ length: atomSlots }, () => undefined));
    const flagsAt = start + 1;
    let at = flagsAt + (count >> 1) + 1;
    // `fill` takes 40 ns for a byte or two.
    for (let flag = flagsAt; flag < at; flag += 1) target[flag] = 0;
    for (let index = 0; index < count; index += 1) {
      const form = forms[index] as AtomForm;
      const { slot } = form;
      const isKnown = this.#knows(form);
      setNibble(target, flagsAt, { index, bits: isKnown ? slot >> 8 : (slot >> 8) | newEntry });
      target[at++] = slot & 0xff;
      if (isKnown) continue;
      slots[slot] = form;
      at = this.#writeText(form, target, at);
    }
    if (this.#hasLongAtoms) setNibble(target, flagsAt, { index: count, bits: longAtoms });
  }

  /** The header as bytes of its own. */
  bytesOf(atoms: AtomList): Uint8Array {
    const bytes = new Uint8Array(this.sizeOf(atoms));
    this.write(atoms, bytes, 0);
    return bytes;
  }

  #knows(form: AtomForm): boolean {
    const known = this.#slots?.[form.slot];
    return known === form || known?.name === form.name;
  }

  /* u8 or u16 length | UTF-8 */
  #writeText(form: AtomForm, target: Uint8Array, start: number): number {
    let at = start;
    const length = textBytesOf(form);
    if (this.#hasLongAtoms) target[at++] = length >>> 8;
    target[at++] = length & 0xff;
    target.set(Buffer.from(form.name, 'utf8'), at);
    return at + length;
  }
}

/** The form has a tag and a length before the text: two bytes, or three for a long one. */
function textBytesOf({ length }: AtomForm): number {
  return length - (length > maxShortBytes + 2 ? 3 : 2);
}

/** Half a byte for each atom, the low half first. The bytes are zero before. */
function setNibble(
  target: Uint8Array,
  flagsAt: number,
  { index, bits }: { readonly index: number; readonly bits: number },
): void {
  const at = flagsAt + (index >> 1);
  target[at] = (target[at] as number) | ((index & 1) === 0 ? bits : bits << 4);
}
