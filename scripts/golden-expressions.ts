/**
 * The Erlang expressions whose external forms are kept as goldens: every tag that a node of today writes, and every
 * boundary between two tags. `varies` marks values that differ on every run; their tags and layout do not.
 */

export interface GoldenExpression {
  readonly expression: string;
  /** Options of `term_to_binary/2`. Default `[{minor_version, 2}]`, which is what goes to other nodes. */
  readonly options?: string;
  readonly varies?: true;
}

const plain = (...expressions: string[]): GoldenExpression[] =>
  expressions.map((expression) => ({ expression }));
const varying = (...expressions: string[]): GoldenExpression[] =>
  expressions.map((expression) => ({ expression, varies: true }));
const written = (options: string, ...expressions: string[]): GoldenExpression[] =>
  expressions.map((expression) => ({ expression, options }));

export const goldenExpressions: readonly GoldenExpression[] = [
  // Integers: 97 | 98 | 110 | 111
  ...plain('0', '1', '42', '127', '128', '255', '256', '-1', '-128', '-255', '-256', '65535', '65536'),
  ...plain(
    '1 bsl 24',
    '(1 bsl 31) - 1',
    '1 bsl 31',
    '-(1 bsl 31)',
    '-(1 bsl 31) - 1',
    '1 bsl 32',
    '(1 bsl 32) - 1',
  ),
  ...plain('(1 bsl 40) + 1', '(1 bsl 53) - 1', '1 bsl 53', '(1 bsl 53) + 1', '-(1 bsl 53)', '1 - (1 bsl 53)'),
  ...plain(
    '(1 bsl 56) - 1',
    '1 bsl 56',
    '1 bsl 59',
    '(1 bsl 63) - 1',
    '1 bsl 63',
    '(1 bsl 64) - 1',
    '1 bsl 64',
  ),
  ...plain('-(1 bsl 63)', '-(1 bsl 64)', '1 bsl 100', '-(1 bsl 100)', '123456789012345678901234567890'),
  ...plain('(1 bsl 2040) - 1', '1 bsl 2040', '-((1 bsl 2040) - 1)', '-(1 bsl 2040)', '1 bsl 4096'),
  // Floats: 70
  ...plain(
    '0.0',
    '-0.0',
    '1.0',
    '-1.0',
    '0.1',
    '1.5',
    '3.141592653589793',
    '1.0e100',
    '1.7976931348623157e308',
  ),
  ...plain('5.0e-324', '2.2250738585072014e-308', '9007199254740992.0', '-12345.678', '1.0e22'),
  // Atoms: 119 | 118
  ...plain(
    'true',
    'false',
    'nil',
    'undefined',
    'ok',
    "''",
    "'hello world'",
    "'Elixir.Enum'",
    "'with\\nbreak'",
  ),
  ...plain(
    'list_to_atom([233])',
    'list_to_atom([8364])',
    'list_to_atom([26085, 26412])',
    'list_to_atom([128512])',
  ),
  ...plain('list_to_atom(lists:duplicate(255, $a))', 'list_to_atom(lists:duplicate(127, 233))'),
  ...plain(
    'list_to_atom(lists:duplicate(128, 233))',
    'list_to_atom(lists:duplicate(255, 128512))',
    "'__proto__'",
  ),
  // Lists: 106 | 107 | 108
  ...plain(
    '[]',
    '[0]',
    '[255]',
    '[256]',
    '[-1]',
    '[1, 2, 3]',
    '"hello"',
    '[1, 2.0]',
    '[a, b, c]',
    '[[], [[]], [[[]]]]',
  ),
  ...plain('lists:seq(0, 255)', '[1, 2, 3, 256]', '[104, [105]]'),
  ...plain('[a | b]', '[1, 2 | 3]', '[1 | <<"tail">>]', '[[1 | 2] | 3]', '[alias | {tag, 1}]', '[a | {}]'),
  // Tuples: 104 | 105
  ...plain('{}', '{1}', '{a, {b, {c}}}', '{ok, [1, 2], <<"x">>}', 'list_to_tuple(lists:seq(1, 255))'),
  ...plain('list_to_tuple(lists:seq(1, 256))', 'erlang:make_tuple(1000, [])'),
  // Binaries and bit strings: 109 | 77
  ...plain(
    '<<>>',
    '<<0>>',
    '<<"hello">>',
    '<<233/utf8, 8364/utf8>>',
    '<<255, 254>>',
    'binary:copy(<<"ab">>, 200)',
  ),
  ...plain('<<1:1>>', '<<5:3>>', '<<1:7>>', '<<255, 1:1>>', '<<0:9>>', '<<1, 2, 3:4>>', '<<127:7, 0:1>>'),
  // Maps: 116
  ...plain(
    '#{}',
    '#{a => 1}',
    '#{1 => a, 1.0 => b}',
    '#{<<"key">> => <<"value">>, "list" => [1]}',
    '#{#{} => #{}}',
  ),
  ...plain(
    "#{'__struct__' => 'Elixir.Range', first => 1, last => 3, step => 1}",
    '#{{a, 1} => [], [x] => {}}',
  ),
  ...plain(
    'maps:from_list([{N, N * N} || N <- lists:seq(1, 32)])',
    'maps:from_list([{N, N} || N <- lists:seq(1, 33)])',
  ),
  ...plain(
    'maps:from_list([{integer_to_binary(N), N} || N <- lists:seq(1, 100)])',
    '#{true => false, nil => undefined}',
  ),
  // Functions of modules: 113
  ...plain('fun lists:map/2', 'fun erlang:self/0', "fun 'Elixir.Enum':'any?'/1", 'fun m:f/255'),
  // Other values of this node: 88 | 89, 120 | 90 | 112
  ...varying('self()', '{self(), ok}', 'make_ref()', 'alias()', 'hd(erlang:ports())', '[alias | alias()]'),
  ...varying('fun(X) -> X end', 'fun() -> [1, two] end', '{fun(A, B) -> A + B end, self()}'),
  ...varying('{\'$gen_call\', {self(), [alias | make_ref()]}, {get, <<"key">>}}', '#{self() => make_ref()}'),
  // Values of other nodes, as they come through
  ...plain('binary_to_term(<<131, 88, 119, 3, "a@b", 0, 0, 1, 44, 0, 0, 0, 1, 95, 1, 2, 3>>)'),
  ...plain('binary_to_term(<<131, 103, 119, 3, "a@b", 0, 0, 1, 44, 0, 0, 0, 1, 2>>)'),
  ...plain(
    'binary_to_term(<<131, 90, 0, 3, 119, 3, "a@b", 95, 1, 2, 3, 0, 1, 2, 3, 9, 9, 9, 9, 8, 8, 8, 8>>)',
  ),
  ...plain(
    'binary_to_term(<<131, 90, 0, 5, 119, 3, "a@b", 95, 1, 2, 3, 0, 1, 2, 3, 9:32, 8:32, 7:32, 6:32>>)',
  ),
  ...plain('binary_to_term(<<131, 114, 0, 1, 119, 3, "a@b", 3, 0, 1, 2, 3>>)'),
  ...plain('binary_to_term(<<131, 89, 119, 3, "a@b", 0, 0, 0, 9, 95, 1, 2, 3>>)'),
  ...plain('binary_to_term(<<131, 120, 119, 3, "a@b", 1:64, 95, 1, 2, 3>>)'),
  ...plain('binary_to_term(<<131, 120, 119, 3, "a@b", (1 bsl 28):64, 95, 1, 2, 3>>)'),
  ...plain('binary_to_term(<<131, 120, 119, 3, "a@b", ((1 bsl 64) - 1):64, 95, 1, 2, 3>>)'),
  // Other ways to write: 99 | 100 | 80, and keys in order
  ...written('[{minor_version, 0}]', '1.5', '-0.0', '{1.0e-5, 12345.678}', 'atom'),
  ...written('[{minor_version, 1}]', 'atom', 'list_to_atom([233])', '{ok, 1.5}', "'Elixir.Enum'"),
  ...written(
    '[compressed, {minor_version, 2}]',
    'lists:duplicate(1000, hello)',
    'binary:copy(<<0>>, 10000)',
    'small',
  ),
  ...written('[deterministic, {minor_version, 2}]', 'maps:from_list([{N, a} || N <- lists:seq(1, 40)])'),
];
