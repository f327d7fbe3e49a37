/** The rules for every `Tunnel`, as one suite. The test of a tunnel calls `testTunnel` with a way to create and to cut one. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import type { Tunnel, TunnelState } from '@convoy/cluster';

export interface TunnelFixture extends AsyncDisposable {
  readonly tunnel: Tunnel;
  /** Breaks the connection that carries it, and prevents a new one. */
  cut(): Promise<void>;
  /** Allows connections again. */
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

function waitForState(tunnel: Tunnel, kind: TunnelState['kind']): Promise<TunnelState> {
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
    test('carries streams to the other end', async () => {
      await using fixture = await make();
      await using echo = await startEcho();
      const stream = await fixture.tunnel.open({ host: '127.0.0.1', port: echo.port }, {});
      stream.end('there and back');
      assert.equal(await text(stream), 'there and back');
    });

    test('reports an address that cannot be reached, and continues', async () => {
      await using fixture = await make();
      const { tunnel } = fixture;
      await assert.rejects(tunnel.open({ host: '127.0.0.1', port: 1 }, {}));
      assert.equal(tunnel.state.kind, 'up');
    });

    test('reconnects after a cut, and opens the streams that were requested meanwhile', async () => {
      await using fixture = await make();
      await using echo = await startEcho();
      const { tunnel, cut, mend } = fixture;
      const address = { host: '127.0.0.1', port: echo.port };
      const before = await tunnel.open(address, {});
      before.on('error', () => undefined);
      const broken = new Promise((resolve) => before.once('close', resolve));
      before.resume();
      await cut();
      const down = await waitForState(tunnel, 'down');
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

    test('stays closed', async () => {
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
