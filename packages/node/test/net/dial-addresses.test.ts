/** A node whose host has several addresses is dialled at each of them until it answers. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LocalNode } from '../../src/distribution/handshake.ts';
import { ConnectionError } from '../../src/errors.ts';
import { listenForPeers } from '../../src/net/accept.ts';
import { dialPeer, type DialOptions } from '../../src/net/dial.ts';
import { createStaticResolver } from '../../src/net/resolvers/static-resolver.ts';
import { createMemoryNetwork } from '../../src/net/transports/memory.ts';
import type { ByteStream, Transport } from '../../src/net/transport.ts';
import { alice, bob } from './connected-pair.ts';
import { ManualClock } from './manual-clock.ts';

const port = 4000;
type Connect = Transport['connect'];

const failing =
  (code: string): Connect =>
  () =>
    Promise.reject(Object.assign(new Error(`connect ${code}`), { code }));

const silent: Connect = (_address, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** A node, or another program that handles each stream with the function. */
async function listen(who: LocalNode | ((stream: ByteStream) => void)): Promise<Connect> {
  const transport = createMemoryNetwork().transport();
  if (typeof who === 'function') {
    await transport.listen({ port }, who);
  } else {
    await listenForPeers({
      self: who,
      transport,
      listen: { port },
      decide: () => 'ok',
      onConnection: () => undefined,
    });
  }
  return (address, options) => transport.connect(address, options);
}

/** What answers at each address, in the order in which they are dialled. */
function network(hosts: Readonly<Record<string, Connect>>): DialOptions & { readonly dialled: string[] } {
  const dialled: string[] = [];
  const [host = '', ...alternatives] = Object.keys(hosts);
  const transport: Transport = {
    ...createMemoryNetwork().transport(),
    connect(address, options) {
      dialled.push(address.host);
      return (hosts[address.host] ?? failing('ENOTFOUND'))(address, options);
    },
  };
  const resolver = createStaticResolver({ [bob.name]: { host, port, alternatives } });
  return { self: alice, peer: bob.name, resolver, transport, dialled };
}

describe('a host with several addresses', () => {
  test('is dialled at the next one when nothing listens at the first', async () => {
    const options = network({ '::1': failing('ECONNREFUSED'), '127.0.0.1': await listen(bob) });
    (await dialPeer(options)).close();
    assert.deepEqual(options.dialled, ['::1', '127.0.0.1']);
  });

  test('is dialled at the next one while the first does not answer', async () => {
    const options = network({ 'fd00::7': silent, '10.0.0.7': await listen(bob) });
    (await dialPeer(options)).close();
  });

  test('is dialled at one address only when the node answers there', async () => {
    const options = network({ '::1': await listen(bob), '127.0.0.1': failing('ECONNREFUSED') });
    (await dialPeer(options)).close();
    assert.deepEqual(options.dialled, ['::1']);
  });

  test('is dialled on when another node or program answers', async () => {
    for (const stranger of [
      await listen({ ...bob, name: 'carol@127.0.0.1' }),
      await listen((stream) => stream.destroy()),
      await listen((stream) => stream.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    ]) {
      (await dialPeer(network({ '::1': stranger, '127.0.0.1': await listen(bob) }))).close();
    }
  });

  test('reports the stranger when the node is at none of them, and dials on from no wrong cookie', async () => {
    const carol = await listen({ ...bob, name: 'carol@127.0.0.1' });
    const nobody = network({ '::1': carol, '127.0.0.1': failing('ECONNREFUSED') });
    await assert.rejects(dialPeer(nobody), { code: 'HANDSHAKE_WRONG_NAME', found: 'carol@127.0.0.1' });
    const other = network({
      '::1': await listen({ ...bob, cookie: 'other' }),
      '127.0.0.1': await listen(bob),
    });
    await assert.rejects(dialPeer(other), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
    assert.deepEqual(other.dialled, ['::1']);
  });

  test('is given up when the signal aborts, also after a stranger has answered', async () => {
    const stranger = await listen({ ...bob, name: 'carol@127.0.0.1' });
    const dialled = Promise.withResolvers<void>();
    const waiting: Connect = (address, options) => {
      dialled.resolve();
      return silent(address, options);
    };
    const controller = new AbortController();
    const reason = new Error('enough');
    const options = { ...network({ '::1': stranger, '127.0.0.1': waiting }), signal: controller.signal };
    const outcome = assert.rejects(dialPeer(options), reason);
    await dialled.promise;
    controller.abort(reason);
    await outcome;
  });

  test('that is reached at none: every address is named, with the failure that says most', async () => {
    const away = network({ 'fd00::7': failing('ENETUNREACH'), '10.0.0.7': failing('ECONNREFUSED') });
    await assert.rejects(dialPeer(away), {
      code: 'CONNECTION_REFUSED',
      message:
        /cannot reach bob@127\.0\.0\.1 at \[fd00::7\]:4000 \(ENETUNREACH\), at 10\.0\.0\.7:4000 \(ECONNREFUSED\): /,
    });
    const owner = new ConnectionError('CONNECTION_WRONG_OWNER', 'belongs to another user', {
      peer: bob.name,
    });
    const taken = network({ '::1': failing('ECONNREFUSED'), '127.0.0.1': () => Promise.reject(owner) });
    await assert.rejects(dialPeer(taken), (error) => error === owner);
  });

  test('shares one deadline', async () => {
    const clock = new ManualClock();
    const options = { ...network({ 'fd00::7': silent, '10.0.0.7': silent }), clock };
    const outcome = assert.rejects(dialPeer(options), {
      code: 'CONNECTION_TIMEOUT',
      message: /dialling bob@127\.0\.0\.1 at \[fd00::7\]:4000 and 10\.0\.0\.7:4000 took longer than 7000 ms/,
    });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(7000);
    await outcome;
    assert.equal(clock.pending, 0);
  });
});
