import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, type Term, TermMap, tuple } from '@convoy/node/etf';
import { parseCompletion, reversedCharlist } from '../../src/repl/completion-terms.ts';

const chars = (text: string): Term => Array.from(text, (character) => character.codePointAt(0) ?? 0);

describe('parseCompletion', () => {
  it('reads the lists of IEx', () => {
    const answer = tuple(atom('yes'), chars('p'), [chars('map/2'), Buffer.from('max/1')]);
    assert.deepEqual(parseCompletion(answer), {
      insert: 'p',
      sections: [{ title: undefined, items: ['map/2', 'max/1'] }],
    });
  });

  it('reads the pairs of old Erlang', () => {
    const answer = tuple(atom('no'), [], [tuple(chars('map'), 2), tuple(chars('max'), 1)]);
    assert.deepEqual(parseCompletion(answer).sections, [{ title: undefined, items: ['map/2', 'max/1'] }]);
  });

  it('reads the sections of new Erlang, nested ones too', () => {
    const section = (title: string, elems: Term[]): Term =>
      new TermMap([
        [atom('title'), chars(title)],
        [atom('elems'), elems],
        [atom('options'), []],
      ]);
    const name = tuple(chars('map'), [tuple(atom('ending'), chars('('))]);
    const types = section('typespecs', [section('lists:map(Fun, List1)', [section('Fun :: fun()', [])])]);
    assert.deepEqual(
      parseCompletion(tuple(atom('yes'), [], [section('functions', [name]), types])).sections,
      [
        { title: 'functions', items: ['map'] },
        { title: 'lists:map(Fun, List1)', items: ['Fun :: fun()'] },
      ],
    );
  });

  it('lets a node type nothing but a word', () => {
    for (const insert of ['rm -rf\n', '\u001b[A', 'x'.repeat(300)]) {
      assert.equal(parseCompletion(tuple(atom('yes'), chars(insert), [])).insert, '');
    }
    const many = Array.from({ length: 10_000 }, (_, index) => chars(`m${index}`));
    assert.ok((parseCompletion(tuple(atom('no'), [], many)).sections[0]?.items.length ?? 0) <= 2000);
  });

  it('takes anything else for no completion', () => {
    for (const answer of [atom('undef'), tuple(atom('no')), tuple(atom('no'), 1, 2), [] as Term]) {
      assert.deepEqual(parseCompletion(answer), { insert: '', sections: [] });
    }
  });

  it('reverses by characters', () => {
    assert.deepEqual(reversedCharlist('a👍'), [0x1f44d, 97]);
  });
});
