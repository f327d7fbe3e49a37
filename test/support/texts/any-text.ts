/**
 * Any text, of whatever characters Unicode has a number for. The values are those of fast-check's unit `binary`, which takes a
 * second of each process to list all of them.
 */

import fc from 'fast-check';

const firstSurrogate = 0xd800;
const surrogates = 0x800;

/** Every character alone; half a surrogate pair is none. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat(0x10ffff - surrogates)
  .map(
    (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
    indexOfCharacter,
  );

/** Also words that are special in JavaScript, such as `__proto__`, as in every text of fast-check. */
export function anyText(
  lengths: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ ...lengths, unit: anyCharacter });
}

/** By this fast-check recognises which special words consist of such characters. */
function indexOfCharacter(text: unknown): number {
  const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
  const isOther = code === undefined || String.fromCodePoint(code) !== text;
  if (isOther || (code >= firstSurrogate && code < firstSurrogate + surrogates))
    throw new Error('not a character');
  return code < firstSurrogate ? code : code - surrogates;
}
