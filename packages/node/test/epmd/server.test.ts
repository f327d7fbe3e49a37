/** Our daemon and our client, with each other and with strangers. */

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import {
  EpmdClient,
  type EpmdServer,
  type EpmdServerOptions,
  startEpmdServer,
} from '../../src/epmd/index.ts';
import { encodePlainRequest, encodeRegisterRequest } from '../../src/epmd/messages.ts';
import { openRaw, type RawConnection } from './raw-client.ts';
import { attack } from '../../../../test/support/attack.ts';

async function startPair(
  options: EpmdServerOptions = {},
): Promise<{ server: EpmdServer; client: EpmdClient; [Symbol.asyncDispose](): Promise<void> }> {
  const server = await startEpmdServer({ port: 0, ...options });
  const client = new EpmdClient({ port: server.port });
  return { server, client, [Symbol.asyncDispose]: () => server.close() };
}

function registration(name: string, highestVersion: number = 6): Uint8Array {
  return encodeRegisterRequest({
    name,
    port: 5555,
    nodeType: 77,
    protocol: 0,
    highestVersion,
    lowestVersion: 5,
    extra: new Uint8Array(),
  });
}

describe('EPMD server and client', () => {
  test('answers late when it simulates a busy machine, and logs what it does', async () => {
    const lines: string[] = [];
    const delays = { acceptMs: 20, writeMs: 20 };
    await using pair = await startPair({ delays, maxUnusedNames: 1, onLog: (line) => lines.push(line) });
    for (const name of ['one', 'two']) {
      const held = await pair.client.register({ name, port: 4001 });
      held.close();
      await held.closed;
    }
    const { unused } = await pair.client.dump();
    assert.deepEqual(
      unused.map(({ name }) => name),
      ['two'],
    );
    assert.equal(lines.filter((line) => line === '** got ALIVE2_REQ').length, 2);
    assert.match(lines.join('\n'), /^unregistering 'two:\d+', port 4001$/m);
  });

  test('does not serve a file descriptor that is not a listening socket', async () => {
    await assert.rejects(startEpmdServer({ fileDescriptors: [2] }), { code: 'EPMD_UNREACHABLE' });
  });

  test('a registered name is found and listed until it is closed', async () => {
    await using pair = await startPair();
    const extra = Uint8Array.of(1, 2, 3);
    const held = await pair.client.register({ name: 'web', port: 4001, hidden: true, extra });
    assert.ok(held.creation > 3);
    const found = await pair.client.lookup('web');
    assert.deepEqual(
      [found?.port, found?.type, found?.highestVersion, found?.lowestVersion],
      [4001, 'hidden', 6, 5],
    );
    assert.deepEqual([...(found?.extra ?? [])], [1, 2, 3]);
    assert.deepEqual(await pair.client.names(), {
      epmdPort: pair.server.port,
      nodes: [{ name: 'web', port: 4001 }],
    });
    held.close();
    await held.closed;
    assert.equal(await pair.client.lookup('web'), undefined);
    const { unused } = await pair.client.dump();
    assert.deepEqual(
      unused.map(({ name }) => name),
      ['web'],
    );
  });

  test('the next holder of a name has the next creation', async () => {
    await using pair = await startPair();
    const first = await pair.client.register({ name: 'web', port: 1 });
    await assert.rejects(pair.client.register({ name: 'web', port: 2 }), { code: 'EPMD_NAME_TAKEN' });
    first.close();
    await first.closed;
    const second = await pair.client.register({ name: 'web', port: 2 });
    assert.equal(second.creation, first.creation + 1);
  });

  test('an address that stands for another machine has its own names, and takes none', async () => {
    const virtualHosts = {
      '127.0.91.2': [{ name: 'app', port: 4101 }],
      '127.0.91.3': [{ name: 'app', port: 4102 }],
    };
    await using pair = await startPair({ virtualHosts });
    const { port } = pair.server;
    const held = await pair.client.register({ name: 'web', port: 4001 });
    const ask = (host: string): EpmdClient => new EpmdClient({ host, port });
    assert.equal((await ask('127.0.91.2').lookup('app'))?.port, 4101);
    assert.equal((await ask('127.0.91.3').lookup('app'))?.port, 4102);
    assert.deepEqual((await ask('127.0.91.2').names()).nodes, [{ name: 'app', port: 4101 }]);
    assert.equal(await ask('127.0.91.2').lookup('web'), undefined);
    assert.equal(await pair.client.lookup('app'), undefined);
    await assert.rejects(ask('127.0.91.2').register({ name: 'new', port: 1 }), { code: 'EPMD_REFUSED' });
    await assert.rejects(ask('127.0.91.2').kill(), { code: 'EPMD_REFUSED' });
    assert.equal((await pair.client.lookup('web'))?.port, 4001);
    held.close();
  });

  test('a stream that stays half open when the daemon has answered does not hold up the answer', async () => {
    await using pair = await startPair();
    const client = new EpmdClient({
      port: pair.server.port,
      openStream: async (address) => {
        const socket = connect({ ...address, allowHalfOpen: true });
        await once(socket, 'connect');
        return socket;
      },
    });
    assert.equal(await client.lookup('nobody'), undefined);
    const held = await client.register({ name: 'web', port: 4001 });
    assert.equal((await client.lookup('web'))?.port, 4001);
    held.close();
    await held.closed;
  });
});

