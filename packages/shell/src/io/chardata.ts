/**
 * Erlang character data (`unicode:chardata()`) to text and back. Pure. Bytes from a node are not trusted: invalid data
 * becomes `undefined`, which must be answered with `{error, {put_chars, ...}}`.
 */

import { atomName, ImproperList, type Term } from '@convoy/node/etf';

export type Encoding = 'unicode' | 'latin1';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a binary or of deep character data; `undefined` for invalid data. */
export function chardataToText(data: Term, encoding: Encoding): string | undefined {
  if (typeof data === 'number') return undefined;
  const text = new TextSink();
  // An explicit stack, because the node decides how deep the data is nested.
  const open: Iterator<Term>[] = [[data].values()];
  for (let list = open.at(-1); list !== undefined; list = open.at(-1)) {
    const { done, value: item } = list.next();
    if (done === true) open.pop();
    else if (typeof item === 'number') {
      if (!isCharacter(item, encoding)) return undefined;
      text.addCharacter(item);
    } else if (Array.isArray(item)) open.push((item as readonly Term[]).values());
    else if (item instanceof ImproperList) {
      if (!(item.tail instanceof Uint8Array)) return undefined;
      open.push([item.tail].values(), item.head.values());
    } else {
      const piece = item instanceof Uint8Array ? textOfBytes(item, encoding) : item;
      if (typeof piece !== 'string') return undefined;
      text.add(piece);
    }
  }
  return text.toString();
}

/** Collects text from strings and single characters; 10 million characters take half the time of `fromCodePoint`. */
class TextSink {
  readonly #parts: string[] = [];
  #units = new Uint16Array(0);
  #length = 0;

  add(text: string): void {
    this.#flush();
    this.#parts.push(text);
  }

  addCharacter(code: number): void {
    if (this.#units.length === 0) this.#units = new Uint16Array(4096);
    if (this.#length + 2 > this.#units.length) this.#flush();
    if (code > 0xffff) this.#units[this.#length++] = 0xd7c0 + (code >> 10);
    this.#units[this.#length++] = code > 0xffff ? 0xdc00 + (code & 0x3ff) : code;
  }

  toString(): string {
    this.#flush();
    return this.#parts.join('');
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#parts.push(Buffer.from(this.#units.buffer, 0, this.#length * 2).toString('utf16le'));
    this.#length = 0;
  }
}

function isCharacter(code: number, encoding: Encoding): boolean {
  if (!Number.isInteger(code) || code < 0) return false;
  if (encoding === 'latin1') return code <= 0xff;
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

function textOfBytes(bytes: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding === 'latin1')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // Not UTF-8: the caller answers the node with an error.
    return undefined;
  }
}

/**
 * Text in the form that the node requested: a binary or a list of characters. `undefined` when it requested latin1 and the
 * text has other characters.
 */
export function textToChardata(text: string, form: { encoding: Encoding; binary: boolean }): Term {
  if (form.encoding === 'latin1' && /[^\u0000-\u00ff]/.test(text)) return undefined;
  if (form.binary) return Buffer.from(text, form.encoding === 'latin1' ? 'latin1' : 'utf8');
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/**
 * A prompt as text, as by `io_lib:format_prompt/2`, for everything except formats. `undefined` when the node must format
 * it.
 */
export function promptToText(prompt: Term, encoding: Encoding): string | undefined {
  const name = atomName(prompt);
  if (name !== undefined) return name;
  return chardataToText(prompt, encoding);
}
