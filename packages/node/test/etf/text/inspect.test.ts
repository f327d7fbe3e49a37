/** Texts as IEx 1.14 and the shell of OTP 25 print them; charlists as Elixir 1.15 and later. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import {
  atom,
  BitString,
  decode,
  ExportFun,
  float,
  ImproperList,
  inspect,
  NativeRecord,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  tuple,
} from '../../../src/etf/index.ts';

const fun = decode(
  Buffer.from(`8370000000 46 01 ${'53'.repeat(16)} 0000002a 00000000 77086572 6c5f6576616c 612a 6200329b0d 58 7703614062 000000010000000000000001`.replaceAll(' ', ''), 'hex'),
); // prettier-ignore

const texts: [term: Term, elixir: string, erlang: string][] = [
  [atom('ok'), ':ok', 'ok'],
  [atom('two words'), ':"two words"', "'two words'"],
  [atom('Ok'), ':Ok', "'Ok'"],
  [atom('valid?'), ':valid?', "'valid?'"],
  [atom('foo@bar'), ':foo@bar', 'foo@bar'],
  [atom('1a'), ':"1a"', "'1a'"],
  [atom('div'), ':div', "'div'"],
  [atom('+'), ':+', "'+'"],
  [atom(''), ':""', "''"],
  [atom("it's"), ':"it\'s"', "'it\\'s'"],
  [atom('a\nb'), ':"a\\nb"', "'a\\nb'"],
  [atom('a\u0001b'), ':"a\\x01b"', "'a\\x{1}b'"],
  [atom('h\u00e9'), ':h\u00e9', 'h\u00e9'],
  [atom('Elixir.Enum'), 'Enum', "'Elixir.Enum'"],
  [atom('Elixir.Foo.Bar'), 'Foo.Bar', "'Elixir.Foo.Bar'"],
  [atom('Elixir.foo'), ':"Elixir.foo"', "'Elixir.foo'"],
  [[true, false, null, undefined], '[true, false, nil, :undefined]', '[true,false,nil,undefined]'],
  [-5, '-5', '-5'],
  [2n ** 64n, '18446744073709551616', '18446744073709551616'],
  [0.1, '0.1', '0.1'],
  [float(1), '1.0', '1.0'],
  [float(-0), '-0.0', '-0.0'],
  [float(100), '100.0', '100.0'],
  [float(1000), '1000.0', '1.0e3'],
  [float(1e10), '10000000000.0', '1.0e10'],
  [float(1e16), '1.0e16', '1.0e16'],
  [float(123_456), '123456.0', '123456.0'],
  [float(2 ** 53), '9007199254740992.0', '9.007199254740992e15'],
  [0.0001, '0.0001', '0.0001'],
  [0.00012, '1.2e-4', '1.2e-4'],
  [0.00001, '1.0e-5', '1.0e-5'],
  [5e-324, '5.0e-324', '5.0e-324'],
  ['text', '"text"', '<<"text">>'],
  ['', '""', '<<>>'],
  ['h\u00e9', '"h\u00e9"', '<<"h\u00e9"/utf8>>'],
  ['a"b\\c', '"a\\"b\\\\c"', '<<"a\\"b\\\\c">>'],
  ['#{x}', '"\\#{x}"', '<<"#{x}">>'],
  ['\u001b[31m\u0007', '"\\e[31m\\a"', '<<"\\e[31m\\x{7}">>'],
  ['\u202e', '"\\u{202E}"', '<<"\\x{202E}"/utf8>>'],
  [Uint8Array.of(1, 2, 255), '<<1, 2, 255>>', '<<1,2,255>>'],
  [Uint8Array.of(97, 0), '<<97, 0>>', '<<97,0>>'],
  [new BitString(Uint8Array.of(1, 0xa0), 3), '<<1, 5::size(3)>>', '<<1,5:3>>'],
  [[97, 98], '~c"ab"', '"ab"'],
  [[1, 2], '[1, 2]', '[1,2]'],
  [[], '[]', '[]'],
  [new ImproperList([1, 2], 3), '[1, 2 | 3]', '[1,2|3]'],
  [tuple(), '{}', '{}'],
  [tuple(atom('ok'), [tuple(1)]), '{:ok, [{1}]}', '{ok,[{1}]}'],
  [[tuple(atom('a'), 1), tuple(atom('b c'), 2)], '[a: 1, "b c": 2]', "[{a,1},{'b c',2}]"],
  [[tuple(atom('Elixir.Foo'), 1)], '[{Foo, 1}]', "[{'Elixir.Foo',1}]"],
  [[tuple(null, 1)], '[nil: 1]', '[{nil,1}]'],
  [new TermMap(), '%{}', '#{}'],
  [{ a: 1, 'b c': 2 }, '%{a: 1, "b c": 2}', "#{a => 1,'b c' => 2}"],
  [new Map<Term, Term>([['a', 1], [atom('b'), 2]]), '%{"a" => 1, :b => 2}', '#{<<"a">> => 1,b => 2}'], // prettier-ignore
  [
    { __struct__: atom('Elixir.URI'), path: 'x' },
    '%URI{path: "x"}',
    "#{'__struct__' => 'Elixir.URI',path => <<\"x\">>}",
  ],
  [{ __struct__: 'URI' }, '%{__struct__: "URI"}', '#{\'__struct__\' => <<"URI">>}'],
  [new Pid('a@b', 1, 2, 3), '#PID<a@b.1.2>', '<a@b.1.2>'],
  [new Reference('a@b', 3, [1, 2, 3]), '#Reference<a@b.3.2.1>', '#Ref<a@b.3.2.1>'],
  [new Port('a@b', 7n, 3), '#Port<a@b.7>', '#Port<a@b.7>'],
  [new ExportFun('Elixir.Enum', 'map', 2), '&Enum.map/2', "fun 'Elixir.Enum':map/2"],
  [new ExportFun('lists', 'map', 2), '&:lists.map/2', 'fun lists:map/2'],
  [fun, '#Function<42.3316493/1 in :erl_eval>', '#Fun<erl_eval.42.3316493>'],
  [
    new NativeRecord('geo', 'point', { exported: true, fields: [['x', 1], ['y', 2]] }), // prettier-ignore
    '#Record<:geo.point{x: 1, y: 2}>',
    '#geo:point{x = 1,y = 2}',
  ],
];

describe('inspect', () => {
  for (const [term, elixir, erlang] of texts) {
    test(`${elixir} and ${erlang}`, () => {
      assert.equal(inspect(term), elixir);
      assert.equal(inspect(term, { syntax: 'erlang' }), erlang);
    });
  }

  test('shows values that are not terms', () => {
    const values = [() => 1, Symbol('s'), new Date(), Number.NaN] as unknown as Term[];
    assert.deepEqual(
      values.map((value) => inspect(value)),
      ['#JavaScript<function>', '#JavaScript<symbol>', '#JavaScript<Date>', 'NaN'],
    );
  });

  test('ends what is too long with dots', () => {
    assert.equal(inspect([1, 2, 3, 4, 5, 6], { maxLength: 10 }), '[1, 2, ...');
    assert.equal(inspect('x'.repeat(100), { maxLength: 10 }), '"xxxxxx...');
    assert.ok(inspect(new Uint8Array(1e7), { maxLength: 100 }).length === 100);
  });

  attack(
    'Terms and frames',
    'rendering a term of millions of parts takes only the time for the text that is shown',
    () => {
      const counted = { reads: 0 };
      const items = Array.from({ length: 1_000_000 }, () => tuple(atom('a'), 1));
      const list = new Proxy(items, {
        get: (target, key) => {
          counted.reads += 1;
          return Reflect.get(target, key) as unknown;
        },
      });
      assert.equal(inspect(list, { maxLength: 20 }), '[a: 1, a: 1, a: 1...');
      assert.ok(counted.reads < 1000);
      const text = Buffer.alloc(50_000_000, '\u20ac');
      assert.equal(inspect(text, { maxLength: 10 }), '"€€€€€€...');
    },
  );

  test('ends values that contain themselves', () => {
    const cycle: Term[] = [1];
    cycle.push(cycle, cycle);
    assert.ok(inspect(cycle, { maxLength: 5000 }).length <= 5000);
  });
});