describe('addresses of the EPMD server', () => {
  test('it listens on both loopback addresses, with one port', async (t) => {
    await using pair = await startPair();
    if (!pair.server.addresses.includes('::1')) return t.skip('this machine has no IPv6 loopback');
    const held = await new EpmdClient({ host: '::1', port: pair.server.port }).register({
      name: 'six',
      port: 6,
    });
    assert.equal((await pair.client.lookup('six'))?.port, 6);
    held.close();
    await held.closed;
  });

  test('a port that is taken is an error that says what to do', async () => {
    await using pair = await startPair();
    await assert.rejects(startEpmdServer({ port: pair.server.port }), {
      code: 'EPMD_ADDRESS_IN_USE',
      remedy: /use it, or choose another port/,
    });
  });

  test('an address that is none is refused', async () => {
    await assert.rejects(startEpmdServer({ port: 0, host: 'localhost' }), { code: 'EPMD_UNREACHABLE' });
  });

  test('all addresses include loopback', async () => {
    await using pair = await startPair({ host: '0.0.0.0' });
    assert.deepEqual((await pair.client.names()).nodes, []);
  });
});

describe('ending the EPMD server and its registrations', () => {
  test('the end of the daemon ends registrations', async () => {
    await using pair = await startPair();
    const held = await pair.client.register({ name: 'web', port: 1 });
    await pair.server.close();
    await held.closed;
    await assert.rejects(pair.client.names(), { code: 'EPMD_UNREACHABLE', remedy: /startEpmdServer/ });
  });

  test('it refuses to be killed while a name is registered, and ends otherwise', async () => {
    await using pair = await startPair();
    const held = await pair.client.register({ name: 'web', port: 1 });
    await assert.rejects(pair.client.kill(), { code: 'EPMD_REFUSED' });
    held.close();
    await held.closed;
    await pair.client.kill();
    await pair.server.closed;
  });

  test('relaxed, it can be killed at any time and told to drop a name', async () => {
    await using pair = await startPair({ relaxedCommandCheck: true });
    const held = await pair.client.register({ name: 'web', port: 1 });
    await assert.rejects(pair.client.stop('other'), {
      code: 'EPMD_NAME_UNKNOWN',
      message: /it is not registered/,
    });
    await pair.client.stop('web');
    await held.closed;
    await pair.client.register({ name: 'web', port: 1 });
    await pair.client.kill();
    await pair.server.closed;
  });

  test('strict, it does not drop a name', async () => {
    await using pair = await startPair();
    await pair.client.register({ name: 'web', port: 1 });
    await assert.rejects(pair.client.stop('web'), { code: 'EPMD_REFUSED' });
    assert.deepEqual(pair.server.names(), [{ name: 'web', port: 1 }]);
  });
});

