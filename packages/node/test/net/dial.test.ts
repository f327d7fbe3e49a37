import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { visibleFlags } from '../../src/distribution/flags.ts';
import { encodeName } from '../../src/distribution/handshake-messages.ts';
import { createTcpTransport } from '../../src/net/transports/tcp.ts';
import { type AcceptOptions, acceptConnection, listenForPeers } from '../../src/net/accept.ts';
import type { Connection } from '../../src/net/connection.ts';
import { HandshakeError } from '../../src/errors.ts';
import { dialPeer, type DialOptions, openConnection } from '../../src/net/dial.ts';
import { createMemoryNetwork } from '../../src/net/transports/memory.ts';
import { createNoResolver, createStaticResolver } from '../../src/net/resolvers/static-resolver.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import type { ByteStream, Listener, Transport } from '../../src/net/transport.ts';
import { type NodeEvents, subscribeEvent } from '../../src/events.ts';
import { attack } from '../../../../test/support/attack.ts';
import { eventuallyEqual } from '../../../../test/support/eventually.ts';
import { alice, bob, openStreams } from './connected-pair.ts';
import { ManualClock } from './manual-clock.ts';

const unused = 'the stream is not reached';

function dialOptions(change: Partial<DialOptions>): DialOptions {
  const resolver = createStaticResolver({ [bob.name]: { host: '127.0.0.1', port: 1 } });
  return { self: alice, peer: bob.name, resolver, transport: createTcpTransport(), ...change };
}

/** A transport whose connect fails as the system would. */
function failing(code: string): Transport {
  const error = Object.assign(new Error(`connect ${code}`), { code });
  return { ...createMemoryNetwork().transport(), connect: () => Promise.reject(error) };
}

/** A transport that never gets there, as when packets are dropped. */
const blackHole: Transport = {
  ...createMemoryNetwork().transport(),
  connect: (_address, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    }),
};

describe('dialPeer', () => {
  test('says that nothing listens, at which address', async () => {
    const dial = dialPeer(dialOptions({}));
    await assert.rejects(dial, {
      code: 'CONNECTION_REFUSED',
      message: /bob@127\.0\.0\.1 at 127\.0\.0\.1:1 \(ECONNREFUSED\)/,
    });
  });

  test('explains what the system says', async () => {
    const expected = {
      ENOTFOUND: 'CONNECTION_HOST_UNKNOWN',
      EAI_AGAIN: 'CONNECTION_HOST_UNKNOWN',
      EHOSTUNREACH: 'CONNECTION_UNREACHABLE',
      ENETUNREACH: 'CONNECTION_UNREACHABLE',
      ETIMEDOUT: 'CONNECTION_TIMEOUT',
      ECONNRESET: 'CONNECTION_CLOSED',
      EWHATEVER: 'CONNECTION_UNREACHABLE',
    };
    for (const [code, ours] of Object.entries(expected)) {
      await assert.rejects(dialPeer(dialOptions({ transport: failing(code) })), { code: ours });
    }
  });

  test('says that the name is not registered', async () => {
    const dial = dialPeer(dialOptions({ resolver: createNoResolver() }));
    await assert.rejects(dial, { code: 'CONNECTION_NAME_UNKNOWN' });
  });

  test('refuses a name that is none, before it asks anybody', async () => {
    for (const peer of ['bob', 'bob@', '@h', 'a@b@c']) {
      await assert.rejects(dialPeer(dialOptions({ peer })), { code: 'CONNECTION_NAME_FORM' });
    }
  });

  test('connects over TCP to a listening node', async () => {
    const accepted = Promise.withResolvers<Connection>();
    const transport = createTcpTransport();
    const listener = await listenForPeers({
      self: bob,
      transport,
      listen: { host: '127.0.0.1' },
      decide: () => 'ok',
      onConnection: accepted.resolve,
    });
    const resolver = createStaticResolver({ [bob.name]: { host: '127.0.0.1', port: listener.port } });
    const near = await dialPeer(dialOptions({ transport, resolver }));
    const far = await accepted.promise;
    assert.equal(near.peer.name, bob.name);
    assert.equal(far.peer.name, alice.name);
    assert.deepEqual([near.direction, far.direction], ['out', 'in']);
    near.close();
    await new Promise((resolve) => {
      far.onClose(resolve);
    });
    await listener.close();
  });
});

