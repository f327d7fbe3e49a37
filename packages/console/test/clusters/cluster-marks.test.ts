import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedMarks, freeColor, freeName, marksOf } from '../../src/clusters/cluster-marks.ts';

test('a cluster without a name gets that of its first node, or of its strategy', () => {
  const isFree = (): boolean => false;
  assert.equal(freeName({ nodes: ['App_One@10.0.0.5'], discover: [] }, isFree), 'app-one');
  assert.equal(freeName({ nodes: [], discover: ['dns:query=a.example'] }, isFree), 'dns');
  assert.equal(freeName({ nodes: ['__@h'], discover: [] }, isFree), 'cluster');
  const taken = new Set(['app', 'app-2']);
  assert.equal(
    freeName({ nodes: ['app@h'], discover: [] }, (name) => taken.has(name)),
    'app-3',
  );
});

test('clusters get different colours as long as there are some', () => {
  assert.equal(freeColor([]), 'blue');
  assert.equal(freeColor(['blue']), 'green');
  assert.equal(
    freeColor(['blue', 'green', 'amber', 'red', 'violet', 'teal', 'pink', 'grey', 'blue']),
    'green',
  );
});

test('acting is on at first, follows the mark of production, and has a switch of its own', () => {
  const first = marksOf('shop', 'blue');
  const production = changedMarks(first, { production: true });
  const allowed = changedMarks(production, { acting: true });
  assert.deepEqual([first.acting, production.acting, allowed.acting], [true, false, true]);
  assert.equal(
    changedMarks(allowed, { production: true, label: 'Shop' }).acting,
    true,
    'the mark is not new',
  );
  assert.equal(changedMarks(production, { production: false }).acting, true);
  assert.equal(changedMarks(first, { acting: false }).acting, false);
  assert.equal(changedMarks(first, { production: true, acting: true }).acting, true);
});