describe('EPMD server with raw bytes', () => {
  test('a request may come byte by byte', async () => {
    await using pair = await startPair();
    using raw = await openRaw(pair.server.port);
    await raw.send(...Array.from(registration('slow'), (byte) => Uint8Array.of(byte)));
    assert.equal((await raw.take(6)).length, 6);
    assert.deepEqual(pair.server.names(), [{ name: 'slow', port: 5555 }]);
  });

  test('old nodes get a creation of 1 to 3 in sixteen bits', async () => {
    await using pair = await startPair();
    using raw = await openRaw(pair.server.port);
    await raw.send(registration('old', 5));
    const [tag, result, high, creation] = await raw.take(4);
    assert.deepEqual([tag, result, high], [121, 0, 0]);
    assert.ok(creation !== undefined && creation >= 1 && creation <= 3);
  });

  test('two requests in one segment are dropped without a word', async () => {
    await using pair = await startPair();
    using raw = await openRaw(pair.server.port);
    const names = encodePlainRequest('names');
    await raw.send(Buffer.concat([names, names]));
    assert.equal((await raw.waitForClose()).length, 0);
  });

  test('any byte on a connection that holds a name gives the name back', async () => {
    await using pair = await startPair();
    using raw = await openRaw(pair.server.port);
    await raw.send(registration('talker'));
    await raw.take(6);
    await raw.send(Uint8Array.of(0));
    await raw.waitForClose();
    assert.equal(await pair.client.lookup('talker'), undefined);
  });

  test('half a close gives the name back', async () => {
    await using pair = await startPair();
    using raw = await openRaw(pair.server.port);
    await raw.send(registration('half'));
    await raw.take(6);
    raw.end();
    await raw.waitForClose();
    assert.equal(await pair.client.lookup('half'), undefined);
  });

  test('a refused registration is left open for the client to close', async () => {
    await using pair = await startPair({ packetTimeoutMs: 500 });
    await pair.client.register({ name: 'web', port: 1 });
    using raw = await openRaw(pair.server.port);
    await raw.send(registration('web'));
    assert.deepEqual([...(await raw.take(6))], [118, 1, 0, 0, 0, 99]);
    await raw.waitForClose();
    assert.equal((await pair.client.lookup('web'))?.port, 1);
  });

  test('a silent connection is closed, one that holds a name is not', async () => {
    await using pair = await startPair({ packetTimeoutMs: 500 });
    const held = await pair.client.register({ name: 'patient', port: 1 });
    using raw = await openRaw(pair.server.port);
    await raw.send(Uint8Array.of(0));
    assert.equal((await raw.waitForClose()).length, 0);
    assert.equal((await pair.client.lookup('patient'))?.port, 1);
    held.close();
  });

  for (const [title, bytes] of [
    ['a length of zero', [0, 0]],
    ['a length beyond the largest request', [0x0b, 0xf2, 120]],
    ['an unknown request', [0, 1, 65]],
    ['the request of a web browser', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ] as const) {
    test(`${title} is closed without a word`, async () => {
      await using pair = await startPair();
      using raw = await openRaw(pair.server.port);
      await raw.send(Uint8Array.from(bytes));
      if (title.includes('browser')) raw.end();
      assert.equal((await raw.waitForClose()).length, 0);
    });
  }
});

describe('limits of the EPMD server', () => {
  test('one name more than the bound is refused', async () => {
    await using pair = await startPair({ limits: { maxEpmdNames: 1 } });
    await pair.client.register({ name: 'one', port: 1 });
    await assert.rejects(pair.client.register({ name: 'two', port: 2 }), { code: 'EPMD_NAME_TAKEN' });
  });

  test('one connection more than the bound takes the place of the oldest that holds no name', async () => {
    await using pair = await startPair({ limits: { maxEpmdConnections: 2 } });
    const one = await pair.client.register({ name: 'one', port: 1 });
    using second = await openRaw(pair.server.port);
    using third = await openRaw(pair.server.port);
    await second.waitForClose();
    await third.send(encodePlainRequest('names'));
    assert.ok((await third.waitForClose()).length > 4);
    const two = await pair.client.register({ name: 'two', port: 2 });
    using fourth = await openRaw(pair.server.port);
    await fourth.waitForClose();
    for (const held of [one, two]) held.close();
  });

  attack('EPMD', 'silent connections do not block queries, however many there are', async () => {
    await using pair = await startPair({ limits: { maxEpmdIdleConnections: 8 } });
    const held = await pair.client.register({ name: 'one', port: 1 });
    const silent: RawConnection[] = [];
    for (let round = 0; round < 40; round += 1) {
      for (let at = 0; at < 5; at += 1) silent.push(await openRaw(pair.server.port));
      assert.equal((await pair.client.lookup('one'))?.port, 1);
    }
    for (const one of silent.slice(0, -8)) await one.waitForClose();
    for (const one of silent) one[Symbol.dispose]();
    held.close();
  });

  attack(
    'EPMD',
    'an attacker registers as many names as possible: the names of our own nodes are still free',
    async () => {
      await using pair = await startPair({ limits: { maxEpmdNames: 20 } });
      const { client, server } = pair;
      const release = server.reserve('child');
      const again = server.reserve('child');
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, at) => client.register({ name: `stranger-${at}`, port: 1 })),
      );
      await assert.rejects(client.register({ name: 'one-more', port: 1 }), { code: 'EPMD_NAME_TAKEN' });
      release();
      const child = await client.register({ name: 'child', port: 2 });
      assert.equal((await client.lookup('child'))?.port, 2);
      again();
      again();
      child.close();
      await child.closed;
      await assert.rejects(client.register({ name: 'child', port: 2 }), { code: 'EPMD_NAME_TAKEN' });
      for (const one of taken) one.close();
    },
  );
});

describe('EPMD client', () => {
  test('an answer of another program is named as such', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const client = new EpmdClient({ port });
    await assert.rejects(client.lookup('a'), { code: 'EPMD_BAD_REPLY', address: `127.0.0.1:${port}` });
    await assert.rejects(client.register({ name: 'a', port: 1 }), { code: 'EPMD_BAD_REPLY' });
    other.close();
  });

  test('silence ends at the deadline, and at an abort', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await assert.rejects(new EpmdClient({ port, timeoutMs: 30 }).names(), { code: 'EPMD_TIMEOUT' });
    const { signal } = { signal: AbortSignal.timeout(30) };
    await assert.rejects(new EpmdClient({ port, signal }).names(), { name: 'TimeoutError' });
    silent.close();
  });
});