describe('the time of a dial', () => {
  test('has one deadline for lookup and connect', async () => {
    const clock = new ManualClock();
    const outcome = assert.rejects(
      dialPeer(dialOptions({ transport: blackHole, clock, handshakeTimeoutMs: 3000 })),
      {
        code: 'CONNECTION_TIMEOUT',
        message: /dialling bob@127\.0\.0\.1 at 127\.0\.0\.1:1 took longer than 3000 ms/,
      },
    );
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3000);
    await outcome;
    assert.equal(clock.pending, 0);
    const resolver = { ...createNoResolver(), resolve: () => new Promise<never>(() => undefined) };
    const lookup = assert.rejects(dialPeer(dialOptions({ resolver, clock })), { message: /looking up bob/ });
    clock.advance(7000);
    await lookup;
  });

  test('gives lookup and transport most of the time that is left', async () => {
    const clock = new ManualClock();
    const given: (number | undefined)[] = [];
    const resolver: Resolver = {
      ...createNoResolver(),
      resolve: (_peer, { timeoutMs }) => {
        given.push(timeoutMs);
        clock.advance(14_000);
        return Promise.resolve({ host: '127.0.0.1', port: 1 });
      },
    };
    const transport: Transport = {
      ...failing('ECONNREFUSED'),
      connect: (_address, { timeoutMs }) => {
        given.push(timeoutMs);
        return Promise.reject(new Error('that is all'));
      },
    };
    const options = dialOptions({ resolver, transport, clock, handshakeTimeoutMs: 70_000 });
    await assert.rejects(dialPeer(options), /that is all/);
    assert.deepEqual(given, [50_000, 40_000]);
  });

  test('gives up with the reason of its signal', async () => {
    const reason = new Error('changed my mind');
    const stop = new AbortController();
    const outcome = assert.rejects(
      dialPeer(dialOptions({ transport: blackHole, signal: stop.signal })),
      (error) => error === reason,
    );
    stop.abort(reason);
    await outcome;
  });
});

describe('a handshake over a stream', () => {
  test('ends at its deadline, and says what was missing', async () => {
    const clock = new ManualClock();
    const [near, far] = await openStreams();
    const outcome = assert.rejects(openConnection(near, { self: alice, peer: bob.name, clock }), {
      code: 'HANDSHAKE_TIMEOUT',
      phase: 'status',
      message: /the handshake with bob@127\.0\.0\.1 took longer than 7000 ms, waiting for status/,
    });
    await new Promise((resolve) => {
      far.onData(resolve);
    });
    clock.advance(7000);
    await outcome;
    assert.equal(clock.pending, 0);
  });

  test('ends at its deadline however slowly a stranger goes on sending', async () => {
    const clock = new ManualClock();
    const [near, far] = await openStreams();
    const outcome = assert.rejects(acceptConnection(near, { self: bob, decide: () => 'ok', clock }), {
      code: 'HANDSHAKE_TIMEOUT',
    });
    far.write(Uint8Array.of(0, 40));
    for (let second = 0; second < 7; second += 1) {
      far.write(Uint8Array.of(78));
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1000);
    }
    await outcome;
  });

  test('refuses a message over the limit by its length alone', async () => {
    const [near, far] = await openStreams();
    far.write(Uint8Array.of(0x47, 0x45));
    await assert.rejects(acceptConnection(near, { self: bob, decide: () => 'ok' }), {
      code: 'HANDSHAKE_PROTOCOL',
      message: /announced a handshake message of 18245 bytes/,
    });
  });

  test('takes its messages in any pieces', async () => {
    const [near, far] = await openStreams();
    const slow = bytewise(near);
    const [opened, accepted] = await Promise.all([
      openConnection(slow, { self: alice, peer: bob.name }),
      acceptConnection(bytewise(far), { self: bob, decide: () => 'ok' }),
    ]);
    assert.equal(opened.peer.name, bob.name);
    assert.equal(accepted.peer.name, alice.name);
  });

  test('works with the long length prefix of TLS, and explains a mixture', async () => {
    const [near, far] = await openStreams();
    const options = { handshakeLengthBytes: 4 } as const;
    await Promise.all([
      openConnection(near, { ...options, self: alice, peer: bob.name }),
      acceptConnection(far, { ...options, self: bob, decide: () => 'ok' }),
    ]);
    const [near2, far2] = await openStreams();
    const mixture = openConnection(near2, { self: alice, peer: bob.name });
    await assert.rejects(
      acceptConnection(far2, { ...options, self: bob, decide: () => 'ok' }),
      /TLS distribution/,
    );
    await assert.rejects(mixture, { code: 'HANDSHAKE_CLOSED' });
  });

  test('publishes who came in, who was refused and why', async () => {
    const events: string[] = [];
    const mine = (event: { node: string }): boolean => event.node === alice.name || event.node === bob.name;
    const stops = [
      subscribeEvent('convoy:connection.up', (event) => {
        if (mine(event)) events.push(`up ${event.direction} ${event.peer}`);
      }),
      subscribeEvent('convoy:handshake.refused', (event: NodeEvents['convoy:handshake.refused']) => {
        if (mine(event)) events.push(`refused ${event.direction} ${event.peer}`);
      }),
    ];
    const meet = async (change: Partial<AcceptOptions>): Promise<void> => {
      const [near, far] = await openStreams();
      await Promise.allSettled([
        openConnection(near, { self: alice, peer: bob.name }),
        acceptConnection(far, { self: bob, decide: () => 'ok', ...change }),
      ]);
    };
    await meet({});
    await meet({ decide: () => 'not_allowed' });
    for (const stop of stops) stop();
    assert.deepEqual(events.sort(), [
      `refused in ${alice.name}`,
      `refused out ${bob.name}`,
      `up in ${alice.name}`,
      `up out ${bob.name}`,
    ]);
  });
});

