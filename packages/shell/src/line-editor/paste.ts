/**
 * Bracketed paste: what stands between `ESC[200~` and `ESC[201~` is text, however it looks. Pure. A terminal is
 * expected to take the end mark out of what it pastes; for those that do not, PasteGate finds the real end.
 */

export const pasteStart = '\u001b[200~';
export const pasteEnd = '\u001b[201~';

/** Longest paste. What goes beyond is dropped with everything up to the end of the paste. */
export const maxPaste: number = 1024 * 1024;
const longestMark = pasteStart.length;

/** Line ends as newlines, tabs as they are, nothing else that a terminal or an editor would act on. */
export function cleanPaste(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** The text as a terminal sends it when it is pasted. */
export function bracketPaste(text: string): string {
  return `${pasteStart}${cleanPaste(text)}${pasteEnd}`;
}

/**
 * Where the paste that goes on in `input` ends, or -1. An end mark without a start before it says that the end mark
 * before was part of the text.
 */
export function findPasteEnd(input: string): number {
  const first = input.indexOf(pasteEnd);
  if (first < 0) return -1;
  const next = input.indexOf(pasteStart, first);
  return input.lastIndexOf(pasteEnd, next < 0 ? input.length : next);
}

/**
 * Holds a paste back until the terminal has been silent for a moment behind an end mark: a terminal sends a paste in
 * one go, so the last end mark of it is the real one. Everything before it goes on as one clean paste.
 */
export class PasteGate {
  #held = '';
  #isPasting = false;

  /** What may go on at once. */
  take(data: string): string {
    this.#held += data;
    if (!this.#isPasting) {
      const start = this.#held.indexOf(pasteStart);
      this.#isPasting = start >= 0;
      return this.#release(start >= 0 ? start : this.#held.length - startedMark(this.#held));
    }
    // Bounded, with room for an end mark that is cut in two.
    if (this.#held.length > 2 * maxPaste) {
      this.#held = this.#held.slice(0, maxPaste + longestMark) + this.#held.slice(-maxPaste / 2);
    }
    return '';
  }

  /** Whether something is held that silence releases. */
  get isSettling(): boolean {
    return this.#held !== '' && (!this.#isPasting || this.#held.includes(pasteEnd));
  }

  /** What goes on after a silence. */
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

/** Length of the beginning of a start mark at the end of `text`. An escape alone is the key of that name. */
function startedMark(text: string): number {
  for (let length = longestMark - 1; length > 1; length -= 1) {
    if (text.endsWith(pasteStart.slice(0, length))) return length;
  }
  return 0;
}
