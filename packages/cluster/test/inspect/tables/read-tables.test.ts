import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { readRows, readTables } from '../../../src/inspect/tables/read-tables.ts';
import { hostileTerms, node, pairs, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const info = { name: atom('carts'), type: atom('set'), owner: pid(3), size: 4, memory: 100 };

describe('ETS tables', () => {
  test('have their memory in bytes, and a handle to ask for rows by', () => {
    const rows = [tuple(text('#Ref<0.1.2.3>'), pairs(info)), tuple(atom('carts'), pairs(info))];
    const list = readTables(tuple(9, 8, rows), { node, limit: 10 });
    assert.equal(list?.total, 9);
    assert.deepEqual(list.rows[0], {
      table: '#Ref<0.1.2.3>',
      name: 'carts',
      type: 'set',
      owner: '<0.3.0>',
      size: 4,
      memoryBytes: 800,
    });
    assert.equal(list.rows[1]?.table, 'carts');
  });

  test('rows are text, and tables that are gone or private say so', () => {
    const options = { node, table: 'carts', limit: 5 };
    const content = readRows(tuple(90, 2, [text('{1,a}'), text('{2,b}')]), options);
    assert.deepEqual(content, { total: 90, limit: 2, rows: ['{1,a}', '{2,b}'] });
    const found = readRows(tuple(90, 5, [text('{1,a}')], 3), options);
    assert.deepEqual(found, { total: 90, limit: 5, rows: ['{1,a}'], found: 3 });
    for (const [term, kind] of [
      [atom('gone'), 'gone'],
      [atom('private'), 'failed'],
      [tuple(atom('large'), 99_000_000), 'too-large'],
      [tuple(atom('large_bag'), 99_000_000), 'too-large'],
    ] as const) {
      const answer = readRows(term, options);
      assert.ok(answer !== undefined && 'kind' in answer && answer.kind === kind);
    }
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readTables(term, { node, limit: 10 }));
      assert.doesNotThrow(() => readTables(tuple(1, 8, term), { node, limit: 10 }));
      readTables(tuple(1, term, [tuple(term, pairs(info)), tuple(atom('t'), term)]), { node, limit: 10 });
      assert.doesNotThrow(() => readRows(term, { node, table: 't', limit: 5 }));
      assert.doesNotThrow(() => readRows(tuple(1, 1, [term]), { node, table: 't', limit: 5 }));
    }
  });
});