describe('strangers at a listener', () => {
  async function listen(
    onConnection: (connection: Connection) => void,
    transport: Transport = createTcpTransport(),
  ): Promise<Listener> {
    return await listenForPeers({
      self: bob,
      transport,
      listen: { host: '127.0.0.1' },
      limits: { maxPendingHandshakes: 8 },
      decide: () => 'ok',
      onConnection,
    });
  }

  test('the one that has been silent longest makes room for another', async () => {
    const transport = createMemoryNetwork().transport();
    const listener = await listen(() => assert.fail(unused), transport);
    const refused: NodeEvents['convoy:handshake.refused'][] = [];
    const stop = subscribeEvent('convoy:handshake.refused', (event) => refused.push(event));
    const dial = (): Promise<ByteStream> => transport.connect({ host: 'memory', port: listener.port }, {});
    const closed: number[] = [];
    const streams: ByteStream[] = [];
    for (let at = 0; at < 10; at += 1) {
      const stream = await dial();
      stream.onData(() => undefined);
      stream.onClose(() => closed.push(at));
      streams.push(stream);
    }
    await eventuallyEqual(() => closed, [0, 1]);
    stop();
    const first = refused[0]?.error;
    assert.ok(first instanceof HandshakeError);
    assert.match(first.remedy ?? '', /limits\.maxPendingHandshakes/);
    assert.match(first.message, /more than 8 handshakes were in progress/);
    for (const stream of streams) stream.destroy();
    await listener.close();
  });

  attack(
    'Connections',
    'ten silent connections for each honest dial: every honest dial succeeds',
    async () => {
      const accepted: Connection[] = [];
      const listener = await listen((connection) => accepted.push(connection));
      const sockets: Socket[] = [];
      for (let dial = 0; dial < 30; dial += 1) {
        for (let at = 0; at < 10; at += 1) {
          sockets.push(connect(listener.port, '127.0.0.1').on('error', () => undefined));
          await once(sockets.at(-1) as Socket, 'connect');
        }
        const resolver = createStaticResolver({ [bob.name]: { host: '127.0.0.1', port: listener.port } });
        (await dialPeer(dialOptions({ resolver }))).close();
      }
      for (const socket of sockets) socket.destroy();
      for (const connection of accepted) connection.close();
      await listener.close();
    },
  );

  attack(
    'Connections',
    'peers that send only a name do not count against silent ones, and are dropped in the end',
    async () => {
      const listener = await listen((connection) => connection.close());
      const name = encodeName({ flags: visibleFlags, creation: 1, name: 'mallory@127.0.0.1' });
      const sockets: Socket[] = [];
      for (let at = 0; at < 40; at += 1) {
        const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
        sockets.push(socket);
        socket.write(Buffer.concat([Buffer.of(0, name.length), name]));
        await once(socket, 'data');
      }
      const resolver = createStaticResolver({ [bob.name]: { host: '127.0.0.1', port: listener.port } });
      (await dialPeer(dialOptions({ resolver }))).close();
      for (const socket of sockets) socket.destroy();
      await listener.close();
    },
  );
});

/** The same stream, delivering one byte at a time. */
function bytewise(stream: ByteStream): ByteStream {
  return {
    write: (bytes) => stream.write(bytes),
    onData: (callback) =>
      stream.onData((bytes) => {
        for (let index = 0; index < bytes.length; index += 1) callback(bytes.slice(index, index + 1));
      }),
    onDrain: (callback) => stream.onDrain(callback),
    onClose: (callback) => stream.onClose(callback),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    end: () => stream.end(),
    destroy: (error) => stream.destroy(error),
    get bufferedBytes() {
      return stream.bufferedBytes;
    },
  };
}
