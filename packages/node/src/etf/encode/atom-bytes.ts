/**
 * Atoms to bytes, always UTF-8, or to references into the distribution header of the frame that is being written. Messages repeat the
 * same few names: the bytes of an atom are cached in the atom, and those of a few thousand names here.
 */

import { checkName } from '../argument-checks.ts';
import { toWords } from '../byte-writer.ts';
import type { AtomForm, ByteWriter } from '../byte-writer.ts';
import { ATOM_CACHE_REF, ATOM_UTF8_EXT, SMALL_ATOM_UTF8_EXT } from '../tags.ts';
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

/** Names to their forms. At its limit it starts over, so that names which are used once do not stay. */
const forms = new Map<string, AtomForm>();
const maxForms = 4096;

/** An atom in the form that is fastest to write. */
export function atomForm(name: string): AtomForm {
  const known = forms.get(name);
  if (known !== undefined) return known;
  const { words, length } = toWords(encodeAtomName(name));
  const form = { words, length, name, slot: slotOf(name) };
  if (forms.size >= maxForms) forms.clear();
  forms.set(name, form);
  return form;
}

/** The slot of an atom in the caches of connections, 0 to 2047: an FNV hash of its name, which spreads names that differ in one digit. */
function slotOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 11) ^ (hash >>> 22)) & 0x7ff;
}

/* 82: u8 index, or the atom itself */
export function writeForm(writer: ByteWriter, form: AtomForm): void {
  const { atoms } = writer;
  if (atoms === undefined) return writer.words(form);
  const index = atoms.indexOf(form);
  if (index < 0) writer.words(form);
  else writer.u16((ATOM_CACHE_REF << 8) | index);
}

export function writeAtom(writer: ByteWriter, atom: Atom): void {
  writeForm(writer, Atom.formOf(atom, atomForm));
}

/** Writes the atom with this name. Throws `EncodeError` for an invalid name, or a value that is not a string. */
export function writeName(writer: ByteWriter, name: string): void {
  const { length } = name;
  if (typeof name !== 'string' || length > maxCharacters) return writer.bytes(encodeAtomName(name));
  if (writer.atoms !== undefined) return writeForm(writer, atomForm(name));
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

/** The two nodes whose identifiers were written last: messages contain those of both ends, many times. */
let lastNode: AtomForm = atomForm('');
let otherNode: AtomForm = lastNode;

export function writeNode(writer: ByteWriter, name: string): void {
  if (name !== lastNode.name) {
    const known = name === otherNode.name ? otherNode : atomForm(name);
    otherNode = lastNode;
    lastNode = known;
  }
  writeForm(writer, lastNode);
}
