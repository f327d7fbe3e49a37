/**
 * A program that makes ports inside a network namespace reachable from outside. It listens on a Unix socket, which network
 * namespaces do not separate. A client sends a port and a line feed, and is then connected to that port on 127.0.0.1.
 */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const [, , path = ''] = process.argv;
const maxLineBytes = 6;

const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => void serve(socket));
server.listen(path);
await once(server, 'listening');
process.stdout.write('ready\n');
process.stdin
  .resume()
  .once('end', () => process.exit(0))
  .once('error', () => process.exit(0));

async function serve(outside: Socket): Promise<void> {
  outside.on('error', () => outside.destroy());
  const port = await readPort(outside);
  if (port === undefined) return void outside.destroy();
  const inside = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  inside.on('error', () => outside.destroy());
  outside.on('close', () => inside.destroy());
  inside.on('close', () => outside.destroy());
  // Sent before anything else, so that the client knows that the port has a listener.
  inside.once('connect', () => outside.write('\n'));
  outside.pipe(inside);
  inside.pipe(outside);
}

/** Reads byte by byte, so that what follows the line stays in the socket. */
async function readPort(socket: Socket): Promise<number | undefined> {
  let line = '';
  while (line.length <= maxLineBytes) {
    const byte = socket.read(1) as Buffer | null;
    if (byte === null) {
      if (socket.readableEnded || socket.destroyed) return undefined;
      await Promise.race([once(socket, 'readable'), once(socket, 'end'), once(socket, 'close')]);
      continue;
    }
    const text = byte.toString('latin1');
    if (text === '\n') return /^\d{1,5}$/.test(line) && Number(line) < 65_536 ? Number(line) : undefined;
    line += text;
  }
  return undefined;
}
