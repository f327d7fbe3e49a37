/**
 * Makes the output of a node safe to show in a terminal: text, colours and cursor movements pass; everything that changes
 * the terminal permanently, reaches beyond the screen or makes the terminal answer is removed, because an answer would be
 * typed into the shell. Pure; a filter keeps its state between pieces, so a sequence may be split anywhere.
 */

import { visibleText } from '@convoy/node';
import { codePointWidth } from './cell-width.ts';
import { safeSequence, type ScreenSize } from './sanitize/control-sequence.ts';
import { LinkQuota } from './sanitize/link-quota.ts';

/** Longest control sequence (`ESC [`) and longest string sequence (links) that may pass. */
const maxControlSequence = 64;
const maxStringSequence = 2048;

/** The one-letter escape sequences that pass: save and restore the cursor, next line, index, reverse index. */
const allowedEscapes = '78EDM';

/** Maximum number of marks, e.g. accents, on one character: a terminal keeps all of them, and real text needs only a few. */
const maxJoined = 16;

/** Characters of one or two cells that need no check, tabs and carriage returns. */
const plainRun =
  /[\x20-\x7e\t\r\u00a0-\u02ff\u0370-\u0482\u3000-\u3029\u3030-\u3098\u30a0-\u9fff\uac00-\ud7a3]+/y;
const endOfLink = '\u001b]8;;\u001b\\';
/** The largest screen of a session; for text without a known screen size. */
const largestScreen: ScreenSize = { columns: 1000, rows: 1000 };

type Mode = 'text' | 'escape' | 'intermediate' | 'control' | 'string' | 'stringEscape';

/** Filters one stream of output. `size` returns the size of its screen. */
export class OutputFilter {
  readonly #size: () => ScreenSize;
  readonly #links = new LinkQuota();
  #mode: Mode = 'text';
  #held = '';
  #introducer = '';
  /** The number of marks on the previous character. */
  #joined = 0;

  constructor(size: () => ScreenSize = () => largestScreen) {
    this.#size = size;
  }

  /** The part of `text` that may be shown. An incomplete sequence at its end is held back. */
  filter(text: string): string {
    let safe = '';
    for (let at = 0; at < text.length;) {
      const end = this.#mode === 'text' ? endOfPlain(text, at) : at;
      const character = end > at ? text.slice(at, end) : String.fromCodePoint(text.codePointAt(at) ?? 0);
      safe += end > at ? this.#afterPlain(character) : this.#step(character);
      at += character.length;
    }
    return safe;
  }

  /** Discards an incomplete sequence. */
  reset(): void {
    this.#begin('text');
  }

  #step(character: string): string {
    switch (this.#mode) {
      case 'text':
        return this.#inText(character);
      case 'escape':
        return this.#afterEscape(character);
      case 'intermediate':
        return this.#inIntermediate(character);
      case 'control':
        return this.#inControl(character);
      case 'string':
        return this.#inString(character);
      case 'stringEscape':
        return character === '\\' ? this.#endString() : this.#afterEscape(character);
    }
  }

  /** Handles text that may be shown unchanged. */
  #afterPlain(text: string): string {
    this.#joined = 0;
    const linked = this.#links.take(text.length);
    return linked === undefined ? text : text.slice(0, linked) + endOfLink + text.slice(linked);
  }

  #begin(mode: Mode): '' {
    this.#mode = mode;
    this.#held = '';
    return '';
  }

  #inText(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    const code = character.charCodeAt(0);
    // C1 controls are two-byte escape sequences in one character.
    if (code >= 0x80 && code <= 0x9f) return this.#afterEscape(String.fromCharCode(code - 0x40));
    if (code >= 0x300) return this.#wideText(character);
    const shown = plain(character, code);
    if (shown === '\n') return this.#endLine();
    if (shown !== '') this.#joined = 0;
    return shown;
  }

  #wideText(character: string): string {
    const visible = visibleText(character);
    if (visible !== character) return this.#afterPlain(visible);
    if (codePointWidth(character.codePointAt(0) ?? 0) > 0) return this.#afterPlain(character);
    this.#joined += 1;
    return this.#joined > maxJoined ? '' : character;
  }

  #endLine(): string {
    this.#joined = 0;
    this.#links.noteLine();
    return this.#closeLink('\n');
  }

  /** Ends an open link before `text`. */
  #closeLink(text: string): string {
    const end = this.#links.isOpen ? endOfLink : '';
    this.#links.end();
    return end + text;
  }

  #afterEscape(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character === '[') return this.#begin('control');
    if (/[\]P^_X]/.test(character)) {
      this.#introducer = character;
      return this.#begin('string');
    }
    this.#begin(character >= ' ' && character <= '/' ? 'intermediate' : 'text');
    return allowedEscapes.includes(character) ? this.#closeLink(`\u001b${character}`) : '';
  }

  #inIntermediate(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character < ' ' || character > '/') this.#begin('text');
    return '';
  }

  #inControl(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character >= '@' && character <= '~') {
      const sequence = safeSequence(this.#held, character, this.#size());
      this.#begin('text');
      // A link may change its colour, but not its position.
      return sequence === '' || character === 'm' ? sequence : this.#closeLink(sequence);
    }
    // Terminals execute control characters inside a sequence; here they are dropped.
    if (character >= ' ' && character <= '?') this.#held += character;
    const isOver = character > '~' || '\u0018\u001a'.includes(character);
    return isOver || this.#held.length > maxControlSequence ? this.#begin('text') : '';
  }

  #inString(character: string): string {
    if (character === '\u001b') {
      this.#mode = 'stringEscape';
      return '';
    }
    if (character === '\u0007' || character === '\u009c') return this.#endString();
    if (character === '\u0018' || character === '\u001a') return this.#begin('text');
    // A string contains no newline: an unterminated one ends here, so no later output is lost.
    if (character === '\n') return this.#begin('text') + this.#endLine();
    if (this.#held.length <= maxStringSequence) this.#held += character;
    return '';
  }

  #endString(): string {
    const target = this.#introducer === ']' ? linkTarget(this.#held) : undefined;
    this.#begin('text');
    if (target === undefined) return '';
    const end = this.#closeLink('');
    return target !== '' && this.#links.begin() ? `${end}\u001b]8;;${target}\u001b\\` : end;
  }
}

function endOfPlain(text: string, from: number): number {
  plainRun.lastIndex = from;
  return plainRun.test(text) ? plainRun.lastIndex : from;
}

/** Filters a single piece of output, e.g. a prompt or an error message. */
export function sanitizeText(text: string): string {
  return new OutputFilter().filter(text);
}

function plain(character: string, code: number): string {
  if (code >= 0x20 && code !== 0x7f) return character;
  if (character === '\u000b' || character === '\u000c') return '\n';
  // ENQ makes a terminal answer; SO and SI change the character set.
  return '\n\r\t\b\u0007'.includes(character) ? character : '';
}

/** OSC 8: only web links and their ends ('') are allowed; no other operating system command is. */
function linkTarget(command: string): string | undefined {
  const target = /^8;[^;]*;(.*)$/su.exec(command)?.[1];
  if (target === undefined || target === '') return target;
  return /^https?:\/\/[\x21-\x7e]+$/.test(target) && command.length <= maxStringSequence ? target : undefined;
}
