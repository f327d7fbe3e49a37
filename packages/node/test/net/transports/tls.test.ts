import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, describe, mock, test } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import { TestAuthority } from '../../../../../test/support/certificates.ts';
import { testTransport } from '../../../../../test/conformance/transport.ts';
import { ConnectionError } from '../../../src/errors.ts';
import { createTcpTransport } from '../../../src/net/transports/tcp.ts';
import { createTlsTransport, type TlsTransportOptions } from '../../../src/net/transports/tls.ts';
import type { ByteStream, Listener, Transport } from '../../../src/net/transport.ts';

const authority = await TestAuthority.create();
after(() => authority[Symbol.asyncDispose]());
const { ca } = authority;
const good = await authority.issue();
const forged = await authority.issue({ isForged: true });
const expired = await authority.issue({ days: -1 });
const elsewhere = await authority.issue({ hosts: ['other.example', '10.0.0.7'] });
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';

const transportOf = (options: Partial<TlsTransportOptions> = {}): Transport =>
  createTlsTransport({ ca, cert: good.cert, key: good.key, ...options });

testTransport(() => transportOf(), { host: '127.0.0.1', refuses: true });
describe('TLS 1.2', () => {
  testTransport(() => transportOf({ versions: ['1.2'] }), { host: '127.0.0.1', refuses: true });
});
describe('TLS over IPv6', { skip: hasIpv6 ? false : 'this machine has no IPv6' }, () => {
  testTransport(() => transportOf({ family: 6 }), { host: '::1', refuses: true });
});
describe('TLS over streams that are opened elsewhere', () => {
  const openStream: TlsTransportOptions['openStream'] = async (address) => {
    const socket = connect(address);
    await once(socket, 'connect');
    return socket;
  };
  testTransport(() => transportOf({ openStream }), { host: '127.0.0.1', refuses: true });
});

/** What the listening side says of who it turned away. */
class Refusals {
  readonly #first = Promise.withResolvers<Error>();
  readonly onRefused = (error: Error): void => this.#first.resolve(error);

  async code(): Promise<string> {
    const error = await this.#first.promise;
    return error instanceof ConnectionError ? error.code : error.message;
  }
}

interface Meeting {
  readonly dial: Promise<ByteStream>;
  readonly refusals: Refusals;
  readonly listener: Listener;
}

async function meet(from: Transport, to: Transport, peer: string | undefined): Promise<Meeting> {
  const refusals = new Refusals();
  const { onRefused } = refusals;
  const listener = await to.listen({ host: '127.0.0.1', onRefused }, (stream) => {
    stream.onData((bytes) => void stream.write(bytes));
  });
  return { dial: from.connect(listener, { peer }), refusals, listener };
}

/** The code of the error that ends the dial, or the stream soon after: TLS 1.3 reports refusals that late. */
async function outcome({ dial, listener }: Meeting): Promise<string> {
  try {
    const stream = await dial;
    const ended = Promise.withResolvers<string>();
    stream.onClose((error) => ended.resolve(error instanceof ConnectionError ? error.code : 'closed'));
    stream.onData(() => ended.resolve('answered'));
    stream.write(Uint8Array.of(1));
    const result = await ended.promise;
    stream.destroy();
    return result;
  } catch (error) {
    assert.ok(error instanceof ConnectionError, String(error));
    assert.ok(error.cause instanceof Error);
    return error.code;
  } finally {
    await listener.close();
  }
}

