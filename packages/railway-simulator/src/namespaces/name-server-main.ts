/**
 * A program: the name server of one private network, over UDP and TCP on port 53 of the given address. It receives its records as
 * JSON documents on standard input, one per line, and acknowledges each by its number once it is in effect. It ends with its input.
 */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { NameServerCommand } from './name-server.ts';
import { Zone } from './zone.ts';

const port = 53;
const idleMs = 5000;
const maxMessageBytes = 4096;
const [, , address = ''] = process.argv;
const zone = new Zone();

const udp = createSocket({ type: 'udp6', ipv6Only: true });
udp.on('message', (message, from) => {
  const answer = zone.answer(message);
  if (answer !== undefined) udp.send(answer, from.port, from.address);
});
udp.bind(port, address);
await once(udp, 'listening');

const tcp = createServer((socket) => serve(socket));
tcp.listen(port, address);
await once(tcp, 'listening');
acknowledge(0);

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as NameServerCommand;
  if (command.kind === 'set') zone.set(command.name, command.addresses);
  else if (command.kind === 'delete') zone.delete(command.name);
  else zone.fail(command.failure, command.name);
  acknowledge(command.number);
}
process.exit(0);

function acknowledge(number: number): void {
  process.stdout.write(`${JSON.stringify({ number })}\n`);
}

/** Serves messages that are each preceded by two bytes of length. */
function serve(socket: Socket): void {
  let waiting = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2) {
      const length = waiting.readUInt16BE(0);
      if (length > maxMessageBytes) return void socket.destroy();
      if (waiting.length < 2 + length) return;
      const answer = zone.answer(waiting.subarray(2, 2 + length));
      waiting = waiting.subarray(2 + length);
      if (answer === undefined) continue;
      const head = Buffer.alloc(2);
      head.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([head, answer]));
    }
  });
}
