/** The DNS messages that a name server for tests needs: questions in, answers out. Pure. */

import { isIP } from 'node:net';

export type DnsType = 'A' | 'AAAA' | 'SRV' | 'TXT';
export type DnsRcode = 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';

export interface DnsQuestion {
  /** Lower case, without the last dot. */
  readonly name: string;
  /** `undefined` for types that are not served. */
  readonly type: DnsType | undefined;
  /** Longest answer that the client accepts by UDP, in bytes. */
  readonly maxBytes: number;
  /** The message that contained it. */
  readonly message: Uint8Array;
  /** Offset of the end of the question in the message. */
  readonly end: number;
}

export interface DnsAnswer {
  readonly rcode: DnsRcode;
  readonly type: DnsType | undefined;
  /** Data of the records, all with the type and name of the question. */
  readonly records: readonly Uint8Array[];
  /** Sets the TC bit: the rest is available by TCP. */
  readonly isTruncated: boolean;
}

export interface SrvRecord {
  readonly target: string;
  /** Default 0, as for priority and weight. */
  readonly port?: number;
  readonly priority?: number;
  readonly weight?: number;
}

const typeCodes: Readonly<Record<DnsType, number>> = { A: 1, AAAA: 28, SRV: 33, TXT: 16 };
const rcodes: Readonly<Record<DnsRcode, number>> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
const optionsType = 41;
const headerBytes = 12;
/** Limit for clients without EDNS. */
const defaultMaxBytes = 512;
const maxStringBytes = 255;
const ttlSeconds = 5;

/** Reads a message with one question. Throws RangeError when it is cut off. */
export function readQuestion(bytes: Uint8Array): DnsQuestion {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = message.readUInt16BE(at + 1);
  const end = at + 5;
  const type = (Object.keys(typeCodes) as DnsType[]).find((name) => typeCodes[name] === code);
  return { name: labels.join('.').toLowerCase(), type, maxBytes: maxBytesOf(message, end), message, end };
}

/** From the pseudo-record of EDNS, when it is the first after the question: root name, 41, the size. */
function maxBytesOf(message: Buffer, at: number): number {
  if (message.readUInt16BE(10) === 0 || message.length < at + 11) return defaultMaxBytes;
  const hasOptions = message.readUInt8(at) === 0 && message.readUInt16BE(at + 1) === optionsType;
  return hasOptions ? Math.max(defaultMaxBytes, message.readUInt16BE(at + 3)) : defaultMaxBytes;
}

export function writeAnswer({ message, end }: DnsQuestion, answer: DnsAnswer): Buffer {
  const { rcode, type, records, isTruncated } = answer;
  const header = Buffer.from(message.subarray(0, headerBytes));
  header.writeUInt16BE(0x8180 | (isTruncated ? 0x0200 : 0) | rcodes[rcode], 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  const code = type === undefined ? 0 : typeCodes[type];
  return Buffer.concat([
    header,
    message.subarray(headerBytes, end),
    ...records.map((data) => record(code, data)),
  ]);
}

/** For the name that the question begins with. */
function record(type: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | headerBytes, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttlSeconds, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

export function addressData(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const parts = (text: string): string[] => text.split(':').filter((part) => part !== '');
  const last = tail === undefined ? [] : parts(tail);
  const zeros =
    tail === undefined ? [] : Array.from({ length: 8 - parts(head).length - last.length }, () => '0');
  return Buffer.from(
    [...parts(head), ...zeros, ...last].flatMap((part) => {
      const value = Number.parseInt(part, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

export function srvData({ target, port = 0, priority = 0, weight = 0 }: SrvRecord): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(priority, 0);
  head.writeUInt16BE(weight, 2);
  head.writeUInt16BE(port, 4);
  const labels = target.split('.').filter((label) => label !== '');
  const name = labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([head, ...name, Buffer.of(0)]);
}

/** Text that is too long for one string of a record becomes several. */
export function txtData(text: string | readonly string[]): Buffer {
  const strings =
    typeof text === 'string' ? splitString(Buffer.from(text)) : text.map((one) => Buffer.from(one));
  return Buffer.concat(strings.flatMap((bytes) => [Buffer.of(bytes.length), bytes]));
}

function splitString(bytes: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / maxStringBytes));
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * maxStringBytes, (at + 1) * maxStringBytes),
  );
}
