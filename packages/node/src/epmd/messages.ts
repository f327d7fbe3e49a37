/**
 * The wire format of EPMD, both sides: requests and replies as data. Pure; answers.ts decides who may ask what.
 * A request is `2 length | 1 tag | body`; a reply has no frame and ends with the connection, or at its fixed length.
 * OTP: erts, "Distribution Protocol", section "Protocol between EPMD and nodes".
 */

import { DecodeError } from '../errors.ts';

export const requestTags = {
  register: 120,
  lookup: 122,
  names: 110,
  dump: 100,
  kill: 107,
  stop: 115,
} as const;

const REGISTER_REPLY_32 = 118;
const REGISTER_REPLY_16 = 121;
const LOOKUP_REPLY = 119;

/** Size of the longest request body, including its tag. EPMD's own input buffer has this size. */
export const maxRequestBytes = 3057;
/** Maximum size of a name, and of the `extra` field. */
export const maxFieldBytes = 1020;
/** Maximum length of a name. */
export const maxNameCharacters = 255;

/** The registration data of a node. Flags and features are exchanged between the nodes, not here. */
export interface NodeEntry {
  readonly name: string;
  /** The port the node listens on. */
  readonly port: number;
  /** 77 `M` is an ordinary node, 72 `H` a hidden one. Erlang nodes always send 77. */
  readonly nodeType: number;
  /** 0 for TCP; IPv6 and TLS nodes send 0 as well. */
  readonly protocol: number;
  readonly highestVersion: number;
  readonly lowestVersion: number;
  /** For the node's own use, nearly always empty. */
  readonly extra: Uint8Array;
}

export const nodeTypes = { normal: 77, hidden: 72 } as const;

export type EpmdRequest =
  /** `isAcceptable` is false if the request is well formed but the name or `extra` is not allowed. */
  | { readonly kind: 'register'; readonly entry: NodeEntry; readonly isAcceptable: boolean }
  | { readonly kind: 'lookup'; readonly name: string }
  | { readonly kind: 'names' | 'dump' | 'kill' }
  | { readonly kind: 'stop'; readonly name: string };

export interface RegisterReply {
  readonly accepted: boolean;
  /** Meaningless unless accepted. */
  readonly creation: number;
}

/** A registered name. */
export interface ListedName {
  readonly name: string;
  readonly port: number;
}

