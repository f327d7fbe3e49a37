/** The server side of RFC 6455 for text frames: enough for one browser, without a dependency. */

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

export class WebSocketPeer {
  readonly #stream: Duplex;
  #received: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  onText: (text: string) => void = () => undefined;
  onClose: () => void = () => undefined;

  constructor(request: IncomingMessage, stream: Duplex) {
    this.#stream = stream;
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1')
      .update(key + magic)
      .digest('base64');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.onClose());
  }

  send(text: string): void {
    this.#stream.write(frame(opcodes.text, Buffer.from(text)));
  }

  /** Drops the connection without a close frame. */
  destroy(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#takeFrame());
  }

  #takeFrame(): boolean {
    const bytes = this.#received;
    if (bytes.length < 2) return false;
    const short = bytes[1]! & 0x7f;
    const lengthEnd = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < lengthEnd + 4) return false;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    const end = lengthEnd + 4 + length;
    if (bytes.length < end) return false;
    const mask = bytes.subarray(lengthEnd, lengthEnd + 4);
    const payload = Buffer.from(
      bytes.subarray(lengthEnd + 4, end).map((byte, index) => byte ^ mask[index % 4]!),
    );
    this.#received = bytes.subarray(end);
    this.#obey(bytes[0]!, payload);
    return true;
  }

  #obey(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === opcodes.close) this.#stream.end(frame(opcodes.close, payload));
    if (opcode === opcodes.ping) this.#stream.write(frame(opcodes.pong, payload));
    if (opcode !== opcodes.text && opcode !== opcodes.continuation) return;
    this.#parts.push(payload);
    if ((first & 0x80) === 0) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.onText(text);
  }
}
