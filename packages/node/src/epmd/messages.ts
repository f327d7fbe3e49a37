/**
 * EPMD's requests and replies as bytes, both directions. Implements "EPMD Protocol" of the ERTS distribution protocol.
 * Opens no socket and keeps no names.
 */
import { DecodeError } from '../errors.ts';

/** Request tags. */
const requestTags = { alive2: 120, portPlease2: 122, names: 110, dump: 100, kill: 107, stop: 115 } as const;

/** Reply tags. */
const replyTags = { alive2: 121, alive2x: 118, port2: 119 } as const;

/** 77 is a normal node, 72 a hidden one. OTP registers hidden nodes as 77 too. */
const nodeTypes = { normal: 77, hidden: 72 } as const;

/** The longest request a daemon reads, in bytes after the length. */
export const maxRequestBytes = 3058;
const maxNameCharacters = 255;
const maxFieldBytes = 1020;

export type NodeType = keyof typeof nodeTypes;

/** What a node says of itself when it registers. */
export interface AliveRequest {
  readonly kind: 'alive2';
  readonly name: string;
  readonly port: number;
  readonly type: NodeType;
  readonly protocol: number;
  readonly highestVersion: number;
  readonly lowestVersion: number;
  readonly extra: Uint8Array;
}

export type EpmdRequest =
  | AliveRequest
  | { readonly kind: 'portPlease2'; readonly name: string }
  | { readonly kind: 'names' }
  | { readonly kind: 'dump' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'stop'; readonly name: string };

/** What EPMD knows of a registered node. */
export interface PortInfo {
  readonly name: string;
  readonly port: number;
  readonly type: NodeType;
  readonly protocol: number;
  readonly highestVersion: number;
  readonly lowestVersion: number;
  readonly extra: Uint8Array;
}

const text = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function bytesOf(...parts: readonly (number | readonly ['u16' | 'u32', number] | Uint8Array)[]): Uint8Array {
  const out: number[] = [];
  for (const part of parts) {
    if (typeof part === 'number') out.push(part);
    else if (part instanceof Uint8Array) out.push(...part);
    else if (part[0] === 'u16') out.push(part[1] >>> 8, part[1] & 0xff);
    else out.push(part[1] >>> 24, (part[1] >>> 16) & 0xff, (part[1] >>> 8) & 0xff, part[1] & 0xff);
  }
  return Uint8Array.from(out);
}

function nodeFields(info: PortInfo | AliveRequest): Uint8Array {
  const name = text.encode(info.name);
  return bytesOf(
    ['u16', info.port],
    nodeTypes[info.type],
    info.protocol,
    ['u16', info.highestVersion],
    ['u16', info.lowestVersion],
    ['u16', name.length],
    name,
    ['u16', info.extra.length],
    info.extra,
  );
}

/** u16 length | u8 tag | body */
export function encodeRequest(request: EpmdRequest): Uint8Array {
  const body = requestBody(request);
  return bytesOf(['u16', body.length + 1], requestTags[request.kind], body);
}

function requestBody(request: EpmdRequest): Uint8Array {
  switch (request.kind) {
    case 'alive2':
      return nodeFields(request);
    case 'portPlease2':
    case 'stop':
      return text.encode(request.name);
    case 'names':
    case 'dump':
    case 'kill':
      return new Uint8Array();
  }
}

/** Walks over the fields of a message; throws `DecodeError` at its end. */
class Fields {
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  #advance(count: number): number {
    const at = this.#offset;
    if (at + count > this.#view.byteLength) {
      throw new DecodeError('DECODE_TRUNCATED', `an EPMD message ends after ${this.#view.byteLength} bytes`, {
        offset: at,
      });
    }
    this.#offset += count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** A length of 16 bits and as many bytes, copied. */
  sized(): Uint8Array {
    const length = this.u16();
    const at = this.#advance(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length).slice();
  }

  end(): void {
    if (this.#offset !== this.#view.byteLength)
      throw bad('an EPMD message is longer than its fields', this.#offset);
  }
}

function bad(message: string, offset: number): DecodeError {
  return new DecodeError('DECODE_BAD_VALUE', message, { offset });
}

function decodeName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = strictUtf8.decode(bytes);
  } catch (cause) {
    throw new DecodeError('DECODE_BAD_VALUE', 'a node name is not UTF-8', { offset: 0, cause });
  }
  if (name === '' || name.includes('\0')) throw bad('a node name is empty or has a NUL', 0);
  return name;
}

/** Whether a daemon takes the name: at most 255 characters and 1020 bytes. */
export function isNameAcceptable(name: string): boolean {
  return Array.from(name).length <= maxNameCharacters && text.encode(name).length <= maxFieldBytes;
}

function decodeNodeFields(fields: Fields): PortInfo {
  const port = fields.u16();
  const type = fields.u8() === nodeTypes.hidden ? 'hidden' : 'normal';
  const protocol = fields.u8();
  const highestVersion = fields.u16();
  const lowestVersion = fields.u16();
  const name = decodeName(fields.sized());
  const extra = fields.sized();
  if (extra.length > maxFieldBytes) throw bad(`${extra.length} bytes of extra data`, fields.offset);
  return { name, port, type, protocol, highestVersion, lowestVersion, extra };
}

