import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, Pid, Port, type Term, tuple } from '@convoy/node/etf';
import { readGroups, readNames } from '../../../src/inspect/names/read-names.ts';
import { isProblem } from '../../../src/inspect/read/answer.ts';
import { hostileTerms, node, ok, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const options = { node, limit: 10 };
const elsewhere = new Pid('b@h', 7, 0, 3);

describe('names', () => {
  test('are those of processes and ports here, and those of global on all nodes', () => {
    const registered = tuple(40, 3, [
      tuple(atom('shop'), pid(85)),
      tuple(atom('line'), new Port(node, 5n, 1)),
      tuple(atom('late'), undefined),
    ]);
    const names = readNames(
      tuple(registered, ok(tuple(1, 1, [tuple(text('{shop,main}'), elsewhere)]))),
      options,
    );
    assert.deepEqual(names, {
      registered: {
        total: 40,
        matching: 3,
        rows: [
          { name: 'shop', process: { pid: '<0.85.0>', node } },
          { name: 'line', port: '#Port<0.5>' },
          { name: 'late' },
        ],
      },
      global: {
        total: 1,
        matching: 1,
        rows: [{ name: '{shop,main}', process: { pid: '<0.7.0>', node: 'b@h' } }],
      },
    });
  });

  test('those of global are missing where it does not run, with the reason', () => {
    const names = readNames(tuple(tuple(0, 0, []), tuple(atom('failed'), text('badarg'))), options);
    assert.ok(names !== undefined && isProblem(names.global) && /badarg/.test(names.global.problem.message));
  });
});

describe('groups', () => {
  test('have their members on all nodes, as many as were asked for', () => {
    const carts = tuple(text('carts'), 2, [pid(85), elsewhere]);
    const scopes = readGroups([tuple(atom('pg'), 4, 1, [carts])], { limit: 5, maxMembers: 1 });
    assert.deepEqual(scopes, [
      {
        scope: 'pg',
        total: 4,
        matching: 1,
        groups: [{ group: 'carts', count: 2, members: [{ pid: '<0.85.0>', node }] }],
      },
    ]);
  });

  test('every part may be anything, as of names', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readNames(term, options));
      assert.doesNotThrow(() => readNames(tuple(tuple(1, 1, term), term), options));
      readNames(tuple(tuple(1, 1, [term, tuple(term, pid(1)), tuple(atom('a'), term)]), ok(term)), options);
      assert.doesNotThrow(() => readGroups(term, { limit: 5, maxMembers: 5 }));
      const groups = [term, tuple(term, 1, []), tuple(text('a'), 1, term), tuple(text('a'), 1, [term])];
      const read = readGroups([term, tuple(atom('pg'), 1, 1, groups)], { limit: 5, maxMembers: 5 });
      assert.ok(JSON.stringify(read).length < 10_000);
    }
  });
});
