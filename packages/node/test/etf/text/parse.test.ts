import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  BitString,
  equals,
  ExportFun,
  float,
  ImproperList,
  inspect,
  parseTerm,
  type Term,
  TermMap,
  tuple,
} from '../../../src/etf/index.ts';
import { DecodeError } from '../../../src/errors.ts';
import { attack } from '../../../../../test/support/attack.ts';

const parsed: [text: string, term: Term][] = [
  ['ok', atom('ok')],
  [' {ok, done} . ', tuple(atom('ok'), atom('done'))],
  ["'Elixir.Enum'", atom('Elixir.Enum')],
  ["'it\\'s'", atom("it's")],
  ["'fun'", atom('fun')],
  ['[true, false, nil, undefined]', [true, false, null, undefined]],
  ['[1, -2, 0]', [1, -2, 0]],
  ['16#FF', 255],
  ['2#1010', 10],
  ['36#zz', 1295],
  ['1_000_000', 1_000_000],
  ['123456789012345678901234567890', 123456789012345678901234567890n],
  ['-0', 0],
  ['-9007199254740993', -9007199254740993n],
  ['1.5', 1.5],
  ['-1.0e3', float(-1000)],
  ['1.0', float(1)],
  ['[$a, $\\n, $\\x41, $\\s, $\u20ac]', [97, 10, 65, 32, 0x20ac]],
  ['"abc"', [97, 98, 99]],
  ['"a" "b"', [97, 98]],
  ['"\\t\\x{20ac}\\101\\^A\\""', [9, 0x20ac, 65, 1, 34]],
  ['""', []],
  ['<<"abc">>', 'abc'],
  ['<<"\u20ac"/utf8>>', '\u20ac'],
  ['<<"\u00e9">>', Uint8Array.of(0xe9)],
  ['<<1, 2, 255, 256>>', Uint8Array.of(1, 2, 255, 0)],
  ['<<"a", 98, "c">>', 'abc'],
  ['<<1, 5:3>>', new BitString(Uint8Array.of(1, 0xa0), 3)],
  ['<<>>', ''],
  ['[]', []],
  ['{}', tuple()],
  ['[1, 2 | x]', new ImproperList([1, 2], atom('x'))],
  ['[1 | [2, 3]]', [1, 2, 3]],
  ['#{}', new TermMap()],
  ['#{a => 1, "b" => #{<<"c">> => 2.5}}', new TermMap([[atom('a'), 1], [[98], new TermMap([['c', 2.5]])]])], // prettier-ignore
  ['fun lists:map/2', new ExportFun('lists', 'map', 2)],
  ['% a comment\n[1, % another\n 2]', [1, 2]],
];

describe('parseTerm reads', () => {
  for (const [text, term] of parsed) {
    test(text, () => {
      const result = parseTerm(text);
      assert.ok(equals(result, term), `${inspect(result)} is not ${inspect(term)}`);
    });
  }
});

const refused: [text: string, message: RegExp][] = [
  ['', /a term is missing at line 1, column 1/],
  ['Foo', /^Foo is a variable at line 1/],
  ['{a,\n b c}', /unexpected 'c' instead of ',' or '}' at line 2, column 4/],
  ['{a', /unexpected end of text instead of ',' or '}'/],
  ['[1, 2', /unexpected end of text instead of ',' or '\]'/],
  ['[1 | 2, 3]', /unexpected ',' instead of '\]'/],
  [':foo', /Erlang writes the atom :name as name/],
  ['<0.1.2>', /a pid cannot be written as text/],
  ['#{a => 1, a => 2}', /duplicate key/],
  ['#{a}', /unexpected '}' instead of '=>'/],
  ["'abc", /never closed/],
  ['1#2', /1#2 is not a number/],
  ['2#3', /2#3 is not a number/],
  ['ok ok', /'ok' after the term/],
  ['<<"\u20ac">>', /beyond Latin-1/],
  ['<<1:9>>', /size of a segment/],
  ['<<1:3, 2>>', /smaller than a byte/],
  ['<<"a"/utf16>>', /only utf8 is/],
  ['-a', /after a minus sign/],
  ['1.0e999', /too large/],
  ['"\\x{110000}"', /beyond the last Unicode character/],
  ['fun(X) -> X end', /instead of an atom/],
  ['@', /cannot start an Erlang term/],
  ['x'.repeat(256), /longer than 255 characters/],
  ['['.repeat(300), /nested deeper than 200/],
];

describe('parseTerm refuses', () => {
  test('a variable, with the terms it may stand for as the remedy', () => {
    assert.throws(() => parseTerm('Foo'), { remedy: /'Foo' for an atom, <<"Foo">> for text/ });
  });

  for (const [text, message] of refused) {
    test(text.slice(0, 40), () => assert.throws(() => parseTerm(text), { name: 'DecodeError', message }));
  }
});

describe('texts of any size', () => {
  test('spaces, comments and digits of any base', () => {
    assert.equal(parseTerm(`${' '.repeat(4_000_000)}1`), 1);
    assert.equal(parseTerm(`${'%a\n'.repeat(2_000_000)} 1`), 1);
    const digits = '7'.repeat(100_000);
    assert.equal(parseTerm(`8#${digits}`), BigInt(`0o${digits}`));
    assert.equal(parseTerm('36#zz'), 35 * 36 + 35);
  });

  attack('Terms and frames', 'endlessly repetitive text is refused with a short reason', () => {
    for (const text of ['A'.repeat(1_000_000), `1#${'2'.repeat(1_000_000)}`, `ok ${'x'.repeat(1_000_000)}`]) {
      assert.throws(
        () => parseTerm(text),
        (error) => error instanceof DecodeError && error.message.length < 500,
      );
    }
  });
});
