/**
 * The atoms of the message that is being encoded, which its terms refer to by index. Which of them the peer knows already is decided
 * when the frame goes out (see outgoing-atoms.ts), because another one may go out before it. Pure.
 */

import type { AtomForm, AtomIndex } from '../../etf/byte-writer.ts';

/** The number of slots in the cache of a connection. */
export const atomSlots = 2048;

/** The most atoms that a header can list; the others of its message are written out. */
const maxHeaderAtoms = 255;
const indexBits = 8;
const maxRounds = 2 ** (32 - indexBits) - 1;

/** Collects the atoms of one message after another. */
export class HeaderAtoms implements AtomIndex {
  /** The first `count` are the atoms of the current message. */
  readonly forms: AtomForm[] = [];
  count = 0;
  /** For each slot the message that used it last, and the index of its atom there. */
  readonly #uses = new Uint32Array(atomSlots);
  #round = 0;

  /** Begins with a message. */
  begin(): void {
    this.count = 0;
    this.#round += 1;
    if (this.#round <= maxRounds) return;
    this.#uses.fill(0);
    this.#round = 1;
  }

  indexOf(form: AtomForm): number {
    const use = this.#uses[form.slot] as number;
    if (use >>> indexBits === this.#round) {
      const index = use & maxHeaderAtoms;
      const known = this.forms[index] as AtomForm;
      // Two atoms of one message can have the same slot: the second one is written out, as Erlang nodes do.
      return known === form || known.name === form.name ? index : -1;
    }
    const { count } = this;
    if (count === maxHeaderAtoms) return -1;
    this.#uses[form.slot] = ((this.#round << indexBits) | count) >>> 0;
    this.forms[count] = form;
    this.count = count + 1;
    return count;
  }
}
