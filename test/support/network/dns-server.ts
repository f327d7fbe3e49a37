/**
 * A real name server for a test: answers queries for A, AAAA, SRV and TXT records by UDP and TCP from a table, or with a
 * configured failure. Answers that are too long for UDP are truncated and marked, as other servers do.
 */

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIP, type Server, type Socket } from 'node:net';
import {
  addressData,
  type DnsAnswer,
  type DnsQuestion,
  type DnsType,
  readQuestion,
  type SrvRecord,
  srvData,
  txtData,
  writeAnswer,
} from './dns-message.ts';

/** What the server sends instead of an answer. `silent`: nothing. */
export type DnsFailure = 'SERVFAIL' | 'REFUSED' | 'NXDOMAIN' | 'silent';

/** Everything about a name. A type of which it has nothing gets an empty answer: the name exists. */
export interface DnsRecords {
  /** IPv4 and IPv6: A and AAAA records. */
  readonly addresses?: readonly string[];
  readonly srv?: readonly SrvRecord[];
  /** A record each, of one string or of several. */
  readonly txt?: readonly (string | readonly string[])[];
  /** Questions that fail while others are answered: `{ AAAA: 'SERVFAIL' }`. */
  readonly failures?: Readonly<Partial<Record<DnsType, DnsFailure>>>;
  /** By UDP the first record alone, marked as cut off; all of them by TCP. */
  readonly isTruncated?: boolean;
  /** What is sent by TCP instead of an answer. */
  readonly overTcp?: DnsFailure;
}

/** The records of a name, only its addresses, or the failure for every query of it. */
export type DnsEntry = readonly string[] | DnsRecords | DnsFailure;

/** A received question. */
export interface AskedQuestion {
  readonly name: string;
  readonly type: DnsType | undefined;
  readonly overTcp: boolean;
}

export class DnsServer implements AsyncDisposable {
  /** By name, lower case. A name that is not here does not exist. */
  readonly zone: Map<string, DnsEntry> = new Map();
  /** All received questions, answered or not. */
  readonly questions: AskedQuestion[] = [];
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();

  constructor(udp: UdpSocket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on('message', (message, from) => this.#answerDatagram(message, from));
    tcp.on('connection', (connection) => this.#serve(connection));
  }

  /** `127.0.0.1:53535` */
  get address(): string {
    return `127.0.0.1:${this.#udp.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.all([once(this.#udp, 'close'), once(this.#tcp, 'close')]);
    for (const connection of this.#connections) connection.destroy();
    this.#tcp.close();
    this.#udp.close();
    await closed;
  }

  #answerDatagram(message: Buffer, from: RemoteInfo): void {
    const answer = this.#answer(message, false);
    if (answer !== undefined) this.#udp.send(answer, from.port, from.address);
  }

  /** Each message has its length before it; they come split and joined as they like. */
  #serve(connection: Socket): void {
    let received = Buffer.alloc(0);
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => connection.destroy());
    connection.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const answer = this.#answer(received.subarray(2, end), true);
        received = received.subarray(end);
        if (answer === undefined) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length, 0);
        connection.write(Buffer.concat([length, answer]));
      }
    });
  }

  /** The whole message; `undefined` for none. */
  #answer(message: Buffer, overTcp: boolean): Buffer | undefined {
    const question = readQuestion(message);
    const { name, type } = question;
    this.questions.push({ name, type, overTcp });
    const records = recordsOf(this.zone.get(name));
    const failure =
      typeof records === 'string'
        ? records
        : ((type === undefined ? undefined : records.failures?.[type]) ??
          (overTcp ? records.overTcp : undefined));
    if (failure === 'silent') return undefined;
    if (failure !== undefined) {
      return writeAnswer(question, { rcode: failure, type, records: [], isTruncated: false });
    }
    const data = typeof records === 'string' || type === undefined ? [] : dataOf(records, type);
    const all: DnsAnswer = { rcode: 'NOERROR', type, records: data, isTruncated: false };
    const mustCut = typeof records !== 'string' && records.isTruncated === true;
    return overTcp ? writeAnswer(question, all) : writeCut(question, all, mustCut);
  }
}

/** What fits into a datagram of the client; one record if it must be truncated. */
function writeCut(question: DnsQuestion, answer: DnsAnswer, mustCut: boolean): Buffer {
  const whole = writeAnswer(question, answer);
  if (!mustCut && whole.length <= question.maxBytes) return whole;
  const records = answer.records.slice(0, 1);
  const cut = writeAnswer(question, { ...answer, records, isTruncated: true });
  if (cut.length <= question.maxBytes) return cut;
  return writeAnswer(question, { ...answer, records: [], isTruncated: true });
}

function recordsOf(entry: DnsEntry | undefined): DnsRecords | DnsFailure {
  if (entry === undefined) return 'NXDOMAIN';
  return isAddressList(entry) ? { addresses: entry } : entry;
}

function isAddressList(entry: DnsEntry): entry is readonly string[] {
  return Array.isArray(entry);
}

function dataOf({ addresses = [], srv = [], txt = [] }: DnsRecords, type: DnsType): Buffer[] {
  if (type === 'SRV') return srv.map(srvData);
  if (type === 'TXT') return txt.map(txtData);
  const family = type === 'A' ? 4 : 6;
  return addresses.filter((address) => isIP(address) === family).map(addressData);
}

/** On one free port of 127.0.0.1, by UDP and TCP. */
export async function startDnsServer(zone: Readonly<Record<string, DnsEntry>> = {}): Promise<DnsServer> {
  const { udp, tcp } = await openBoth();
  const server = new DnsServer(udp, tcp);
  for (const [name, entry] of Object.entries(zone)) server.zone.set(name, entry);
  return server;
}

async function openBoth(attempts: number = 20): Promise<{ udp: UdpSocket; tcp: Server }> {
  const tcp = createServer();
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const udp = createSocket('udp4');
  udp.bind(port, '127.0.0.1');
  try {
    await once(udp, 'listening');
    return { udp, tcp };
  } catch (error) {
    // The port that TCP got is in use for UDP.
    tcp.close();
    udp.close();
    if (attempts === 0) throw error;
    return await openBoth(attempts - 1);
  }
}
