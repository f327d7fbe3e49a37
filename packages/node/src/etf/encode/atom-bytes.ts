/**
 * Atoms to bytes, always UTF-8. Messages repeat the same few names: the bytes of an atom are cached in the atom, and those
 * of the last two node names are cached here.
 */

import { checkName } from '../argument-checks.ts';
import { toWords } from '../byte-writer.ts';
import type { ByteWords, ByteWriter } from '../byte-writer.ts';
import { ATOM_UTF8_EXT, SMALL_ATOM_UTF8_EXT } from '../tags.ts';
import { Atom } from '../terms.ts';

const maxCharacters = 255;

/* 119: u8 length | UTF-8     118: u16 length | UTF-8 */
function encodeAtomName(name: string): Uint8Array {
  checkName('the name of an atom', name);
  const text = Buffer.from(name, 'utf8');
  const { length } = text;
  const head = length <= 255 ? [SMALL_ATOM_UTF8_EXT, length] : [ATOM_UTF8_EXT, length >>> 8, length & 0xff];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  bytes.set(text, head.length);
  return bytes;
}

/** An atom in the form that is fastest to write. */
export function atomForm(name: string): ByteWords {
  return toWords(encodeAtomName(name));
}

export function writeAtom(writer: ByteWriter, atom: Atom): void {
  writer.words(Atom.formOf(atom, atomForm));
}

/** Writes the atom with this name. Throws `EncodeError` for an invalid name, or a value that is not a string. */
export function writeName(writer: ByteWriter, name: string): void {
  const { length } = name;
  if (typeof name !== 'string' || length > maxCharacters) return writer.bytes(encodeAtomName(name));
  writer.ensure(length + 2);
  const { chunk, position } = writer;
  chunk[position] = SMALL_ATOM_UTF8_EXT;
  chunk[position + 1] = length;
  for (let at = 0; at < length; at += 1) {
    const code = name.charCodeAt(at);
    if (code > 0x7f) return writer.bytes(encodeAtomName(name));
    chunk[position + 2 + at] = code;
  }
  writer.position = position + 2 + length;
}

type KnownNode = { readonly name: string; readonly form: ByteWords };

/** The two nodes whose identifiers were written last: messages contain those of both ends, many times. */
let lastNode: KnownNode = { name: '', form: atomForm('') };
let otherNode: KnownNode = lastNode;

export function writeNode(writer: ByteWriter, name: string): void {
  if (name !== lastNode.name) {
    const known = name === otherNode.name ? otherNode : { name, form: atomForm(name) };
    otherNode = lastNode;
    lastNode = known;
  }
  writer.words(lastNode.form);
}
