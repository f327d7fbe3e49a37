/**
 * Bracketed paste: everything between `ESC[200~` and `ESC[201~` is text, never keys. Pure. A terminal should remove the end
 * mark from the text it pastes; for terminals that do not, PasteGate finds the real end.
 */

export const pasteStart = '\u001b[200~';
export const pasteEnd = '\u001b[201~';

/** Longest paste. The rest of a longer one is dropped. */
export const maxPaste: number = 1024 * 1024;
const longestMark = pasteStart.length;

/** Converts line ends to newlines, keeps tabs, and removes every other character that a terminal or an editor acts on. */
export function cleanPaste(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** The text as a terminal sends it for a paste. */
export function bracketPaste(text: string): string {
  return `${pasteStart}${cleanPaste(text)}${pasteEnd}`;
}

/**
 * The end of the paste that continues in `input`, or -1. An end mark that follows another without a start mark in between
 * shows that the first one was part of the text.
 */
export function findPasteEnd(input: string): number {
  const first = input.indexOf(pasteEnd);
  if (first < 0) return -1;
  const next = input.indexOf(pasteStart, first);
  return input.lastIndexOf(pasteEnd, next < 0 ? input.length : next);
}

/**
 * Holds a paste back until the terminal has been silent for a moment after an end mark: a terminal sends a paste in one go,
 * so its last end mark is the real one. Everything before that is passed on as one clean paste.
 */
export class PasteGate {
  #held = '';
  #isPasting = false;

  /** Adds input, and returns the part that can be passed on immediately. */
  take(data: string): string {
    this.#held += data;
    if (!this.#isPasting) {
      const start = this.#held.indexOf(pasteStart);
      this.#isPasting = start >= 0;
      return this.#release(start >= 0 ? start : this.#held.length - startedMark(this.#held));
    }
    // Bounded, with room for a split end mark.
    if (this.#held.length > 2 * maxPaste) {
      this.#held = this.#held.slice(0, maxPaste + longestMark) + this.#held.slice(-maxPaste / 2);
    }
    return '';
  }

  /** Whether held input is released by a silence. */
  get isSettling(): boolean {
    return this.#held !== '' && (!this.#isPasting || this.#held.includes(pasteEnd));
  }

  /** Returns the held input to pass on after a silence. */
  settle(): string {
    if (!this.isSettling) return '';
    if (!this.#isPasting) return this.#release(this.#held.length);
    const end = this.#held.lastIndexOf(pasteEnd);
    const paste = bracketPaste(this.#held.slice(0, end).replaceAll(/\u001b\[20[01]~/g, ''));
    this.#isPasting = false;
    this.#release(end + pasteEnd.length);
    return paste + this.#release(this.#held.length);
  }

  #release(length: number): string {
    const released = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return released;
  }
}

/** The length of a partial start mark at the end of `text`. An escape alone is the Escape key. */
function startedMark(text: string): number {
  for (let length = longestMark - 1; length > 1; length -= 1) {
    if (text.endsWith(pasteStart.slice(0, length))) return length;
  }
  return 0;
}
