import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, test } from 'node:test';
import { acceptConnection, openConnection } from '../../../src/connection.ts';
import {
  createSocketStream,
  createStaticPortResolver,
  type Listener,
  Pid,
  startNode,
  type Transport,
} from '../../../src/index.ts';

const cookie = 'any-stream';

function localNode(name: string) {
  return { name, cookie, creation: 7, hidden: false };
}

/** A carrier made of nothing but streams in memory, as one would write for a pipe or a protocol of one's own. */
function createStreamNetwork(): Transport {
  const listeners = new Map<number, (stream: Duplex) => void>();
  return {
    name: 'streams',
    connect({ port }) {
      const [near, far] = duplexPair();
      const accept = listeners.get(port);
      if (accept === undefined) return Promise.reject(new Error(`nothing listens on ${port}`));
      accept(far);
      return Promise.resolve(createSocketStream(near));
    },
    listen({ port = 0, host = 'streams' }, onStream): Promise<Listener> {
      listeners.set(port, (stream) => onStream(createSocketStream(stream)));
      return Promise.resolve({ host, port, close: () => Promise.resolve(void listeners.delete(port)) });
    },
  };
}

describe('any two-way stream', () => {
  test('carries a connection that one side opens and the other accepts', async () => {
    const [near, far] = duplexPair();
    const [opened, accepted] = await Promise.all([
      openConnection(createSocketStream(near), { self: localNode('a@h'), peer: 'b@h' }),
      acceptConnection(createSocketStream(far), { self: localNode('b@h'), decide: () => 'ok' }),
    ]);
    assert.equal(opened.peer.name, 'b@h');
    assert.equal(accepted.peer.name, 'a@h');
    const message = Promise.withResolvers<unknown>();
    const closed = Promise.withResolvers<void>();
    accepted.onMessage((_control, payload) => message.resolve(payload));
    accepted.onClose(() => closed.resolve());
    const from = new Pid('a@h', 1, 0, 7);
    opened.send({ kind: 'REG_SEND', from, to: 'printer' }, 42);
    assert.equal(await message.promise, 42);
    opened.close();
    await closed.promise;
  });

  test('is closed when the handshake fails', async () => {
    const [near, far] = duplexPair();
    const closed = new Promise<void>((resolve) => {
      near.once('close', resolve);
    });
    far.on('error', () => undefined).end();
    far.resume();
    const opening = openConnection(createSocketStream(near), { self: localNode('a@h'), peer: 'b@h' });
    await assert.rejects(opening, { code: 'HANDSHAKE_CLOSED' });
    await closed;
  });

  test('makes a transport for whole nodes', async () => {
    const transport = createStreamNetwork();
    const port = 5;
    await using far = await startNode({
      name: 'far@somewhere.example',
      cookie,
      transport,
      resolver: createStaticPortResolver({ port }),
    });
    await using near = await startNode({
      name: 'near@elsewhere.example',
      cookie,
      transport,
      listen: false,
      resolver: createStaticPortResolver({ port }),
    });
    assert.equal(far.port, port);
    far.expose('calc', { double: (value: number) => value * 2 });
    assert.equal(await near.rpc(far.name, 'calc', 'double', [21]), 42);
  });
});
