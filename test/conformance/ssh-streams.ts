/** The rules for streams through every kind of SSH, as one suite. Part of ssh-connection.ts. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { parseSshTarget, type SshDialer } from '@convoy/cluster/ssh';
import { startEcho } from '../support/network/echo-server.ts';
import { eventually } from '../support/eventually.ts';
import { startSshServer } from '../support/network/ssh-server.ts';

/** Whether the chunk is accepted within half a second. */
async function writes(stream: Duplex, chunk: Buffer): Promise<boolean> {
  if (stream.write(chunk)) return true;
  const signal = AbortSignal.timeout(500);
  return once(stream, 'drain', { signal }).then(
    () => true,
    () => false,
  );
}

export function testSshStreams(dial: SshDialer, title: string, skip: string | false): void {
  describe(`streams of SSH by ${title}`, { skip }, () => {
    test('carries streams: much data both ways, and the end of each side', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        const stream = await connection.open({ host: '127.0.0.1', port: echo.port }, {});
        const sent = Buffer.alloc(6 * 1024 * 1024, 'convoy');
        stream.end(sent);
        const received = await buffer(stream);
        assert.equal(received.length, sent.length);
        assert.ok(received.equals(sent));
      } finally {
        await connection.close();
      }
    });

    test('a remote side that ends first still receives what is written', async () => {
      await using server = await startSshServer();
      const connection = await dial(parseSshTarget(server.target), server.options);
      const received = Promise.withResolvers<string>();
      const listener = createServer({ allowHalfOpen: true }, (socket) => {
        socket.end('over to you');
        void text(socket).then(received.resolve, received.reject);
      });
      listener.listen(0, '127.0.0.1');
      await once(listener, 'listening');
      try {
        const { port } = listener.address() as { port: number };
        const stream = await connection.open({ host: '127.0.0.1', port }, {});
        assert.equal(await text(stream), 'over to you');
        stream.end('understood');
        assert.equal(await received.promise, 'understood');
      } finally {
        await connection.close();
        listener.close();
      }
    });

    test('pauses a fast side while the other does not read, both ways', async () => {
      await using server = await startSshServer();
      const connection = await dial(parseSshTarget(server.target), server.options);
      const total = 64 * 1024 * 1024;
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const accepted = Promise.withResolvers<Socket>();
      const listener = createServer({ allowHalfOpen: true }, (socket) => accepted.resolve(socket.pause()));
      listener.listen(0, '127.0.0.1');
      await once(listener, 'listening');
      try {
        const { port } = listener.address() as { port: number };
        const stream = await connection.open({ host: '127.0.0.1', port }, {});
        const socket = await accepted.promise;
        for (const [from, to] of [
          [stream, socket],
          [socket, stream],
        ] as const) {
          let sent = 0;
          // Until nothing is accepted for a while: then all buffers on the way are full.
          while (sent < total && (await writes(from, chunk))) sent += chunk.length;
          assert.ok(sent < total, `${sent} bytes were taken before any was read`);
          let arrived = 0;
          const all = Promise.withResolvers<void>();
          to.on('data', (data: Buffer) => {
            arrived += data.length;
            if (arrived === sent + chunk.length) all.resolve();
          });
          to.resume();
          await all.promise;
          to.removeAllListeners('data').pause();
        }
        stream.destroy();
        socket.destroy();
      } finally {
        await connection.close();
        listener.close();
      }
    });

    test('opens many streams at once', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        const replies = await Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const stream = await connection.open({ host: '127.0.0.1', port: echo.port }, {});
            stream.end(`stream ${index}`);
            return text(stream);
          }),
        );
        assert.deepEqual(
          replies,
          Array.from({ length: 40 }, (_, index) => `stream ${index}`),
        );
      } finally {
        await connection.close();
      }
    });
  });

  describe(`streams of SSH by ${title} that end early or never open`, { skip }, () => {
    test('a destroyed stream is closed at the other end', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        const stream = await connection.open({ host: '127.0.0.1', port: echo.port }, {});
        stream.write('x');
        await once(stream, 'data');
        const [socket] = [...echo.sockets];
        assert.ok(socket !== undefined);
        const closed = once(socket, 'close');
        stream.destroy();
        await closed;
      } finally {
        await connection.close();
      }
    });

    test('a signal aborts a stream or a command, and no channel remains', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      const reason = new Error('no longer wanted');
      try {
        for (let round = 0; round < 5; round += 1) {
          const stop = new AbortController();
          const pending = [
            connection.open({ host: '127.0.0.1', port: echo.port }, { signal: stop.signal }),
            connection.exec('cat', { signal: stop.signal }),
          ];
          stop.abort(reason);
          for (const one of pending) await assert.rejects(one, reason);
        }
        // OpenSSH allows ten sessions at once. Aborted ones must end, which takes the server a moment.
        await eventually('aborted channels to close', 30_000, async () => {
          const nine = Array.from({ length: 9 }, () => connection.exec('echo here'));
          const results = await Promise.allSettled(nine);
          return echo.sockets.size === 0 && results.every(({ status }) => status === 'fulfilled');
        });
      } finally {
        await connection.close();
      }
    });

    test('a port without a listener and forbidden forwarding are different errors', async () => {
      await using server = await startSshServer();
      await using strict = await startSshServer({ config: ['AllowTcpForwarding no'] });
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      const limited = await dial(parseSshTarget(strict.target), strict.options);
      try {
        await assert.rejects(connection.open({ host: '127.0.0.1', port: 1 }, {}), {
          code: 'SSH_FORWARD_REFUSED',
        });
        await assert.rejects(limited.open({ host: '127.0.0.1', port: echo.port }, {}), {
          code: 'SSH_FORWARD_FORBIDDEN',
        });
        assert.equal((await limited.exec('echo fine')).stdout, 'fine\n');
      } finally {
        await Promise.all([connection.close(), limited.close()]);
      }
    });
  });
}
