/** Clients of the console's EPMD that take names, flood it with requests, or stay silent. */

import { randomBytes, randomInt } from 'node:crypto';
import { type Attacker, HeldSockets, repeat, Tally, type Target } from './attacker.ts';

const perSecond = 100;
const mostHeld = 1000;

export function nameTakers(target: Target): Attacker {
  const tally = new Tally();
  return {
    name: 'strangers at EPMD',
    counts: tally.counts,
    async run(signal) {
      using sockets = new HeldSockets(mostHeld, tally);
      await repeat({ signal, perSecond: perSecond * target.pace, tally }, (turn) => {
        const socket = sockets.open(target.epmdPort);
        const [what, bytes] = says[turn % says.length]?.(turn) ?? ['silent', Buffer.alloc(0)];
        tally.add(what);
        if (bytes.length > 0) socket.write(bytes);
        return sockets.afterBurst(turn);
      });
    },
  };
}

const says: readonly ((turn: number) => readonly [what: string, bytes: Buffer])[] = [
  (turn) => ['a name', request(aliveRequest(`stranger${turn % 5000}`))],
  (turn) => ['a name of a node to come', request(aliveRequest(`ts-${20 + (turn % 50)}`))],
  () => ['silent', Buffer.alloc(0)],
  () => ['names', request(Buffer.from('n'))],
  () => ['a port', request(Buffer.from('zts-1'))],
  () => ['a kill', request(Buffer.from('k'))],
  () => ['garbage', randomBytes(randomInt(1, 4000))],
  () => ['half a request', Buffer.from([0x00, 0xff, 0x78])],
];

function request(body: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([length, body]);
}

/** ALIVE2_REQ of a visible node at a port without a listener. */
function aliveRequest(name: string): Buffer {
  const head = Buffer.from([120, 0, 1, 77, 0, 0, 6, 0, 5]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length);
  return Buffer.concat([head, length, Buffer.from(name, 'latin1'), Buffer.alloc(2)]);
}
