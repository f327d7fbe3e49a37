import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, Pid, Port, TermMap, tuple } from '@convoy/node/etf';
import {
  countOf,
  fieldsOf,
  functionOf,
  integerOf,
  listOf,
  nameOf,
  partyOf,
  pidTextOf,
  textOf,
} from '../../../src/inspect/read/read-term.ts';
import { hostileTerms, hugeInteger, node, pid } from '../hostile-terms.ts';

describe('values in the answers of nodes', () => {
  test('numbers are counts if they are not below 0, and large ones are rounded', () => {
    assert.equal(countOf(7), 7);
    assert.equal(countOf(2n ** 60n), 2 ** 60);
    for (const wrong of [-1, -1n, Number.NaN, hugeInteger, 'x', undefined]) {
      assert.equal(countOf(wrong), undefined);
    }
    assert.equal(integerOf(-5), -5n);
    assert.equal(integerOf(hugeInteger), undefined);
  });

  test('text is cut, and has no control characters', () => {
    assert.equal(textOf(atom('ok'), 10), 'ok');
    assert.equal(textOf([104, 105], 10), 'hi');
    assert.equal(textOf(new TextEncoder().encode('äöü'.repeat(10)), 4), 'äöüä');
    assert.equal(textOf(new TextEncoder().encode('a\u001b[31mb\n\u202e'), 20), 'a [31mb <U+202E>');
    assert.equal(textOf([0x11_0000], 5), undefined);
    assert.equal(nameOf(undefined), undefined);
  });

  test('functions, pids and others read as the node itself prints them', () => {
    assert.equal(functionOf(tuple(atom('gen_server'), atom('loop'), 7)), 'gen_server:loop/7');
    assert.equal(functionOf(tuple(atom('m'), atom('f'), [1, 2])), 'm:f/2');
    assert.equal(pidTextOf(pid(85), node), '<0.85.0>');
    assert.equal(pidTextOf(new Pid('b@h', 1, 2, 3), node), '<b@h.1.2>');
    assert.equal(partyOf(tuple(atom('process'), pid(3)), node), '<0.3.0>');
    assert.equal(partyOf(tuple(atom('process'), tuple(atom('shop'), atom(node))), node), 'shop');
    assert.equal(partyOf(tuple(atom('shop'), atom('b@h')), node), '{shop,b@h}');
    assert.equal(partyOf(new Port(node, 5n, 1), node), '#Port<0.5>');
  });

  test('fields are those of a list of pairs or of a map, the first of each name', () => {
    assert.deepEqual(
      [...fieldsOf([tuple(atom('a'), 1), tuple(atom('a'), 2), 7, tuple(atom('b'), 3)])],
      [
        ['a', 1],
        ['b', 3],
      ],
    );
    assert.equal(fieldsOf(new TermMap([[atom('a'), 1]])).get('a'), 1);
    assert.deepEqual(listOf([1, 2, 3], 2), [1, 2]);
  });

  test('nothing that a node may send makes reading fail, or gives long text', () => {
    for (const term of hostileTerms) {
      const texts = [
        textOf(term, 100),
        nameOf(term),
        functionOf(term),
        pidTextOf(term, node),
        partyOf(term, node),
      ];
      for (const text of texts) assert.ok((text ?? '').length <= 300);
      assert.ok((countOf(term) ?? 0) >= 0);
      assert.ok(fieldsOf(term).size <= 1000);
    }
  });
});
