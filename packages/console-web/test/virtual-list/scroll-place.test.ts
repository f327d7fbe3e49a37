/** Where a growing list is scrolled to: it follows its end, and stays where the user reads. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  isOwnScroll,
  placeAt,
  rowPlaceAt,
  type ScrollPlace,
  topOfPlace,
} from '../../src/virtual-list/scroll-place.ts';
import { lastTop, type RowGeometry } from '../../src/virtual-list/visible-rows.ts';

const height = 200;

function listOf(count: number): { geometry: RowGeometry; rows: readonly number[] } {
  return {
    geometry: { count, rowHeight: 20, opened: [] },
    rows: Array.from({ length: count }, (_, at) => at),
  };
}

function topIn(count: number, place: ScrollPlace<number>, from = 0): number {
  const { geometry } = listOf(count);
  return topOfPlace(geometry, { place, height, indexOf: (row) => row - from });
}

describe('the end of a list', () => {
  test('is followed however much is added', () => {
    const place = { kind: 'end' } as const;
    assert.equal(topIn(100, place), 1800);
    assert.equal(topIn(20_000, place), 399_800);
    assert.equal(topIn(3, place), 0);
  });

  test('is not left by the event of an own scroll that comes late', () => {
    assert.ok(isOwnScroll(1800, 1800));
    assert.ok(isOwnScroll(1799.6, 1800), 'positions may be rounded');
  });

  test('is left by a scroll of a few pixels, and followed again from there', () => {
    const { geometry, rows } = listOf(100);
    assert.ok(!isOwnScroll(1795, 1800));
    const left = placeAt(geometry, { top: 1795, height }, rows);
    assert.deepEqual(left, { kind: 'row', row: 89, offset: 15 });
    assert.deepEqual(placeAt(geometry, { top: 1799, height }, rows), { kind: 'end' });
  });

  test('is followed when the browser scrolls a list that became shorter to its end', () => {
    const { geometry, rows } = listOf(20);
    assert.deepEqual(placeAt(geometry, { top: 200, height }, rows), { kind: 'end' });
  });
});

describe('a row that is read', () => {
  const place = placeAt(listOf(100).geometry, { top: 815, height }, listOf(100).rows);

  test('stays where it is while rows are added below', () => {
    assert.deepEqual(place, { kind: 'row', row: 40, offset: 15 });
    assert.equal(topIn(5000, place), 815);
  });

  test('stays where it is while rows above go or come', () => {
    assert.equal(topIn(90, place, 10), 615);
    assert.equal(topIn(600, place, -500), 10_815);
  });

  test('does not become the end, even if it is there', () => {
    const { geometry, rows } = listOf(100);
    const kept = rowPlaceAt(geometry, lastTop(geometry, height), rows);
    assert.equal(kept.kind, 'row');
    assert.equal(topIn(150, kept), 1800);
  });
});
