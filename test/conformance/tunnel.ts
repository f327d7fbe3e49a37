/** What every `Tunnel` must do, as one suite. A tunnel's own test calls `testTunnel` with how to make and to cut one. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import type { Tunnel, TunnelState } from '@convoy/cluster';

export interface TunnelFixture extends AsyncDisposable {
  readonly tunnel: Tunnel;
  /** Takes away what carries it, so that it cannot be made anew. */
  cut(): Promise<void>;
  /** Gives it back. */
  mend(): Promise<void>;
}

interface Echo extends AsyncDisposable {
  readonly port: number;
}

async function startEcho(): Promise<Echo> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

function untilState(tunnel: Tunnel, kind: TunnelState['kind']): Promise<TunnelState> {
  if (tunnel.state.kind === kind) return Promise.resolve(tunnel.state);
  return new Promise((resolve) => {
    const stop = tunnel.onState((state) => {
      if (state.kind !== kind) return;
      stop();
      resolve(state);
    });
  });
}

export function testTunnel(title: string, make: () => Promise<TunnelFixture>): void {
  describe(`tunnel ${title}`, () => {
    test('carries streams to the far end', async () => {
      await using fixture = await make();
      await using echo = await startEcho();
      const stream = await fixture.tunnel.open({ host: '127.0.0.1', port: echo.port }, {});
      stream.end('there and back');
      assert.equal(await text(stream), 'there and back');
    });

    test('says what is wrong with an address, and goes on', async () => {
      await using fixture = await make();
      const { tunnel } = fixture;
      await assert.rejects(tunnel.open({ host: '127.0.0.1', port: 1 }, {}));
      assert.equal(tunnel.state.kind, 'up');
    });

    test('comes back after it was cut, and keeps those waiting who came meanwhile', async () => {
      await using fixture = await make();
      await using echo = await startEcho();
      const { tunnel, cut, mend } = fixture;
      const address = { host: '127.0.0.1', port: echo.port };
      const before = await tunnel.open(address, {});
      before.on('error', () => undefined);
      const broken = new Promise((resolve) => before.once('close', resolve));
      before.resume();
      await cut();
      const down = await untilState(tunnel, 'down');
      assert.ok(down.kind === 'down' && down.error instanceof Error && down.retryInMs > 0);
      await broken;
      const waiting = tunnel.open(address, {});
      const impatient = tunnel.open(address, { signal: AbortSignal.timeout(50) });
      await assert.rejects(impatient, { name: 'TimeoutError' });
      await mend();
      const stream = await waiting;
      assert.equal(tunnel.state.kind, 'up');
      stream.end('again');
      assert.equal(await text(stream), 'again');
    });

    test('is closed once and for all', async () => {
      await using fixture = await make();
      const { tunnel } = fixture;
      const states: string[] = [];
      tunnel.onState(({ kind }) => states.push(kind));
      await tunnel.close();
      await tunnel.close();
      assert.deepEqual(states, ['closed']);
      await assert.rejects(tunnel.open({ host: '127.0.0.1', port: 1 }, {}), { code: 'TUNNEL_CLOSED' });
    });
  });
}