/** A name in a dump; `fd` is the daemon's number for the connection that holds the name. */
export interface DumpedName extends ListedName {
  readonly fd: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concatenate(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Valid UTF-8 with at most 255 characters in at most 1020 bytes, otherwise `undefined`. */
function parseName(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxFieldBytes) return undefined;
  try {
    const name = utf8.decode(bytes);
    return Array.from(name).length <= maxNameCharacters ? name : undefined;
  } catch {
    return undefined;
  }
}

function frame(tag: number, body: Uint8Array = new Uint8Array()): Uint8Array {
  const length = body.length + 1;
  return concatenate(Uint8Array.of(length >> 8, length & 255, tag), body);
}

/* 2 port | 1 node type | 1 protocol | 2 highest | 2 lowest | 2 name length | n name | 2 extra length | n extra */
function encodeEntry(entry: NodeEntry): Uint8Array {
  const name = encoder.encode(entry.name);
  const bytes = new Uint8Array(12 + name.length + entry.extra.length);
  const view = viewOf(bytes);
  view.setUint16(0, entry.port);
  view.setUint8(2, entry.nodeType);
  view.setUint8(3, entry.protocol);
  view.setUint16(4, entry.highestVersion);
  view.setUint16(6, entry.lowestVersion);
  view.setUint16(8, name.length);
  bytes.set(name, 10);
  view.setUint16(10 + name.length, entry.extra.length);
  bytes.set(entry.extra, 12 + name.length);
  return bytes;
}

interface RawEntry extends Omit<NodeEntry, 'name'> {
  readonly nameBytes: Uint8Array;
}

/** Reads the entry at `offset`. Bytes after it are ignored, as EPMD does. */
function decodeEntry(bytes: Uint8Array, offset: number): RawEntry {
  const view = viewOf(bytes);
  const need = (end: number): void => {
    if (end > bytes.length) {
      throw new DecodeError(
        'DECODE_TRUNCATED',
        `the entry needs ${end} bytes, but there are only ${bytes.length}`,
        {
          offset: bytes.length,
        },
      );
    }
  };
  need(offset + 12);
  const nameStart = offset + 10;
  const nameEnd = nameStart + view.getUint16(offset + 8);
  need(nameEnd + 2);
  const extraEnd = nameEnd + 2 + view.getUint16(nameEnd);
  need(extraEnd);
  return {
    port: view.getUint16(offset),
    nodeType: view.getUint8(offset + 2),
    protocol: view.getUint8(offset + 3),
    highestVersion: view.getUint16(offset + 4),
    lowestVersion: view.getUint16(offset + 6),
    nameBytes: bytes.subarray(nameStart, nameEnd),
    extra: bytes.slice(nameEnd + 2, extraEnd),
  };
}

export function encodeRegisterRequest(entry: NodeEntry): Uint8Array {
  return frame(requestTags.register, encodeEntry(entry));
}

export function encodeLookupRequest(name: string): Uint8Array {
  return frame(requestTags.lookup, encoder.encode(name));
}

export function encodeStopRequest(name: string): Uint8Array {
  return frame(requestTags.stop, encoder.encode(name));
}

export function encodePlainRequest(kind: 'names' | 'dump' | 'kill'): Uint8Array {
  return frame(requestTags[kind]);
}

/** Reads a request without its length. Throws `DecodeError` for requests that EPMD drops without an answer. */
export function decodeRequest(body: Uint8Array): EpmdRequest {
  switch (body[0]) {
    case requestTags.register:
      return decodeRegisterRequest(body);
    case requestTags.lookup:
      return { kind: 'lookup', name: decodeAskedName(body) };
    case requestTags.stop:
      return { kind: 'stop', name: decodeAskedName(body) };
    case requestTags.names:
      return { kind: 'names' };
    case requestTags.dump:
      return { kind: 'dump' };
    case requestTags.kill:
      return { kind: 'kill' };
    default:
      throw new DecodeError('DECODE_BAD_TAG', `${body[0] ?? 'nothing'} is not the tag of an EPMD request`, {
        offset: 0,
        tag: body[0],
      });
  }
}

function decodeRegisterRequest(body: Uint8Array): EpmdRequest {
  const { nameBytes, ...rest } = decodeEntry(body, 1);
  refuseName(nameBytes.length === 0 || nameBytes.includes(0), 11);
  const name = parseName(nameBytes);
  const isAcceptable = name !== undefined && rest.extra.length <= maxFieldBytes;
  return { kind: 'register', entry: { ...rest, name: name ?? '' }, isAcceptable };
}

/** The rest of the body is the name; one trailing NUL is allowed. */
function decodeAskedName(body: Uint8Array): string {
  const end = body.at(-1) === 0 ? body.length - 1 : body.length;
  const bytes = body.subarray(1, end);
  refuseName(bytes.length === 0 || bytes.includes(0), 1);
  const name = parseName(bytes);
  refuseName(name === undefined, 1);
  return name ?? '';
}

function refuseName(isBad: boolean, offset: number): void {
  if (isBad)
    throw new DecodeError('DECODE_BAD_VALUE', 'the name is empty, too long or not valid text', { offset });
}

/** The size of the reply to a registration, by its first byte; `undefined` if that starts no such reply. */
export function registerReplyLength(tag: number | undefined): number | undefined {
  if (tag === REGISTER_REPLY_32) return 6;
  return tag === REGISTER_REPLY_16 ? 4 : undefined;
}

/** Nodes that support version 6 get a 32-bit creation, older ones a creation of 1..3 in 16 bits. */
export function encodeRegisterReply(reply: RegisterReply, highestVersion: number): Uint8Array {
  const isLong = highestVersion >= 6;
  const bytes = new Uint8Array(isLong ? 6 : 4);
  const view = viewOf(bytes);
  view.setUint8(0, isLong ? REGISTER_REPLY_32 : REGISTER_REPLY_16);
  view.setUint8(1, reply.accepted ? 0 : 1);
  const shown = reply.accepted ? reply.creation : 99;
  if (isLong) view.setUint32(2, shown);
  else view.setUint16(2, reply.accepted ? (shown % 3) + 1 : shown);
  return bytes;
}

/** Reads a reply of `registerReplyLength` bytes. */
export function decodeRegisterReply(bytes: Uint8Array): RegisterReply {
  const length = registerReplyLength(bytes[0]);
  if (length === undefined) throw badReply('a registration', bytes);
  if (bytes.length < length) {
    throw new DecodeError('DECODE_TRUNCATED', 'the reply is truncated', { offset: bytes.length });
  }
  const view = viewOf(bytes);
  const creation = length === 6 ? view.getUint32(2) : view.getUint16(2);
  return { accepted: bytes[1] === 0, creation };
}

export function encodeLookupReply(entry: NodeEntry | undefined): Uint8Array {
  if (entry === undefined) return Uint8Array.of(LOOKUP_REPLY, 1);
  return concatenate(Uint8Array.of(LOOKUP_REPLY, 0), encodeEntry(entry));
}

/** Reads the reply to a lookup; `undefined` when the daemon does not know the name. */
export function decodeLookupReply(bytes: Uint8Array): NodeEntry | undefined {
  if (bytes[0] !== LOOKUP_REPLY || bytes.length < 2) throw badReply('a lookup', bytes);
  if (bytes[1] !== 0) return undefined;
  const { nameBytes, ...rest } = decodeEntry(bytes, 2);
  const name = parseName(nameBytes);
  if (name === undefined)
    throw new DecodeError('DECODE_BAD_VALUE', 'the name is not valid text', { offset: 12 });
  return { ...rest, name };
}

function badReply(to: string, bytes: Uint8Array): DecodeError {
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new DecodeError('DECODE_BAD_VALUE', `a reply to ${to} cannot start with <${start}>`, { offset: 0 });
}

/* 4 port of EPMD | lines */
function encodeListing(epmdPort: number, lines: readonly string[]): Uint8Array {
  const head = new Uint8Array(4);
  viewOf(head).setUint32(0, epmdPort);
  return concatenate(head, encoder.encode(lines.join('')));
}

export function encodeNamesReply(epmdPort: number, names: readonly ListedName[]): Uint8Array {
  return encodeListing(
    epmdPort,
    names.map(({ name, port }) => `name ${name} at port ${port}\n`),
  );
}

/** Each line of a dump ends with a NUL, unlike those of the names. */
export function encodeDumpReply(
  epmdPort: number,
  dump: { readonly active: readonly DumpedName[]; readonly unused: readonly DumpedName[] },
): Uint8Array {
  return encodeListing(epmdPort, [
    ...dump.active.map(({ name, port, fd }) => `active name     <${name}> at port ${port}, fd = ${fd}\n\0`),
    ...dump.unused.map(({ name, port, fd }) => `old/unused name <${name}>, port = ${port}, fd = ${fd} \n\0`),
  ]);
}

function decodeListing(bytes: Uint8Array): { epmdPort: number; text: string } {
  if (bytes.length < 4) throw badReply('a list of names', bytes);
  return { epmdPort: viewOf(bytes).getUint32(0), text: new TextDecoder().decode(bytes.subarray(4)) };
}

/** Skips other lines: a local user can register a name with a line break in it. */
export function decodeNamesReply(bytes: Uint8Array): { epmdPort: number; nodes: ListedName[] } {
  const { epmdPort, text } = decodeListing(bytes);
  const nodes = Array.from(text.matchAll(/^name (.+) at port (\d{1,5})$/gm), ([, name = '', port]) => ({
    name,
    port: Number(port),
  }));
  return { epmdPort, nodes };
}

export function decodeDumpReply(bytes: Uint8Array): {
  epmdPort: number;
  active: DumpedName[];
  unused: DumpedName[];
} {
  const { epmdPort, text } = decodeListing(bytes);
  const read = (pattern: RegExp): DumpedName[] =>
    Array.from(text.matchAll(pattern), ([, name = '', port, fd]) => ({
      name,
      port: Number(port),
      fd: Number(fd),
    }));
  return {
    epmdPort,
    active: read(/^\0?active name {5}<(.+)> at port (\d{1,5}), fd = (-?\d+)$/gm),
    unused: read(/^\0?old\/unused name <(.+)>, port = (\d{1,5}), fd = (-?\d+) $/gm),
  };
}
