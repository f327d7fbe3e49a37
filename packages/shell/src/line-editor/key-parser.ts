/**
 * Parses terminal input into keys, in pieces of any size. Pure. Reports that a terminal sends by itself (cursor position,
 * device attributes, colours, focus, mouse) are recognised and dropped: they must never be typed into a shell.
 */

import { characterKeys, controlKeys, type Key, letterKeys, modifierBits, numberKeys } from './keys.ts';
import { cleanPaste, findPasteEnd, maxPaste, pasteEnd } from './paste.ts';

/** Incomplete input, and whether it is inside a bracketed paste. */
export interface KeyParserState {
  readonly pending: string;
  readonly pasting: boolean;
}

export const initialKeyParser: KeyParserState = { pending: '', pasting: false };

/** Longest incomplete escape sequence that is kept; longer ones are dropped. */
const maxSequence = 4096;

interface Token {
  readonly key: Key | undefined;
  readonly length: number;
}

/** The keys in `data`, and the state for parsing the next piece. */
export function parseKeys(state: KeyParserState, data: string): { state: KeyParserState; keys: Key[] } {
  const keys: Key[] = [];
  let input = state.pending + data;
  let { pasting } = state;
  while (input !== '') {
    if (pasting) {
      const end = findPasteEnd(input);
      if (end < 0) return { state: { pending: boundedPaste(input), pasting }, keys };
      keys.push({ kind: 'paste', text: cleanPaste(input.slice(0, end)) });
      input = input.slice(end + pasteEnd.length);
      pasting = false;
      continue;
    }
    const token = nextToken(input);
    if (token === undefined) {
      return { state: { pending: input.length > maxSequence ? '' : input, pasting }, keys };
    }
    input = input.slice(token.length);
    if (token.key?.kind === 'paste') pasting = true;
    else if (token.key !== undefined) keys.push(token.key);
  }
  return { state: { pending: '', pasting }, keys };
}

/** Truncates a long paste but keeps its end, because an end mark may be split. */
function boundedPaste(input: string): string {
  if (input.length <= maxPaste + pasteEnd.length) return input;
  return input.slice(0, maxPaste) + input.slice(1 - pasteEnd.length);
}

/** Whether the input so far may be either the Escape key or the start of a sequence. */
export function isUnclear({ pending, pasting }: KeyParserState): boolean {
  return pending === '\u001b' && !pasting;
}

/** The first token of the input; `undefined` when the input ends in the middle of a sequence. */
function nextToken(input: string): Token | undefined {
  const first = input.charCodeAt(0);
  if (first === 0x1b) return escapeToken(input);
  if (first < 0x20 || first === 0x7f) return { key: { kind: 'key', name: controlName(first) }, length: 1 };
  const text = /^[^\u0000-\u001f\u007f-\u009f]+/.exec(input)?.[0];
  return text === undefined
    ? { key: undefined, length: 1 }
    : { key: { kind: 'text', text }, length: text.length };
}

function controlName(code: number): string {
  return controlKeys[code] ?? `ctrl-${String.fromCharCode(code + 0x60)}`;
}

function escapeToken(input: string): Token | undefined {
  if (input.length === 1) return undefined;
  const second = input[1] ?? '';
  if (second === '[') return controlSequence(input);
  if (second === 'O') return input.length < 3 ? undefined : letterToken(input[2] ?? '', 0, 3);
  // Replies to queries: device control strings, operating system commands and the like, up to their terminator.
  if (/[P\]^_X]/.test(second)) return stringSequence(input);
  if (second === '\u001b') return { key: { kind: 'key', name: 'escape' }, length: 1 };
  const code = second.charCodeAt(0);
  if (code < 0x20 || code === 0x7f)
    return { key: { kind: 'key', name: `alt-${controlName(code)}` }, length: 2 };
  const character = String.fromCodePoint(input.codePointAt(1) ?? 0);
  return { key: { kind: 'key', name: `alt-${character}` }, length: 1 + character.length };
}

function stringSequence(input: string): Token | undefined {
  const end = /\u0007|\u001b\\|\u009c/.exec(input);
  return end === null ? undefined : { key: undefined, length: end.index + end[0].length };
}

function controlSequence(input: string): Token | undefined {
  const match = /^\u001b\[([0-?]*)([ -/]*)([@-~])/.exec(input);
  if (match === null) return /^\u001b\[[0-?]*[ -/]*$/.test(input) ? undefined : { key: undefined, length: 2 };
  const [whole, parameters = '', intermediates = '', final = ''] = match;
  if (intermediates !== '' || !/^[\d;]*$/.test(parameters)) return { key: undefined, length: whole.length };
  const [number = 0, modifier = 1] = parameters.split(';').map(Number);
  if (final === '~') return numberToken(number, modifier, whole.length);
  if (final === 'u') return namedToken(characterKeys[number], modifier - 1, whole.length);
  return letterToken(final, modifier - 1, whole.length);
}

function numberToken(number: number, modifier: number, length: number): Token {
  if (number === 200) return { key: { kind: 'paste', text: '' }, length };
  return namedToken(numberKeys[number], modifier - 1, length);
}

function letterToken(letter: string, bits: number, length: number): Token {
  return namedToken(letterKeys[letter], bits, length);
}

function namedToken(name: string | undefined, bits: number, length: number): Token {
  return { key: name === undefined ? undefined : { kind: 'key', name: modified(name, bits) }, length };
}

/** Shift is ignored: `shift-left` moves like `left`. */
function modified(name: string, bits: number): string {
  const prefix = modifierBits
    .filter(([bit]) => bit !== 1 && (bits & bit) !== 0)
    .map(([, text]) => text)
    .join('');
  return prefix + name;
}
