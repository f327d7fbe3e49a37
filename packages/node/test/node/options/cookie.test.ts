import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieText } from '../../../src/node/options/cookie.ts';

test('takes printable Latin-1 text and any bytes', () => {
  assert.equal(cookieText('~ Grün ÿ'), '~ Grün ÿ');
  const bytes = Uint8Array.from({ length: 255 }, (_, index) => index);
  assert.equal(cookieText(bytes), String.fromCharCode(...bytes));
  assert.equal(cookieText(Buffer.from('a\n')), 'a\n');
});

test('refuses what no Erlang node can have, says what is wrong and never shows it', () => {
  const cases: [value: unknown, message: RegExp][] = [
    ['', /is empty/],
    [undefined, /is empty/],
    [new Uint8Array(), /is empty/],
    [5, /is not text or bytes/],
    ['hush\n', /has a line break/],
    ['hush\u0085', /control character/],
    ['hush\u0100', /no Erlang node/],
    ['hush€', /no Erlang node/],
    ['h'.repeat(256), /too long/],
    [new Uint8Array(256), /too long/],
  ];
  for (const [value, message] of cases) {
    assert.throws(
      () => cookieText(value as string),
      (error: Error & { code: string; remedy?: string }) => {
        assert.equal(error.code, 'NODE_BAD_COOKIE');
        assert.match(error.message, message);
        assert.ok(error.remedy !== undefined && !`${error.message}${error.remedy}`.includes('hush'));
        return true;
      },
    );
  }
});
