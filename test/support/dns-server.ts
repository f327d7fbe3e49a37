/** A real name server for a test: answers A and AAAA questions over UDP from a table, or with the failure that is set. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** Addresses of a name, or what the server says instead of an answer. `silent`: nothing. */
export type DnsEntry = readonly string[] | 'SERVFAIL' | 'REFUSED' | 'silent';

const types = { 1: 4, 28: 6 } as const;
const rcodes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export class DnsServer implements AsyncDisposable {
  /** By name, lower case. A name that is not here does not exist. */
  readonly zone: Map<string, DnsEntry> = new Map();
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (message, from) => this.#answer(message, from));
  }

  /** `127.0.0.1:53535` */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #answer(question: Buffer, from: RemoteInfo): void {
    const { name, type, end } = readQuestion(question);
    const entry = this.zone.get(name.toLowerCase());
    if (entry === 'silent') return;
    const family = types[type as keyof typeof types];
    const addresses = Array.isArray(entry) ? entry.filter((address: string) => isIP(address) === family) : [];
    const rcode =
      entry === undefined ? rcodes.NXDOMAIN : typeof entry === 'string' ? rcodes[entry] : rcodes.NOERROR;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180 | rcode, 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8);
    const answers = addresses.map((address: string) => record(type, addressBytes(address)));
    this.#socket.send(
      Buffer.concat([header, question.subarray(12, end), ...answers]),
      from.port,
      from.address,
    );
  }
}

export async function startDnsServer(zone: Readonly<Record<string, DnsEntry>> = {}): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server = new DnsServer(socket);
  for (const [name, entry] of Object.entries(zone)) server.zone.set(name, entry);
  return server;
}

function readQuestion(message: Buffer): {
  readonly name: string;
  readonly type: number;
  readonly end: number;
} {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** For the name that the question begins with. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(5, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function addressBytes(address: string): Buffer {
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