for (const version of ['1.2', '1.3'] as const) {
  describe(`certificates with TLS ${version}`, () => {
    const versions = [version];
    const server = transportOf({ versions });
    const peer = 'app@127.0.0.1';

    test('those of one CA, for the host of the name, are taken', async () => {
      assert.equal(await outcome(await meet(transportOf({ versions }), server, peer)), 'answered');
      assert.equal(await outcome(await meet(transportOf({ versions }), server, 'app@localhost')), 'answered');
    });

    test('one of another CA is not taken, on either side', async () => {
      const { cert, key } = forged;
      const from = await meet(transportOf({ versions, cert, key }), server, peer);
      assert.match(
        await outcome(from),
        /^(?:closed|CONNECTION_TLS_CERTIFICATE_REFUSED|CONNECTION_TLS_NOT_SPOKEN)$/,
      );
      assert.equal(await from.refusals.code(), 'CONNECTION_TLS_UNTRUSTED');
      const to = await meet(transportOf({ versions }), transportOf({ versions, cert, key }), peer);
      assert.equal(await outcome(to), 'CONNECTION_TLS_UNTRUSTED');
    });

    test('one that has expired is not taken, on either side', async () => {
      const { cert, key } = expired;
      const from = await meet(transportOf({ versions, cert, key }), server, peer);
      await outcome(from);
      assert.equal(await from.refusals.code(), 'CONNECTION_TLS_EXPIRED');
      const to = await meet(transportOf({ versions }), transportOf({ versions, cert, key }), peer);
      assert.equal(await outcome(to), 'CONNECTION_TLS_EXPIRED');
    });

    test('one for another host is not taken from the node that was dialled, unless that is not to be checked', async () => {
      const { cert, key } = elsewhere;
      const other = transportOf({ versions, cert, key });
      const checking = await meet(transportOf({ versions }), other, peer);
      assert.equal(await outcome(checking), 'CONNECTION_TLS_WRONG_HOST');
      assert.equal(
        await outcome(await meet(transportOf({ versions }), other, 'app@other.example')),
        'answered',
      );
      assert.equal(await outcome(await meet(transportOf({ versions }), other, 'app@10.0.0.7')), 'answered');
      const careless = transportOf({ versions, checkHost: false });
      assert.equal(await outcome(await meet(careless, other, peer)), 'answered');
      // Who dials may come from anywhere.
      assert.equal(await outcome(await meet(other, server, peer)), 'answered');
    });

    test('who has none is not taken', async () => {
      const meeting = await meet(createTlsTransport({ ca, versions }), server, peer);
      assert.equal(await outcome(meeting), 'CONNECTION_TLS_CERTIFICATE_WANTED');
      assert.equal(await meeting.refusals.code(), 'CONNECTION_TLS_CERTIFICATE_WANTED');
    });

    test('checks no certificate with verify none', async () => {
      const { cert, key } = forged;
      const open = createTlsTransport({ cert, key, versions, verify: 'none' });
      const meeting = await meet(createTlsTransport({ versions, verify: 'none' }), open, peer);
      assert.equal(await outcome(meeting), 'answered');
    });
  });
}

describe('a peer without TLS, or with another TLS', () => {
  test('no version in common', async () => {
    const meeting = await meet(transportOf({ versions: ['1.2'] }), transportOf({ versions: ['1.3'] }), 'a@h');
    assert.equal(await outcome(meeting), 'CONNECTION_TLS_NO_COMMON_VERSION');
    assert.equal(await meeting.refusals.code(), 'CONNECTION_TLS_NO_COMMON_VERSION');
  });

  test('a node of plain TCP, which is silent, and could be a busy one as well', async () => {
    const listener = await createTcpTransport().listen({ host: '127.0.0.1' }, (stream) => {
      stream.onData(() => undefined);
    });
    await assert.rejects(transportOf({ tlsTimeoutMs: 100 }).connect(listener, { peer: 'app@127.0.0.1' }), {
      code: 'CONNECTION_TLS_NOT_SPOKEN',
      peer: 'app@127.0.0.1',
      message:
        /^app@127\.0\.0\.1 did not complete .* it may be a node that uses plain TCP, .* or too busy to answer/,
    });
    await listener.close();
  });

  for (const [what, answer] of [
    ['another program', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a program that closes', ''],
  ] as const) {
    test(what, async () => {
      await using server = await answering(answer);
      await assert.rejects(transportOf().connect(server, {}), { code: 'CONNECTION_TLS_NOT_SPOKEN' });
    });
  }

  test('a node without TLS that dials, and a client that sends nothing', async () => {
    for (const bytes of [Buffer.from([0, 15, 0x4e, 0, 0, 0, 0, 0, 0, 0, 0]), undefined]) {
      const refusals = new Refusals();
      const listener = await transportOf().listen(
        { host: '127.0.0.1', onRefused: refusals.onRefused },
        () => undefined,
      );
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => undefined);
      if (bytes === undefined) socket.end();
      else socket.write(bytes);
      assert.equal(await refusals.code(), 'CONNECTION_TLS_NOT_SPOKEN');
      socket.destroy();
      await listener.close();
    }
  });

  test('silent connections are closed when there are too many, and after a time', async () => {
    const first = new Refusals();
    const transport = transportOf({ maxPendingHandshakes: 2, tlsTimeoutMs: 300 });
    let hold = (error: Error): void => first.onRefused(error);
    const arrived = Promise.withResolvers<ByteStream>();
    const listener = await transport.listen(
      { host: '127.0.0.1', onRefused: (error) => hold(error) },
      arrived.resolve,
    );
    const dial = () =>
      connect(listener.port, '127.0.0.1')
        .on('error', () => undefined)
        .resume();
    const sockets = [dial(), dial(), dial()];
    assert.match(await first.code(), /more than 2 TLS handshakes/);
    const second = new Refusals();
    hold = second.onRefused;
    assert.equal(await second.code(), 'CONNECTION_TLS_NOT_SPOKEN');
    await Promise.all(sockets.map(async (socket) => (socket.closed ? [] : await once(socket, 'close'))));
    const near = await transport.connect(listener, {});
    (await arrived.promise).destroy();
    near.destroy();
    await listener.close();
  });

  attack(
    'Connections',
    'connections that never speak TLS do not block other nodes, however many there are',
    async () => {
      const transport = transportOf({ maxPendingHandshakes: 4, tlsTimeoutMs: 60_000 });
      const far: ByteStream[] = [];
      const listener = await transport.listen({ host: '127.0.0.1' }, (stream) => far.push(stream));
      const sockets: Socket[] = [];
      for (let round = 0; round < 5; round += 1) {
        for (let at = 0; at < 6; at += 1) {
          const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
          sockets.push(socket);
          await once(socket, 'connect');
        }
        (await transport.connect(listener, {})).destroy();
      }
      for (const one of [...sockets, ...far]) one.destroy();
      await listener.close();
    },
  );

  test('the signal ends a dial that waits for TLS', async () => {
    await using server = await answering(undefined);
    const stop = new AbortController();
    const dial = transportOf().connect(server, { signal: stop.signal });
    await server.arrived;
    stop.abort(new Error('enough'));
    await assert.rejects(dial, /enough/);
  });
});

