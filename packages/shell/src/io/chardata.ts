/**
 * Erlang character data (`unicode:chardata()`) to text and back. Pure. Bytes from a node are not trusted: invalid data
 * gives `undefined`, as `{error, {put_chars, ...}}` has to be answered then.
 */
import { atomName, ImproperList, type Term } from '@convoy/node/etf';

export type Encoding = 'unicode' | 'latin1';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deepest nesting of character data. OTP has no bound; real data stays under 100. */
const maxDepth = 1000;

/** The text of a binary or of deep character data, or `undefined` when it is none. */
export function chardataToText(data: Term, encoding: Encoding): string | undefined {
  const parts: string[] = [];
  return collectText(data, { encoding, parts }, 0) ? parts.join('') : undefined;
}

function collectText(data: Term, into: { encoding: Encoding; parts: string[] }, depth: number): boolean {
  if (depth > maxDepth) return false;
  if (typeof data === 'string') return into.parts.push(data) > 0;
  if (data instanceof Uint8Array) return collectBytes(data, into);
  if (Array.isArray(data)) return collectList(data as readonly Term[], into, depth);
  if (data instanceof ImproperList) {
    return (
      collectList(data.head, into, depth) && data.tail instanceof Uint8Array && collectBytes(data.tail, into)
    );
  }
  return false;
}

function collectList(
  items: readonly Term[],
  into: { encoding: Encoding; parts: string[] },
  depth: number,
): boolean {
  let run: number[] = [];
  const flush = (): void => {
    if (run.length > 0) into.parts.push(String.fromCodePoint(...run));
    run = [];
  };
  for (const item of items) {
    if (typeof item === 'number') {
      if (!isCharacter(item, into.encoding)) return false;
      run.push(item);
      // fromCodePoint takes its characters as arguments, of which there can only be so many.
      if (run.length >= 8192) flush();
    } else {
      flush();
      if (!collectText(item, into, depth + 1)) return false;
    }
  }
  flush();
  return true;
}

function isCharacter(code: number, encoding: Encoding): boolean {
  if (!Number.isInteger(code) || code < 0) return false;
  if (encoding === 'latin1') return code <= 0xff;
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

function collectBytes(bytes: Uint8Array, into: { encoding: Encoding; parts: string[] }): boolean {
  if (into.encoding === 'latin1') {
    into.parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
    return true;
  }
  try {
    into.parts.push(strictUtf8.decode(bytes));
    return true;
  } catch {
    // Not UTF-8: the caller answers the node with an error.
    return false;
  }
}

/**
 * Text as the node wants it: a binary or a list of characters. `undefined` when latin1 was asked for and the text has
 * other characters.
 */
export function textToChardata(text: string, form: { encoding: Encoding; binary: boolean }): Term {
  if (form.encoding === 'latin1' && /[^\u0000-\u00ff]/.test(text)) return undefined;
  if (form.binary) return Buffer.from(text, form.encoding === 'latin1' ? 'latin1' : 'utf8');
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/**
 * A prompt as text where that needs no help from the node: `io_lib:format_prompt/2` for everything but formats.
 * `undefined` when the node has to be asked.
 */
export function promptToText(prompt: Term, encoding: Encoding): string | undefined {
  const name = atomName(prompt);
  if (name !== undefined) return name;
  return chardataToText(prompt, encoding);
}
