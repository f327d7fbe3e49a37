/**
 * An impostor that knows no cookie and takes the place of a node: it holds its name in EPMD, or listens on its port. It relays
 * incoming connections to another node, so that the proof of the dialler reaches that node.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';

export interface ImpostorOptions {
  /** The full name that it claims. */
  readonly name: string;
  /** Port of the node that it relays to. */
  readonly relayTo: number;
}

export interface Impostor extends AsyncDisposable {
  readonly port: number;
  /** The names that dialled it, in order. */
  readonly dialledBy: readonly string[];
  /** How often the other node accepted it as the dialler, and how often that node closed the connection. */
  readonly outcomes: readonly ('let in' | 'refused')[];
  /** Registers the name for its port. Resolves with a function that unregisters it. */
  takeName(epmdPort: number): Promise<() => void>;
}

export async function startImpostor(options: ImpostorOptions): Promise<Impostor> {
  const dialledBy: string[] = [];
  const outcomes: ('let in' | 'refused')[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((dialler) => {
    const target = connect({ host: '127.0.0.1', port: options.relayTo });
    for (const socket of [dialler, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    relay({ dialler, target, name: options.name, dialledBy, outcomes });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    dialledBy,
    outcomes,
    async takeName(epmdPort) {
      const { name } = splitNodeName(options.name);
      const registration = await new EpmdClient({ port: epmdPort }).register({ name, port });
      return () => registration.close();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Relay {
  readonly dialler: Socket;
  readonly target: Socket;
  readonly name: string;
  readonly dialledBy: string[];
  readonly outcomes: ('let in' | 'refused')[];
}

const [nameTag, statusTag, replyTag, ackTag] = ['N', 's', 'r', 'a'];

function relay({ dialler, target, name, dialledBy, outcomes }: Relay): void {
  let hasReplied = false;
  let isOver = false;
  onFrames(dialler, (frame) => {
    const tag = String.fromCharCode(frame[0] ?? 0);
    if (tag === nameTag) dialledBy.push(frame.subarray(15).toString('latin1'));
    hasReplied ||= tag === replyTag;
    sendFrame(target, frame);
  });
  onFrames(target, (frame) => {
    const tag = String.fromCharCode(frame[0] ?? 0);
    if (tag === statusTag) return sendFrame(dialler, frame);
    if (tag === nameTag) return sendFrame(dialler, renamed(frame, name));
    isOver = true;
    outcomes.push(tag === ackTag ? 'let in' : 'refused');
    dialler.destroy();
    target.destroy();
  });
  target.on('close', () => {
    if (hasReplied && !isOver) outcomes.push('refused');
    dialler.destroy();
  });
  dialler.on('close', () => target.end());
}

/** The challenge of another node, sent as ours: 1 'N' | 8 flags | 4 challenge | 4 creation | 2 length | name. */
function renamed(challenge: Buffer, name: string): Buffer {
  const head = Buffer.from(challenge.subarray(0, 19));
  head.writeUInt16BE(name.length, 17);
  return Buffer.concat([head, Buffer.from(name, 'latin1')]);
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const frame = rest.subarray(2, end);
      rest = rest.subarray(end);
      take(frame);
    }
  });
}

function sendFrame(socket: Socket, frame: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(frame.length);
  socket.write(Buffer.concat([length, frame]));
}