/** A trailing NUL of the name is dropped, as the daemon of OTP does. */
function plainName(bytes: Uint8Array): string {
  return decodeName(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes);
}

/** Reads a request without its length. Throws `DecodeError` on what a daemon answers by closing. */
export function decodeRequest(message: Uint8Array): EpmdRequest {
  const [tag] = message;
  const body = message.subarray(1);
  switch (tag) {
    case requestTags.alive2: {
      const fields = new Fields(body);
      const info = decodeNodeFields(fields);
      fields.end();
      return { kind: 'alive2', ...info };
    }
    case requestTags.portPlease2:
      return { kind: 'portPlease2', name: plainName(body) };
    case requestTags.stop:
      return { kind: 'stop', name: plainName(body) };
    case requestTags.names:
      return { kind: 'names' };
    case requestTags.dump:
      return { kind: 'dump' };
    case requestTags.kill:
      return { kind: 'kill' };
    default:
      throw new DecodeError('DECODE_BAD_TAG', `${tag} is no EPMD request`, { offset: 0, tag: tag ?? 0 });
  }
}

export interface AliveReply {
  readonly ok: boolean;
  readonly creation: number;
}

/** 118, result, u32 creation for nodes that speak version 6; 121, result, u16 creation 1..3 for older ones. */
export function encodeAliveReply(reply: AliveReply, highestVersion: number): Uint8Array {
  const result = reply.ok ? 0 : 1;
  if (highestVersion >= 6) return bytesOf(replyTags.alive2x, result, ['u32', reply.creation]);
  return bytesOf(replyTags.alive2, result, ['u16', (reply.creation % 3) + 1]);
}

/** The reply to a registration, or `undefined` while bytes are missing. */
export function decodeAliveReply(bytes: Uint8Array): AliveReply | undefined {
  const [tag] = bytes;
  if (tag === undefined) return undefined;
  if (tag !== replyTags.alive2 && tag !== replyTags.alive2x) {
    throw new DecodeError('DECODE_BAD_TAG', `${tag} is no reply to a registration`, { offset: 0, tag });
  }
  if (bytes.length < (tag === replyTags.alive2x ? 6 : 4)) return undefined;
  const fields = new Fields(bytes.subarray(1));
  const ok = fields.u8() === 0;
  return { ok, creation: tag === replyTags.alive2x ? fields.u32() : fields.u16() };
}

/** 119, 0, fields; or 119, 1 when the name is not known. */
export function encodePortReply(info: PortInfo | undefined): Uint8Array {
  return info === undefined ? bytesOf(replyTags.port2, 1) : bytesOf(replyTags.port2, 0, nodeFields(info));
}

/** Reads a whole reply; the daemon closes after it. `undefined` is: the name is not known. */
export function decodePortReply(bytes: Uint8Array): PortInfo | undefined {
  const fields = new Fields(bytes);
  const tag = fields.u8();
  if (tag !== replyTags.port2) {
    throw new DecodeError('DECODE_BAD_TAG', `${tag} is no reply to a look-up`, { offset: 0, tag });
  }
  return fields.u8() === 0 ? decodeNodeFields(fields) : undefined;
}

export interface NamesReply {
  readonly epmdPort: number;
  readonly nodes: readonly { readonly name: string; readonly port: number }[];
}

/** u32 port of the daemon, then a line a node. */
export function encodeNamesReply(reply: NamesReply): Uint8Array {
  const lines = reply.nodes.map(({ name, port }) => `name ${name} at port ${port}\n`).join('');
  return bytesOf(['u32', reply.epmdPort], text.encode(lines));
}

export function decodeNamesReply(bytes: Uint8Array): NamesReply {
  const epmdPort = new Fields(bytes).u32();
  const lines = new TextDecoder().decode(bytes.subarray(4)).split('\n');
  const nodes = lines.flatMap((line) => {
    const match = /^name (.+) at port (\d+)$/.exec(line);
    return match === null ? [] : [{ name: match[1] ?? '', port: Number(match[2]) }];
  });
  return { epmdPort, nodes };
}

/** What `epmd -debug` style dumps list: who is registered, and the names that keep their counter. */
export interface DumpEntry {
  readonly name: string;
  readonly port: number;
  readonly active: boolean;
  readonly connection: number;
}

/** u32 port of the daemon, then a line and a NUL an entry. */
export function encodeDumpReply(epmdPort: number, entries: readonly DumpEntry[]): Uint8Array {
  const lines = entries.map(({ name, port, active, connection }) =>
    active
      ? `active name     <${name}> at port ${port}, fd = ${connection}\n\0`
      : `old/unused name <${name}>, port = ${port}, fd = ${connection} \n\0`,
  );
  return bytesOf(['u32', epmdPort], text.encode(lines.join('')));
}
