import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testResolver } from '../../../../../test/conformance/resolver.ts';
import { createStaticPortResolver } from '../../../src/net/resolvers/static-port-resolver.ts';

const done = (): Promise<void> => Promise.resolve();

testResolver(
  async () => ({
    resolver: createStaticPortResolver({ port: 9100 }),
    known: { name: 'app', host: '10.0.0.7', port: 9100 },
    listens: { node: 'ts@10.0.0.8', port: 9100 },
    [Symbol.asyncDispose]: done,
  }),
  {
    title: 'static port of every node',
    publishes: 'it asks and publishes nothing',
    lists: 'it does not know who is there',
    unknown: 'it takes every node to be there',
  },
);

testResolver(
  async () => ({
    resolver: createStaticPortResolver({ port: 9100, nodes: ['app@10.0.0.7', 'v6@::1'] }),
    known: { name: 'v6', host: '::1', port: 9100 },
    listens: { node: 'v6@::1', port: 9100 },
    [Symbol.asyncDispose]: done,
  }),
  { title: 'static port of given nodes', publishes: 'it asks and publishes nothing' },
);

test('the host part of the name is the address', async () => {
  const resolver = createStaticPortResolver({ port: 9100 });
  const found = await resolver.resolve('app@db.example', {});
  assert.deepEqual([found?.host, found?.port], ['db.example', 9100]);
});

test('a node that only dials by the port is not told to listen there', () => {
  assert.equal(createStaticPortResolver({ port: 9100, listens: false }).listenPort?.('a@h'), undefined);
  assert.equal(createStaticPortResolver({ port: 9100, nodes: ['b@h'] }).listenPort?.('a@h'), undefined);
});

test('refuses an invalid port', () => {
  for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
    assert.throws(() => createStaticPortResolver({ port }), { code: 'NODE_BAD_RESOLVER' });
  }
});
