/**
 * The rules for every `Transport`, as one suite. The test of a transport calls `testTransport` with its capabilities; tests of
 * a capability that it lacks are skipped with a reason.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

/** The contracts, by shape, so that transports of any package can be tested without deep imports. */
export interface TestedStream {
  write(bytes: Uint8Array): boolean;
  onData(callback: (bytes: Uint8Array) => void): void;
  onDrain(callback: () => void): void;
  onClose(callback: (error?: Error) => void): void;
  pause(): void;
  resume(): void;
  end(): void;
  destroy(error?: Error): void;
  readonly bufferedBytes: number;
}

export interface TestedTransport {
  readonly name: string;
  readonly handshakeLengthBytes?: 2 | 4;
  connect(
    address: { host: string; port: number },
    options: { signal?: AbortSignal; peer?: string | undefined },
  ): Promise<TestedStream>;
  listen(
    options: { host?: string | undefined; port?: number | undefined },
    onStream: (stream: TestedStream) => void,
  ): Promise<{ host: string; port: number; close(): Promise<void> }>;
}

export interface TransportCapabilities {
  /** Host to listen on and dial. */
  readonly host: string;
  /** A reason why dialling a port without a listener does not fail with ECONNREFUSED, or `true`. */
  readonly refuses: true | string;
}

interface Pair extends AsyncDisposable {
  readonly near: TestedStream;
  readonly far: TestedStream;
}

const deadlineMs = 30_000;

