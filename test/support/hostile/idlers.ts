/** Unauthenticated clients of the HTTP port: idle, slow, with requests that are too long, and with wrong tokens. */

import { randomBytes } from 'node:crypto';
import { type Attacker, HeldSockets, repeat, Tally, type Target } from './attacker.ts';

const perSecond = 100;
const mostHeld = 1500;

export function idlers(target: Target): Attacker {
  const tally = new Tally();
  const url = new URL(target.origin);
  return {
    name: 'strangers at the HTTP listener',
    counts: tally.counts,
    async run(signal) {
      using sockets = new HeldSockets(mostHeld, tally);
      await repeat({ signal, perSecond: perSecond * target.pace, tally }, (turn) => {
        const socket = sockets.open(Number(url.port));
        const [what, text] = requests(url.host)[turn % 7] ?? ['idle', ''];
        tally.add(what);
        if (text !== '') socket.write(text);
        return sockets.afterBurst(turn);
      });
    },
  };
}

function requests(host: string): readonly (readonly [what: string, text: string])[] {
  const token = randomBytes(24).toString('hex');
  const head = `Host: ${host}\r\n`;
  const login = JSON.stringify({ token });
  return [
    ['idle', ''],
    ['half a request', `GET / HTTP/1.1\r\n${head}X-Slow: `],
    ['a wrong token', `GET /api/nodes HTTP/1.1\r\n${head}Authorization: Bearer ${token}\r\n\r\n`],
    [
      'a wrong login',
      `POST /api/session HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${login.length}\r\n\r\n${login}`,
    ],
    ['a body that does not come', `POST /api/session HTTP/1.1\r\n${head}Content-Length: 60000\r\n\r\n{`],
    ['headers without an end', `GET / HTTP/1.1\r\n${head}${'X-Long: y\r\n'.repeat(3000)}`],
    ['another host', `GET /api/nodes HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n`],
  ];
}
