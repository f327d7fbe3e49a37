import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenFromAddress, tokenFromText } from '../../src/state/login-token.ts';

const special = 'a+b&c=d#e%20f/g?h';

test('a token of any characters comes out of a link as it went in', () => {
  const link = `http://127.0.0.1:4000/convoy/?token=${encodeURIComponent(special)}#/logs/a%40h`;
  assert.equal(tokenFromText(` ${link}\n`), special);
  assert.deepEqual(tokenFromAddress(link), {
    token: special,
    rest: 'http://127.0.0.1:4000/convoy/#/logs/a%40h',
  });
});

test('a token is taken from the fragment too, and out of the middle of an address', () => {
  assert.deepEqual(tokenFromAddress('/#token=x%2By'), { token: 'x+y', rest: '/' });
  assert.deepEqual(tokenFromAddress('/?token=x&y=1'), { token: 'x', rest: '/?y=1' });
  assert.deepEqual(tokenFromAddress('/?y=1&token=x'), { token: 'x', rest: '/?y=1' });
  assert.equal(tokenFromAddress('/?mytoken=x#/nodes'), undefined);
});

test('a token alone, or with a broken escape, is left as it is', () => {
  assert.equal(tokenFromText('abc+def/ghi'), 'abc+def/ghi');
  assert.equal(tokenFromText('http://h/?token=100%+x'), '100%+x');
});