describe('the time for the TLS handshake', () => {
  test('is the time that the dial gives, so that a busy peer may take long', async () => {
    const listener = await transportOf().listen({ host: '127.0.0.1' }, (stream) => stream.destroy());
    await using relay = await held();
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const dial = transportOf().connect(relay, { timeoutMs: 40_000 });
      const near = await relay.greeted;
      mock.timers.tick(39_000);
      const far = connect(listener.port, '127.0.0.1').on('error', () => undefined);
      near.pipe(far).pipe(near);
      (await dial).destroy();
    } finally {
      mock.timers.reset();
    }
    await listener.close();
  });

  test('ends with it, unless the options of the transport say otherwise', async () => {
    for (const [own, dialMs, reason] of [
      [{}, 70, 'no answer within 70 ms'],
      [{ tlsTimeoutMs: 50 }, 60_000, 'no answer within 50 ms'],
    ] as const) {
      await using relay = await held();
      await assert.rejects(
        transportOf(own).connect(relay, { timeoutMs: dialMs }),
        (error: ConnectionError) =>
          error.code === 'CONNECTION_TLS_NOT_SPOKEN' && (error.cause as Error).message === reason,
      );
    }
  });
});

test('options that cannot work are refused, and say nothing of the key', async () => {
  const { cert, key } = good;
  const options: TlsTransportOptions[] = [
    { cert, key },
    { ca, cert },
    { ca, key },
    { ca, cert, key: forged.key },
    { ca, cert: 'no certificate', key },
    { ca, versions: [] },
  ];
  for (const one of options) {
    assert.throws(
      () => createTlsTransport(one),
      (error) =>
        error instanceof Error &&
        'code' in error &&
        error.code === 'NODE_BAD_TLS' &&
        !error.message.includes('BEGIN'),
    );
  }
  await assert.rejects(
    async () => createTlsTransport({ ca }).listen({ host: '127.0.0.1' }, () => undefined),
    { code: 'NODE_BAD_TLS' },
  );
});

interface Answering extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly arrived: Promise<void>;
}

/** A server that answers the first bytes it gets; `undefined` is silent, '' closes. */
async function answering(answer: string | undefined): Promise<Answering> {
  const arrived = Promise.withResolvers<void>();
  const server: Server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', () => {
        arrived.resolve();
        if (answer !== undefined) socket.end(answer);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    arrived: arrived.promise,
    [Symbol.asyncDispose]: () => Promise.resolve(void server.close()),
  };
}

interface Held extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The stream of the first client, once it has begun its handshake. */
  readonly greeted: Promise<Socket>;
}

/** A server that answers nothing by itself. */
async function held(): Promise<Held> {
  const greeted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('readable', () => greeted.resolve(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    greeted: greeted.promise,
    [Symbol.asyncDispose]: () => Promise.resolve(void server.close()),
  };
}
