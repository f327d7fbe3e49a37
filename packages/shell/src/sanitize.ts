/**
 * Makes the output of a node safe to show in a terminal: text, colours and cursor moves pass, everything that changes
 * the terminal for good, reaches beyond the screen or makes the terminal answer is left out. An answer would be typed
 * into the shell. Pure; a filter keeps its state between pieces, so a sequence may be split anywhere.
 */

/** Longest control sequence (`ESC [`) and longest string sequence (links) that are looked at. */
const maxControlSequence = 64;
const maxStringSequence = 2048;

/**
 * Final letters of control sequences that pass, without private markers or intermediates: cursor moves, erasing,
 * inserting and deleting, colours, saving the cursor. Left out: c n t x p q (reports and queries), h l r g (modes).
 */
const allowedFinals = 'ABCDEFGHIJKLMPSTXZ@`adefmsu';

/** Escape sequences of one letter that pass: save and restore the cursor, next line, index, reverse index. */
const allowedEscapes = '78EDM';

type Mode = 'text' | 'escape' | 'intermediate' | 'control' | 'string' | 'stringEscape';

/** One filter per stream of output. */
export class OutputFilter {
  #mode: Mode = 'text';
  #held = '';
  #introducer = '';

  /** What of `text` may be shown. An incomplete sequence at its end is held back. */
  filter(text: string): string {
    // Most output has nothing to look at.
    if (this.#mode === 'text' && /^[\x20-\x7e\n\r\t\u00a0-\uffff]*$/.test(text)) return text;
    let safe = '';
    for (const character of text) safe += this.#step(character);
    return safe;
  }

  /** Forgets an incomplete sequence. */
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

  #begin(mode: Mode): '' {
    this.#mode = mode;
    this.#held = '';
    return '';
  }

  #inText(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    const code = character.charCodeAt(0);
    // C1 controls are the two-byte escape sequences in one character.
    if (code >= 0x80 && code <= 0x9f) return this.#afterEscape(String.fromCharCode(code - 0x40));
    return plain(character, code);
  }

  #afterEscape(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character === '[') return this.#begin('control');
    if (/[\]P^_X]/.test(character)) {
      this.#introducer = character;
      return this.#begin('string');
    }
    this.#begin(character >= ' ' && character <= '/' ? 'intermediate' : 'text');
    return allowedEscapes.includes(character) ? `\u001b${character}` : '';
  }

  #inIntermediate(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character < ' ' || character > '/') this.#begin('text');
    return '';
  }

  #inControl(character: string): string {
    if (character === '\u001b') return this.#begin('escape');
    if (character >= '@' && character <= '~') {
      const sequence = controlSequence(this.#held, character);
      this.#begin('text');
      return sequence;
    }
    // Terminals act on control characters inside of a sequence; here they are left out.
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
    // No string has a newline in it: here ends what was never terminated, so no later output is lost.
    if (character === '\n') return this.#begin('text') + character;
    if (this.#held.length <= maxStringSequence) this.#held += character;
    return '';
  }

  #endString(): string {
    const link = this.#introducer === ']' ? hyperlink(this.#held) : '';
    this.#begin('text');
    return link;
  }
}

/** Output of one piece, e.g. a prompt or an error text. */
export function sanitizeText(text: string): string {
  return new OutputFilter().filter(text);
}

function plain(character: string, code: number): string {
  if (code >= 0x20 && code !== 0x7f) return character;
  if (character === '\u000b' || character === '\u000c') return '\n';
  // ENQ makes a terminal answer, SO and SI change the character set.
  return '\n\r\t\b\u0007'.includes(character) ? character : '';
}

function controlSequence(parameters: string, final: string): string {
  // Showing and hiding the cursor is the one private mode that programs need on a shared screen.
  if (parameters === '?25' && (final === 'h' || final === 'l')) return `\u001b[?25${final}`;
  if (!allowedFinals.includes(final) || !/^[\d;:]*$/.test(parameters)) return '';
  // A huge repeat count keeps a terminal busy for long.
  if (final !== 'm' && /\d{5}/.test(parameters)) return '';
  return `\u001b[${parameters}${final}`;
}

/** OSC 8: links to the web pass, their end passes, everything else an operating system command can do does not. */
function hyperlink(command: string): string {
  const match = /^8;[^;]*;(.*)$/su.exec(command);
  if (match === null) return '';
  const target = match[1] ?? '';
  const safe =
    target === '' || (/^https?:\/\/[\x21-\x7e]+$/.test(target) && command.length <= maxStringSequence);
  return safe ? `\u001b]8;;${target}\u001b\\` : '';
}
