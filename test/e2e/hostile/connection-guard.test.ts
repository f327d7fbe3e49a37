/** What strangers can hold of the HTTP port, over real connections. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before } from 'node:test';
import { attack } from '../../support/attack.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { eventually } from '../../support/eventually.ts';
import { askHttp, type ConsoleClient } from '../../support/console/live-client.ts';

let convoy: ConsoleInProcess;
let client: ConsoleClient;

before(async () => {
  convoy = await startConsoleInProcess({ convoyCommand: ['false'] });
  ({ client } = convoy);
});

after(() => convoy[Symbol.asyncDispose]());

/** Connections of a stranger that are still open. */
class Crowd implements AsyncDisposable {
  readonly sockets = new Set<Socket>();
  dropped = 0;

  async open(count: number, text: string, localAddress = '127.0.0.2'): Promise<void> {
    const { hostname, port } = new URL(client.origin);
    for (let opened = 0; opened < count; opened += 1) {
      const socket = connect({ host: hostname, port: Number(port), localAddress });
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.dropped += this.sockets.delete(socket) ? 1 : 0;
      });
      socket.resume();
      if (opened % 50 === 0) await once(socket, 'connect').catch(() => undefined);
      socket.write(text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.sockets];
    this.sockets.clear();
    for (const socket of all) socket.destroy();
    await eventually('the connections to be closed', 30_000, () => all.every(({ closed }) => closed));
  }
}

/** One request over a connection that is kept, made again over another where that one has been closed. */
async function askOver(agent: Agent): Promise<'kept' | 'new'> {
  const headers = { authorization: `Bearer ${client.token}` };
  const sent = request(`${client.origin}/api/info`, { agent, headers });
  sent.end();
  try {
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
    assert.equal(answer.statusCode, 200);
    return sent.reusedSocket ? 'kept' : 'new';
  } catch (error) {
    if (!sent.reusedSocket) throw error;
    return askOver(agent);
  }
}

const head = (): string => `Host: ${new URL(client.origin).host}\r\n`;

attack(
  'Connections',
  'thousands of connections that send nothing, half a request or a single request do not block others',
  async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await askOver(agent);
    await using live = await client.live();
    await using crowd = new Crowd();
    const texts = [
      '',
      `GET / HTTP/1.1\r\n${head()}X-Slow: `,
      `POST /api/session HTTP/1.1\r\n${head()}Origin: ${client.origin}\r\nContent-Length: 1000\r\n\r\n{`,
      `GET /api/health HTTP/1.1\r\n${head()}\r\n`,
    ];
    for (const text of texts) {
      const flood = crowd.open(700, text);
      let kept = 0;
      for (let asked = 0; asked < 10; asked += 1) {
        kept += (await askOver(agent)) === 'kept' ? 1 : 0;
        assert.equal((await client.ask('/api/info')).status, 200);
        assert.equal((await askHttp(`${client.origin}/api/health`)).status, 200);
      }
      assert.ok(kept >= 7, `the connection of somebody who is logged in was kept ${kept} times of 10`);
      await flood;
      await eventually('the crowd to be cut', 30_000, () => crowd.sockets.size <= 512);
      assert.equal((await client.ask('/api/info')).status, 200);
    }
    assert.ok(crowd.dropped >= 2000, `${crowd.dropped} dropped`);
    live.send({ type: 'ping', sentAt: 11 });
    await live.message('pong');
    agent.destroy();
  },
);

attack(
  'Connections',
  'an address that floods the port does not take connections from another address',
  async () => {
    await using quiet = new Crowd();
    await quiet.open(20, '', '127.0.0.3');
    await using crowd = new Crowd();
    await crowd.open(1000, '');
    await eventually('the crowd to be cut', 30_000, () => crowd.sockets.size <= 256);
    assert.equal(quiet.dropped, 0);
  },
);

attack('Connections', 'a connection that has sent no head after ten seconds is closed', async () => {
  await using crowd = new Crowd();
  await crowd.open(2, `GET / HTTP/1.1\r\n`);
  await eventually('both to be closed', 30_000, () => crowd.dropped === 2);
});
