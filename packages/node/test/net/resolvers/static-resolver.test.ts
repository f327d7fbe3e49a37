import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testResolver } from '../../../../../test/conformance/resolver.ts';
import { createNoResolver, createStaticResolver } from '../../../src/net/resolvers/static-resolver.ts';

const done = (): Promise<void> => Promise.resolve();

testResolver(
  async () => ({
    resolver: createStaticResolver({ 'app@10.0.0.7': { host: '127.0.0.1', port: 9100 } }),
    known: { name: 'app', host: '10.0.0.7', port: 9100 },
    [Symbol.asyncDispose]: done,
  }),
  { title: 'static', publishes: 'it asks and publishes nothing' },
);

testResolver(async () => ({ resolver: createNoResolver(), [Symbol.asyncDispose]: done }), {
  title: 'none',
  publishes: 'it asks and publishes nothing',
});

test('a table may change while it is in use', async () => {
  const table = new Map([['a@h', { host: '127.0.0.1', port: 1 }]]);
  const resolver = createStaticResolver(table);
  table.set('b@h', { host: '127.0.0.1', port: 2 });
  table.delete('a@h');
  assert.deepEqual(await resolver.resolve('b@h', {}), { host: '127.0.0.1', port: 2 });
  assert.equal(await resolver.resolve('a@h', {}), undefined);
});
