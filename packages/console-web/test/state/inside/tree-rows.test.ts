/** The rows of a supervision tree, and what keys do in it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TreeNodeView } from '@convoy/console/protocol';
import {
  mostRows,
  rowByTyping,
  titleOfProcess,
  treeRows,
  treeStep,
} from '../../../src/state/inside/tree-rows.ts';

function worker(pid: string, more: Partial<TreeNodeView> = {}): TreeNodeView {
  return { pid, kind: 'worker', children: [], ...more };
}

function supervisor(pid: string, children: TreeNodeView[], more: Partial<TreeNodeView> = {}): TreeNodeView {
  return { pid, kind: 'supervisor', source: 'asked', children, ...more };
}

const shop = supervisor(
  '<0.1.0>',
  [
    supervisor('<0.2.0>', [worker('<0.3.0>', { name: 'till' }), worker('<0.4.0>', { name: 'shelf' })], {
      name: 'front_sup',
    }),
    worker('<0.5.0>', { name: 'stock' }),
    { kind: 'not-running', id: 'backup', children: [] },
  ],
  { name: 'shop_sup' },
);

const closed = new Map<string, boolean>();

describe('the rows of a tree', () => {
  test('are its processes from the top, with their place and the lines before them', () => {
    const rows = treeRows(shop, closed);
    assert.deepEqual(
      rows.map(({ process, level, position, siblings }) => [
        titleOfProcess(process),
        level,
        position,
        siblings,
      ]),
      [
        ['shop_sup', 1, 1, 1],
        ['front_sup', 2, 1, 3],
        ['till', 3, 1, 2],
        ['shelf', 3, 2, 2],
        ['stock', 2, 2, 3],
        ['backup', 2, 3, 3],
      ],
    );
    // The line of front_sup goes on to stock.
    assert.deepEqual(rows[2]?.guides, [true]);
    assert.deepEqual(rows[5]?.guides, []);
  });

  test('keep their keys when processes come and go around them', () => {
    const keyOf = (root: TreeNodeView): string | undefined =>
      treeRows(root, closed).find(({ process }) => process.name === 'stock')?.key;
    const fewer = { ...shop, children: shop.children.slice(1) };
    assert.equal(keyOf(shop), keyOf(fewer));
    const twins = supervisor('<0.1.0>', [
      { kind: 'not-running', id: 'undefined', children: [] },
      { kind: 'not-running', id: 'undefined', children: [] },
    ]);
    assert.equal(new Set(treeRows(twins, closed).map(({ key }) => key)).size, 3);
  });

  test('fold many children at first, and never become too many', () => {
    const many = supervisor(
      '<0.2.0>',
      Array.from({ length: 200 }, (_, at) => worker(`<0.9.${at}>`)),
    );
    const root = supervisor('<0.1.0>', [many]);
    assert.equal(treeRows(root, closed).length, 2);
    const key = treeRows(root, closed)[1]?.key ?? '';
    assert.equal(treeRows(root, new Map([[key, true]])).length, 202);
    const wide = supervisor(
      '<0.1.0>',
      Array.from({ length: 3000 }, (_, at) => worker(`<0.9.${at}>`)),
    );
    assert.equal(treeRows(wide, closed).length, mostRows);
  });

  test('are called by what tells processes apart', () => {
    assert.equal(
      titleOfProcess(worker('<0.9.0>', { id: 'undefined', initialCall: 'shop:cart/0' })),
      'shop:cart/0',
    );
    assert.equal(titleOfProcess(worker('<0.9.0>')), '<0.9.0>');
  });
});

describe('keys in a tree', () => {
  const rows = treeRows(shop, closed);
  const keyOf = (name: string): string =>
    rows.find(({ process }) => titleOfProcess(process) === name)?.key ?? name;

  test('move by rows, to the parent, and to both ends', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['shop_sup', 'ArrowDown', 'front_sup'],
      ['till', 'ArrowUp', 'front_sup'],
      ['till', 'ArrowLeft', 'front_sup'],
      ['front_sup', 'ArrowRight', 'till'],
      ['till', 'Home', 'shop_sup'],
      ['till', 'End', 'backup'],
    ];
    for (const [from, key, to] of cases)
      assert.deepEqual(treeStep(rows, keyOf(from), key), { to: keyOf(to) }, `${key} on ${from}`);
    assert.equal(treeStep(rows, keyOf('shop_sup'), 'ArrowUp'), undefined);
    assert.equal(treeStep(rows, keyOf('backup'), 'ArrowDown'), undefined);
    assert.equal(treeStep(rows, keyOf('stock'), 'ArrowRight'), undefined);
  });

  test('open and close rows', () => {
    const front = keyOf('front_sup');
    assert.deepEqual(treeStep(rows, front, 'ArrowLeft'), { close: [front] });
    const folded = treeRows(shop, new Map([[front, false]]));
    assert.deepEqual(treeStep(folded, front, 'ArrowRight'), { open: [front] });
    assert.deepEqual(treeStep(folded, keyOf('stock'), '*'), { open: [front] });
    assert.equal(treeStep(rows, front, 'q'), undefined);
  });

  test('find the next row by its first letters', () => {
    assert.equal(rowByTyping(rows, keyOf('shop_sup'), 's'), keyOf('shelf'));
    assert.equal(rowByTyping(rows, keyOf('shelf'), 's'), keyOf('stock'));
    assert.equal(rowByTyping(rows, keyOf('stock'), 's'), keyOf('shop_sup'));
    assert.equal(rowByTyping(rows, keyOf('shelf'), 'sto'), keyOf('stock'));
    assert.equal(rowByTyping(rows, keyOf('till'), 'zz'), undefined);
  });
});
