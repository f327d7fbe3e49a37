/**
 * The one constant term that makes a node parse and evaluate Erlang source, so that a question takes one remote call and no code of
 * ours is loaded: the parsed form of
 *
 *     (fun() ->
 *        N = erlang:monotonic_time(microsecond),
 *        {ok, T, _} = erl_scan:string(S),
 *        {ok, E} = erl_parse:parse_exprs(T),
 *        erlang:element(2, erl_eval:exprs(E, erl_eval:add_binding('Begun', N, B)))
 *      end)()
 *
 * which OTP 23 and all later releases evaluate. `S` is the source and `B` its bindings, to which `Begun` is added, so that the time
 * to parse counts as well. Pure.
 */

import { atom, type Term, tuple } from '@convoy/node/etf';
import type { MemberCall } from '../../members/facts/question.ts';

/** The call that evaluates `source` with these variables. `source` ends with a full stop and has only ASCII characters. */
export function evaluation(source: string, bindings: Readonly<Record<string, Term>>): MemberCall {
  const none = atom('none');
  const bound = bindingsOf({
    B: bindingsOf(bindings),
    S: Array.from(source, (character) => character.charCodeAt(0)),
  });
  // With `value` the bindings do not travel back.
  return { module: 'erl_eval', function: 'expr', args: [bootForm, bound, none, none, atom('value')] };
}

/** An orddict: sorted by name. */
function bindingsOf(bindings: Readonly<Record<string, Term>>): Term {
  return Object.keys(bindings)
    .sort()
    .map((name) => tuple(atom(name), bindings[name]));
}

const at = 1;
const word = (name: string): Term => tuple(atom('atom'), at, atom(name));
const variable = (name: string): Term => tuple(atom('var'), at, atom(name));
const tupleForm = (...elements: Term[]): Term => tuple(atom('tuple'), at, elements);
const match = (pattern: Term, value: Term): Term => tuple(atom('match'), at, pattern, value);

// oxlint-disable-next-line max-params -- module, function, arguments: the order every Erlang user knows
function call(module: string, functionName: string, ...args: Term[]): Term {
  return tuple(atom('call'), at, tuple(atom('remote'), at, word(module), word(functionName)), args);
}

const body = [
  match(variable('N'), call('erlang', 'monotonic_time', word('microsecond'))),
  match(tupleForm(word('ok'), variable('T'), variable('_')), call('erl_scan', 'string', variable('S'))),
  match(tupleForm(word('ok'), variable('E')), call('erl_parse', 'parse_exprs', variable('T'))),
  call(
    'erlang',
    'element',
    tuple(atom('integer'), at, 2),
    call(
      'erl_eval',
      'exprs',
      variable('E'),
      call('erl_eval', 'add_binding', word('Begun'), variable('N'), variable('B')),
    ),
  ),
];

const bootForm: Term = tuple(
  atom('call'),
  at,
  tuple(atom('fun'), at, tuple(atom('clauses'), [tuple(atom('clause'), at, [], [], body)])),
  [],
);
