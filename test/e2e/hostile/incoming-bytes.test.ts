/** What a live socket may send before and after its ticket, over real sockets. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before } from 'node:test';
import { attack } from '../../support/attack.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { type ConsoleClient, LiveClient } from '../../support/console/live-client.ts';

let convoy: ConsoleInProcess;
let client: ConsoleClient;

before(async () => {
  convoy = await startConsoleInProcess({ convoyCommand: ['false'] });
  ({ client } = convoy);
});

after(() => convoy[Symbol.asyncDispose]());

/** A socket that speaks WebSocket by hand, so that it can send frames no client library would. */
async function openRaw(): Promise<Socket> {
  const { hostname, port, host, origin } = new URL(client.origin);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const head = [`Host: ${host}`, `Origin: ${origin}`, 'Connection: Upgrade', 'Upgrade: websocket', key];
  socket.write(`GET /api/live HTTP/1.1\r\n${head.join('\r\n')}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 101 /);
  socket.resume();
  return socket;
}

/** A masked frame; `declared` may say more than `payload` holds. */
function frame(opcode: number, payload: Buffer, declared = payload.length): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(declared));
  // The mask is 0: the payload goes as it is.
  return Buffer.concat([Buffer.from([opcode, 0xff]), length, Buffer.alloc(4), payload]);
}

/** Writes until the console ends the connection; returns how many bytes it let us write. */
async function flood(socket: Socket, chunk: Buffer, mostBytes: number): Promise<number> {
  let isClosed = socket.destroyed;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void closed.then(() => (isClosed = true));
  while (!isClosed && socket.bytesWritten < mostBytes) {
    const drained = new Promise<void>((resolve) => socket.once('drain', resolve));
    if (!socket.write(chunk)) await Promise.race([drained, closed]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(isClosed, `the console took ${socket.bytesWritten} bytes`);
  return socket.bytesWritten;
}

async function expectServed(): Promise<void> {
  await using live = await client.live();
  live.send({ type: 'ping', sentAt: 5 });
  await live.message('pong');
}

const text = 0x81;
const unfinishedText = 0x01;
const continuation = 0x00;
const ping = 0x89;

attack(
  'Login and sockets',
  'a socket that sends more than 4 KiB before its ticket is cut off: in one message, unfinished, in fragments or pings',
  async () => {
    const floods: readonly (readonly [first: Buffer, then: Buffer])[] = [
      [frame(text, Buffer.alloc(65_536, 0x5b)), Buffer.alloc(4096, 0x5b)],
      [frame(text, Buffer.alloc(0), 6_000_000), Buffer.alloc(4096, 0x5b)],
      [frame(unfinishedText, Buffer.from('{')), frame(continuation, Buffer.from('{'))],
      [frame(ping, Buffer.alloc(100)), frame(ping, Buffer.alloc(100))],
    ];
    for (const [first, then] of floods) {
      const socket = await openRaw();
      socket.write(first);
      // What the kernel has buffered has been written, but not taken.
      await flood(socket, then, 8_000_000);
    }
    await expectServed();
  },
);

attack(
  'Login and sockets',
  'sixty-four sockets with unfinished messages do not fill the memory',
  async () => {
    const before = process.memoryUsage().arrayBuffers;
    const sockets = await Promise.all(Array.from({ length: 64 }, openRaw));
    await Promise.all(
      sockets.map((socket) => {
        socket.write(frame(text, Buffer.alloc(0), 6_000_000));
        return flood(socket, Buffer.alloc(16_384, 0x5b), 8_000_000);
      }),
    );
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 100_000_000, `${grown} bytes`);
    await expectServed();
  },
);

attack(
  'Login and sockets',
  'sockets that are known cannot hold many unfinished messages either',
  async () => {
    const lives = await Promise.all(Array.from({ length: 6 }, () => client.live()));
    for (const live of lives) live.connection.write(frame(text, Buffer.alloc(0), 6_300_000));
    await Promise.all(
      lives.map(async (live) => {
        for (let sent = 0; sent < 6_200_000 && !live.connection.destroyed; sent += 62_000) {
          live.connection.write(Buffer.alloc(62_000, 0x5b));
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
    const { code } = await Promise.race(lives.map(({ closed }) => closed));
    assert.equal(code, 1006);
    await Promise.all(lives.map((live) => live[Symbol.asyncDispose]()));
    await expectServed();
  },
);

attack('Login and sockets', 'a message that nests deep is answered, and the socket goes on', async () => {
  await using live = await client.live();
  live.sendText('['.repeat(2_000_000));
  assert.match((await live.message('problem')).problem.message, /is nested deeper/);
  live.send({ type: 'ping', sentAt: 9 });
  await live.message('pong');
  const body = '{"kind":'.repeat(7000);
  const answer = await client.ask('/api/nodes', { method: 'POST', body });
  assert.deepEqual([answer.status, answer.json.error.code], [400, 'CONSOLE_BAD_REQUEST']);
  assert.match(answer.json.error.message, /is nested deeper/);
  await using stranger = await LiveClient.open(client.origin);
  stranger.sendText('['.repeat(3000));
  assert.equal((await stranger.message('problem')).problem.code, 'CONSOLE_BAD_REQUEST');
});
