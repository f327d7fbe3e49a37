import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { createInspector } from '../../../src/inspect/inspector.ts';
import { readMnesia, readMnesiaRows } from '../../../src/inspect/tables/read-mnesia.ts';
import { hostileTerms, node, pairs } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const system = {
  is_running: atom('yes'),
  use_dir: false,
  db_nodes: [atom(node), atom('b@h')],
  transaction_commits: 4,
};
const orders = {
  type: atom('set'),
  size: 3,
  memory: 100,
  storage_type: atom('disc_copies'),
  ram_copies: [],
  disc_copies: [atom(node)],
  where_to_read: atom(node),
  attributes: [atom('id'), atom('what')],
  local_content: false,
};
const read = (changes: Readonly<Record<string, Term>> = {}): ReturnType<typeof readMnesia> =>
  readMnesia(tuple(pairs(system), 8, 9, [tuple(atom('orders'), pairs({ ...orders, ...changes }))]), node);

describe('Mnesia', () => {
  test('has nodes and tables with their copies', () => {
    const mnesia = read();
    assert.ok(mnesia !== undefined && 'tables' in mnesia);
    assert.deepEqual([mnesia.status, mnesia.isOnDisc, mnesia.total], ['yes', false, 9]);
    assert.deepEqual(mnesia.nodes, [node, 'b@h']);
    assert.deepEqual(mnesia.transactions, { commits: 4 });
    assert.deepEqual(mnesia.tables, [
      {
        table: 'orders',
        type: 'set',
        storage: 'disc',
        size: 3,
        bytes: 800,
        readFrom: node,
        copies: { ram: [], disc: [node], discOnly: [] },
        attributes: ['id', 'what'],
        isLocalContent: false,
      },
    ]);
  });

  test('of a table that is elsewhere has no size, and one on disc only has its memory in bytes', () => {
    const sizes = (changes: Readonly<Record<string, Term>>): unknown => {
      const mnesia = read(changes);
      assert.ok(mnesia !== undefined && 'tables' in mnesia);
      const [table] = mnesia.tables;
      return [table?.storage, table?.size, table?.bytes, table?.readFrom];
    };
    const elsewhere = { storage_type: atom('unknown'), size: 0, memory: 0, where_to_read: atom('nowhere') };
    assert.deepEqual(sizes(elsewhere), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(sizes({ storage_type: atom('disc_only_copies') }), ['disc-only', 3, 100, node]);
  });

  test('that is not running, and tables that it does not have, say so', () => {
    const options = { node, table: 'orders', limit: 5 };
    for (const answer of [
      readMnesia(atom('not_running'), node),
      readMnesiaRows(atom('not_running'), options),
    ]) {
      assert.ok(answer !== undefined && 'message' in answer);
      assert.deepEqual([answer.kind, answer.message], ['gone', `Mnesia is not running on ${node}.`]);
    }
    const kinds = ['gone', 'unreachable'].map((word) => {
      const answer = readMnesiaRows(atom(word), options);
      return answer !== undefined && 'kind' in answer ? answer.kind : undefined;
    });
    assert.deepEqual(kinds, ['gone', 'failed']);
    const rows = readMnesiaRows(tuple(9, 5, [text('{orders,1}')]), options);
    assert.deepEqual(rows, { total: 9, limit: 5, rows: ['{orders,1}'] });
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readMnesia(term, node));
      assert.doesNotThrow(() => readMnesia(tuple(term, 8, 1, [term, tuple(term, term)]), node));
      for (const item of Object.keys(orders)) {
        assert.ok(JSON.stringify(read({ [item]: term })).length < 100_000);
        readMnesia(tuple(pairs({ db_nodes: term, directory: term, is_running: term }), 8, 1, []), node);
      }
    }
  });

  test('keys are literals, and are checked before any node is asked', async () => {
    const inspector = createInspector({ ask: () => Promise.reject(new Error('nobody is asked')) });
    for (const ask of [inspector.rows, inspector.mnesiaRows]) {
      await assert.rejects(ask(node, 'orders', { key: '{Id}' }), {
        code: 'INSPECT_BAD_OPTION',
        message: /^key is not a term in Erlang: Id is a variable/,
      });
      await assert.rejects(ask(node, 'orders', { key: ' ' }), { code: 'INSPECT_BAD_OPTION' });
    }
  });
});
