/**
 * Encodes and decodes the messages of SSH channels (RFC 4254 sections 5 and 6), and the few that precede them on OpenSSH's
 * control socket (PROTOCOL.mux: hello, proxy). Pure; every length is checked against the available bytes.
 */

import type { SshExit } from '../connection/ssh-connection.ts';

/** Messages from the far end about a channel. */
export type ChannelMessage =
  | {
      readonly kind: 'opened';
      readonly channel: number;
      readonly remote: number;
      readonly window: number;
      readonly maxPacket: number;
    }
  | { readonly kind: 'refused'; readonly channel: number; readonly reason: number; readonly message: string }
  | { readonly kind: 'window'; readonly channel: number; readonly bytes: number }
  | { readonly kind: 'data'; readonly channel: number; readonly isError: boolean; readonly data: Buffer }
  | { readonly kind: 'eof' | 'close' | 'success' | 'failure'; readonly channel: number }
  | { readonly kind: 'exit'; readonly channel: number; readonly exit: SshExit }
  /** An unknown request, which may require a reply. */
  | { readonly kind: 'request'; readonly channel: number; readonly wantsReply: boolean };

/** Message numbers of RFC 4250 section 4.1.2. */
const types = {
  open: 90,
  opened: 91,
  refused: 92,
  window: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;

const mux = { hello: 1, version: 4, proxy: 0x1000_000f, proxied: 0x8000_000f } as const;

/** Encodes the hello and the request to use the whole connection (proxy mode). */
export function encodeMuxStart(): Buffer {
  return Buffer.concat([
    packet(Buffer.concat([uint32(mux.hello), uint32(mux.version)])),
    packet(Buffer.concat([uint32(mux.proxy), uint32(0)])),
  ]);
}

/** Decodes a reply: `hello` and then `proxied` on success; anything else is a refusal. */
export function decodeMuxReply(bytes: Buffer): 'hello' | 'proxied' | 'refused' {
  const type = bytes.length >= 4 ? bytes.readUInt32BE() : 0;
  if (type === mux.hello && bytes.length >= 8 && bytes.readUInt32BE(4) === mux.version) return 'hello';
  return type === mux.proxied ? 'proxied' : 'refused';
}

interface OpenRequest {
  readonly channel: number;
  readonly window: number;
  readonly maxPacket: number;
}

export function encodeOpenSession(request: OpenRequest): Buffer {
  return message(types.open, openStart('session', request));
}

export function encodeOpenAddress(
  request: OpenRequest & { readonly host: string; readonly port: number },
): Buffer {
  const { host, port } = request;
  const target = [string(host), uint32(port), string('127.0.0.1'), uint32(0)];
  return message(types.open, openStart('direct-tcpip', request), ...target);
}

function openStart(type: string, { channel, window, maxPacket }: OpenRequest): Buffer {
  return Buffer.concat([string(type), uint32(channel), uint32(window), uint32(maxPacket)]);
}

/** Encodes a request to run a command, with a reply. */
export function encodeExec(remote: number, command: string): Buffer {
  return message(types.request, uint32(remote), string('exec'), Buffer.of(1), string(command));
}

export function encodeData(remote: number, data: Buffer): Buffer {
  return message(types.data, uint32(remote), uint32(data.length), data);
}

export function encodeWindow(remote: number, bytes: number): Buffer {
  return message(types.window, uint32(remote), uint32(bytes));
}

export function encodeBareMessage(kind: 'eof' | 'close' | 'failure', remote: number): Buffer {
  return message(types[kind], uint32(remote));
}

/** Decodes a message; `undefined` if it is not about a channel. Throws `RangeError` when it is truncated. */
export function decodeMessage(bytes: Buffer): ChannelMessage | undefined {
  // The first byte is the padding length; there is no padding.
  const type = bytes[1];
  const reader = new Reader(bytes.subarray(2));
  switch (type) {
    case types.opened:
      return {
        kind: 'opened',
        channel: reader.uint32(),
        remote: reader.uint32(),
        window: reader.uint32(),
        maxPacket: reader.uint32(),
      };
    case types.refused:
      return { kind: 'refused', channel: reader.uint32(), reason: reader.uint32(), message: reader.text() };
    case types.window:
      return { kind: 'window', channel: reader.uint32(), bytes: reader.uint32() };
    case types.data:
      return { kind: 'data', channel: reader.uint32(), isError: false, data: reader.string() };
    case types.extendedData:
      return {
        kind: 'data',
        channel: reader.uint32(),
        isError: reader.uint32() === 1,
        data: reader.string(),
      };
    case types.eof:
      return { kind: 'eof', channel: reader.uint32() };
    case types.close:
      return { kind: 'close', channel: reader.uint32() };
    case types.success:
      return { kind: 'success', channel: reader.uint32() };
    case types.failure:
      return { kind: 'failure', channel: reader.uint32() };
    case types.request:
      return decodeRequest(reader);
    default:
      return undefined;
  }
}

function decodeRequest(reader: Reader): ChannelMessage {
  const channel = reader.uint32();
  const name = reader.text();
  const wantsReply = reader.byte() !== 0;
  if (name === 'exit-status') return { kind: 'exit', channel, exit: { code: reader.uint32() } };
  if (name === 'exit-signal') return { kind: 'exit', channel, exit: { signal: reader.text() } };
  return { kind: 'request', channel, wantsReply };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  uint32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  string(): Buffer {
    const length = this.uint32();
    if (length > this.#bytes.length - this.#at) throw new RangeError('a string is longer than its packet');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.string().toString('utf8');
  }
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  return packet(Buffer.concat([Buffer.of(0, type), ...parts]));
}

function packet(body: Buffer): Buffer {
  return Buffer.concat([uint32(body.length), body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([uint32(bytes.length), bytes]);
}
