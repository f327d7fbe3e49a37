import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeNodeName, isLoopbackHost, nameMismatch, parseNodeName } from '../../src/node/node-name.ts';

test('splits a name and refuses what no acceptor takes', () => {
  assert.deepEqual(parseNodeName('web@10.0.0.1'), { full: 'web@10.0.0.1', name: 'web', host: '10.0.0.1' });
  for (const bad of ['web', '@host', 'web@', 'a@b@c', 'w b@host', 'wéb@host', `${'x'.repeat(255)}@h`]) {
    assert.equal(parseNodeName(bad), undefined, bad);
  }
});

test('adds the short host name of the machine, and says what is wrong with a bad name', () => {
  assert.equal(completeNodeName('web', 'big.example.com').full, 'web@big');
  assert.throws(() => completeNodeName('a@b@c', 'big'), {
    code: 'NODE_BAD_NAME',
    message: /"a@b@c".*name@host/,
  });
});

test('long and short names do not mix, as with OTP', () => {
  assert.equal(nameMismatch('a@127.0.0.1', 'b@host.example'), undefined);
  assert.equal(nameMismatch('a@::1', 'b@host.example'), undefined);
  assert.equal(nameMismatch('a@one', 'b@two'), undefined);
  assert.match(
    nameMismatch('a@one', 'b@two.example')?.message ?? '',
    /b@two.example is a long name.*a@one a short/,
  );
  assert.match(
    nameMismatch('a@one.example', 'b@two')?.message ?? '',
    /a@one.example is a long name.*b@two a short/,
  );
  assert.equal(nameMismatch('a@one', 'nonsense')?.code, 'CONNECTION_NAME_FORM');
});

test('knows loopback hosts', () => {
  assert.deepEqual(['localhost', '127.0.1.1', '::1', '10.0.0.1', 'host'].map(isLoopbackHost), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
