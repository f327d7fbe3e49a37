/** Hostile pages at the live socket: before sending a ticket, and with one. */

import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Attacker, repeat, Tally, type Target } from './attacker.ts';

const perSecond = 15;
const holdMs = 1500;

export function pages(target: Target): Attacker {
  const tally = new Tally();
  return {
    name: 'pages at the live socket',
    counts: tally.counts,
    run: (signal) =>
      repeat({ signal, perSecond: perSecond * target.pace, tally }, async (turn) => {
        const url = `${target.origin.replace('http', 'ws')}/api/live`;
        const headers = { origin: turn % 20 === 19 ? 'http://elsewhere.example' : target.origin };
        const socket = new WebSocket(url, { headers, handshakeTimeout: 5000, localAddress: '127.0.0.66' });
        socket
          .on('error', () => tally.add('refused'))
          .on('close', (code) => tally.add(`closed with ${code}`));
        socket.on('message', () => tally.add('answers'));
        tally.add('sockets');
        // Not awaited, because many run at once.
        void misbehave(socket, { target, tally, turn }).finally(() =>
          setTimeout(() => socket.terminate(), holdMs).unref(),
        );
      }),
  };
}

interface Page {
  readonly target: Target;
  readonly tally: Tally;
  readonly turn: number;
}

async function misbehave(socket: WebSocket, { target, tally, turn }: Page): Promise<void> {
  try {
    await once(socket, 'open', { signal: AbortSignal.timeout(5000) });
    if (turn % 3 === 0) {
      await logIn(socket, target);
      tally.add('with a ticket');
      await abuse(socket);
    } else {
      tally.add('without a ticket');
      intrude(socket, turn);
    }
  } catch {
    tally.add('given up');
  }
}

/** Before the ticket. */
function intrude(socket: WebSocket, turn: number): void {
  switch (turn % 5) {
    case 0:
      return socket.send('x'.repeat(randomInt(100, 7_000_000)));
    case 1:
      for (let count = 0; count < 64; count += 1) socket.send('y'.repeat(100_000), { fin: false });
      return undefined;
    case 2:
      return socket.send(`{"type":"hello","ticket":${'['.repeat(2000)}`);
    case 3:
      return socket.send(JSON.stringify({ type: 'hello', ticket: randomBytes(24).toString('hex') }));
    default:
      return socket.send(randomBytes(3000));
  }
}

async function logIn(socket: WebSocket, { origin, token }: Target): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/tickets`, { method: 'POST', headers, body: '{}' });
  const { ticket } = (await answer.json()) as { ticket: string };
  socket.send(JSON.stringify({ type: 'hello', ticket }));
  await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
}

/** With a ticket: invalid messages, and excessive numbers of valid ones. */
async function abuse(socket: WebSocket): Promise<void> {
  const id = randomBytes(8).toString('hex');
  const wrong: readonly unknown[] = [
    { type: 'shell.input', shellId: id, seq: 1, data: 'x'.repeat(50_000) },
    { type: 'shell.open', requestId: id, node: 'nobody@127.0.0.1', cols: 80, rows: 24 },
    { type: 'shell.attach', requestId: id, shellId: id, client: id },
    { type: 'shell.resize', shellId: id, cols: 1e9, rows: -1 },
    { type: 'logs.follow', node: `${id}@127.0.0.1`, afterSeq: -1 },
    { type: 'ping', sentAt: 1e300 },
    { type: '__proto__', constructor: { prototype: 1 } },
    [],
    null,
  ];
  for (const message of wrong) socket.send(JSON.stringify(message));
  socket.send(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
  for (let count = 0; count < 200 && socket.readyState === WebSocket.OPEN; count += 1) {
    socket.send(JSON.stringify({ type: 'ping', sentAt: count }));
    if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
