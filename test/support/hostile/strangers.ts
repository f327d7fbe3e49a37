/** Unauthenticated peers at the distribution ports: silent, stopping half-way, with a wrong digest, with garbage. */

import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Attacker, HeldSockets, repeat, Tally, type Target } from './attacker.ts';
import { nameMessage, shakeHands } from './handshake.ts';

const perSecond = 200;
const mostHeld = 400;

export function strangers(target: Target): Attacker {
  const tally = new Tally();
  return {
    name: 'strangers at distribution ports',
    counts: tally.counts,
    async run(signal) {
      using sockets = new HeldSockets(mostHeld, tally);
      await repeat({ signal, perSecond: perSecond * target.pace, tally }, (turn) => {
        const port = target.distributionPorts[turn % target.distributionPorts.length] ?? 0;
        const socket = sockets.open(port);
        // Most are silent, which costs the attacker least.
        if (turn % 4 === 0) behave(socket, { target, tally, turn: turn / 4 });
        else tally.add('silent');
        return sockets.afterBurst(turn);
      });
    },
  };
}

function behave(
  socket: Socket,
  { target, tally, turn }: { target: Target; tally: Tally; turn: number },
): void {
  const names = ['guess@127.0.0.1', target.node, target.evil, 'x'.repeat(255), 'a@b@c', ''];
  const name = names[randomInt(names.length)] ?? '';
  switch (turn % 5) {
    case 0:
      tally.add('half of a name');
      socket.write(nameMessage(name).subarray(0, randomInt(1, 16)));
      break;
    case 1:
      tally.add('a name, then nothing');
      socket.write(nameMessage(name));
      break;
    case 2:
      tally.add('a wrong digest');
      shakeHands(socket, { name }).then(
        (isIn) => isIn && tally.add('LET IN'),
        () => undefined,
      );
      break;
    case 3:
      tally.add('garbage');
      socket.write(randomBytes(randomInt(1, 5000)));
      break;
    default:
      tally.add('a message without an end');
      socket.write(Buffer.concat([Buffer.from([0xff, 0xff]), Buffer.from('N'), randomBytes(3000)]));
  }
}