export function testTransport(make: () => TestedTransport, can: TransportCapabilities): void {
  const transport = make();

  async function open(): Promise<Pair> {
    const arrived = Promise.withResolvers<TestedStream>();
    const listener = await transport.listen({ host: can.host }, arrived.resolve);
    const near = await transport.connect({ host: can.host, port: listener.port }, {});
    const far = await arrived.promise;
    return {
      near,
      far,
      async [Symbol.asyncDispose]() {
        near.destroy();
        far.destroy();
        await listener.close();
      },
    };
  }

  describe(`transport ${transport.name}`, () => {
    test('carries bytes both ways, in order', async () => {
      await using pair = await open();
      const [toFar, toNear] = [collect(pair.far), collect(pair.near)];
      for (let index = 0; index < 100; index += 1) pair.near.write(Uint8Array.of(index));
      pair.far.write(Uint8Array.of(7, 8, 9));
      assert.deepEqual(
        [...(await toFar.atLeast(100))],
        Array.from({ length: 100 }, (_, index) => index),
      );
      assert.deepEqual([...(await toNear.atLeast(3))], [7, 8, 9]);
    });

    test('has a name, and the size of length prefixes in a handshake', () => {
      assert.match(transport.name, /^[a-z]+[46]?$/);
      assert.ok([undefined, 2, 4].includes(transport.handshakeLengthBytes));
    });

    test('keeps streams apart, and accepts the name of the dialled node', async () => {
      const listener = await transport.listen({ host: can.host }, (stream) => {
        stream.onData((bytes) => void stream.write(Uint8Array.from(bytes)));
      });
      const peer = `app@${can.host}`;
      const dials = Array.from({ length: 20 }, () => transport.connect(listener, { peer }));
      const streams = await Promise.all(dials);
      const echoes = streams.map((stream, index) => {
        const echo = collect(stream).atLeast(2);
        stream.write(Uint8Array.of(index, index));
        return echo;
      });
      assert.deepEqual(
        (await Promise.all(echoes)).map((bytes) => [...bytes]),
        streams.map((_stream, index) => [index, index]),
      );
      for (const stream of streams) stream.destroy();
      await listener.close();
    });

    test('keeps data that arrives before the first read', async () => {
      await using pair = await open();
      pair.near.write(Uint8Array.of(1, 2, 3));
      await nextTurns();
      assert.deepEqual([...(await collect(pair.far).atLeast(3))], [1, 2, 3]);
    });

    test('delivers nothing while paused, and everything afterwards', async () => {
      await using pair = await open();
      const received = collect(pair.far);
      pair.near.write(Uint8Array.of(1));
      await received.atLeast(1);
      pair.far.pause();
      pair.near.write(Uint8Array.of(2));
      await nextTurns();
      assert.equal(received.length, 1);
      pair.far.resume();
      assert.deepEqual([...(await received.atLeast(2))], [1, 2]);
    });

    test('never changes a chunk it has delivered', async () => {
      await using pair = await open();
      const received = collect(pair.far);
      pair.near.write(new Uint8Array(1000).fill(1));
      await received.atLeast(1000);
      const first = received.chunks[0]!;
      pair.near.write(new Uint8Array(100_000).fill(2));
      await received.atLeast(101_000);
      assert.ok(first.every((byte) => byte === 1));
    });

    test('reports back-pressure, and when it ends', async () => {
      await using pair = await open();
      const drained = Promise.withResolvers<void>();
      pair.near.onDrain(drained.resolve);
      const chunk = new Uint8Array(1024 * 1024);
      let written = 0;
      while (pair.near.write(chunk)) assert.ok((written += chunk.length) < 1e9, 'writes without end');
      written += chunk.length;
      assert.ok(pair.near.bufferedBytes > 0);
      const received = collect(pair.far);
      await drained.promise;
      assert.equal((await received.atLeast(written)).length, written);
      assert.equal(pair.near.bufferedBytes, 0);
    });
  });

  describe(`ends and refusals of transport ${transport.name}`, () => {
    test('when the other side ends, both sides end', async () => {
      await using pair = await open();
      const received = collect(pair.near);
      const closed = Promise.all([waitForClose(pair.near), waitForClose(pair.far)]);
      pair.far.write(Uint8Array.of(1));
      pair.far.end();
      assert.deepEqual(await closed, [undefined, undefined]);
      assert.equal(received.length, 1);
      assert.equal(pair.near.write(Uint8Array.of(1)), false);
    });

    test('end delivers what was written and then closes both sides without an error', async () => {
      await using pair = await open();
      const received = collect(pair.far);
      const closed = Promise.all([waitForClose(pair.near), waitForClose(pair.far)]);
      pair.near.write(new Uint8Array(500_000));
      pair.near.end();
      assert.equal(pair.near.write(Uint8Array.of(1)), false);
      assert.deepEqual(await closed, [undefined, undefined]);
      assert.equal(received.length, 500_000);
    });

    test('destroy closes both sides and gives our own error to our side', async () => {
      await using pair = await open();
      pair.far.onData(() => undefined);
      const [near, far] = [waitForClose(pair.near), waitForClose(pair.far)];
      const reason = new Error('enough');
      pair.near.destroy(reason);
      assert.equal(await near, reason);
      await far;
      assert.equal(pair.near.write(Uint8Array.of(1)), false);
    });

    test('reports a close that happened before a listener was added', async () => {
      await using pair = await open();
      pair.far.onData(() => undefined);
      const far = waitForClose(pair.far);
      pair.near.end();
      await far;
      await waitForClose(pair.near);
    });

    test(
      'refuses to dial a port without a listener',
      { skip: can.refuses === true ? false : can.refuses },
      async () => {
        const listener = await transport.listen({ host: can.host }, () => undefined);
        await listener.close();
        const dial = transport.connect({ host: can.host, port: listener.port }, {});
        await assert.rejects(dial, { code: 'ECONNREFUSED' });
      },
    );

    test('accepts no streams after its listener is closed, but keeps the open ones', async () => {
      const arrived = Promise.withResolvers<TestedStream>();
      const listener = await transport.listen({ host: can.host }, arrived.resolve);
      const near = await transport.connect({ host: can.host, port: listener.port }, {});
      const far = await arrived.promise;
      await listener.close();
      await assert.rejects(transport.connect({ host: can.host, port: listener.port }, {}));
      near.write(Uint8Array.of(5));
      assert.deepEqual([...(await collect(far).atLeast(1))], [5]);
      near.destroy();
      far.destroy();
    });

    test('rejects with the reason of its signal', async () => {
      const reason = new Error('changed my mind');
      const dial = transport.connect({ host: can.host, port: 1 }, { signal: AbortSignal.abort(reason) });
      await assert.rejects(dial, (error) => error === reason);
    });

    test('refuses to listen twice on one port', async () => {
      const listener = await transport.listen({ host: can.host }, () => undefined);
      await assert.rejects(
        async () => transport.listen({ host: can.host, port: listener.port }, () => undefined),
        { code: 'EADDRINUSE' },
      );
      await listener.close();
    });
  });
}

interface Collected {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
  /** Everything received, once it has that many bytes. */
  atLeast(bytes: number): Promise<Uint8Array>;
}

function collect(stream: TestedStream): Collected {
  const chunks: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  let length = 0;
  stream.onData((bytes) => {
    // A copy: the bytes are ours only until we return.
    chunks.push(Uint8Array.from(bytes));
    length += bytes.length;
    for (const check of waiting) check();
  });
  return {
    chunks,
    get length() {
      return length;
    },
    atLeast: (bytes) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${length} bytes instead of ${bytes}`)), deadlineMs);
        const check = (): void => {
          if (length < bytes) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(Buffer.concat(chunks));
        };
        waiting.add(check);
        check();
      }),
  };
}

function waitForClose(stream: TestedStream): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stream.onClose(resolve);
  });
}

/** Gives data in transit time to arrive, for tests that expect none. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
