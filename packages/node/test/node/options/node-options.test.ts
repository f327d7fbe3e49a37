import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultListenHost, resolveOptions } from '../../../src/node/options/node-options.ts';

const plain = { name: 'a@127.0.0.1', cookie: 'secret' };

test('listens where peers that know only the name will dial', () => {
  assert.equal(defaultListenHost('127.0.0.1', false), '127.0.0.1');
  assert.equal(defaultListenHost('127.0.0.2', false), '127.0.0.2');
  assert.equal(defaultListenHost('localhost', true), '::1');
  assert.equal(defaultListenHost('::1', false), '::1');
  assert.equal(defaultListenHost('big.example', false), '0.0.0.0');
  assert.equal(defaultListenHost('big.example', true), '::');
  assert.equal(resolveOptions(plain).listen?.host, '127.0.0.1');
  assert.equal(resolveOptions({ ...plain, listen: false }).listen, undefined);
});

test('refuses what cannot work and never shows the cookie', () => {
  const secret = 'hush\nhush';
  assert.throws(
    () => resolveOptions({ ...plain, cookie: secret }),
    (error: Error & { code: string }) => error.code === 'NODE_BAD_COOKIE' && !error.message.includes('hush'),
  );
  assert.throws(() => resolveOptions({ ...plain, cookie: '' }), { code: 'NODE_BAD_COOKIE' });
  assert.throws(() => resolveOptions({ ...plain, listen: { port: 70_000 } }), { code: 'NODE_BAD_LISTEN' });
  assert.throws(() => resolveOptions({ ...plain, listen: { port: { min: 9, max: 8 } } }), {
    code: 'NODE_BAD_LISTEN',
  });
  assert.throws(() => resolveOptions({ ...plain, netTickTimeMs: 0 }), { code: 'NODE_BAD_TIMEOUT' });
  assert.throws(() => resolveOptions({ ...plain, name: 'a b@h' }), { code: 'NODE_BAD_NAME' });
});
