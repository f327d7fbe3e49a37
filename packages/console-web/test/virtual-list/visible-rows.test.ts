/** Which rows of a list are drawn, and where they are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  drawnRows,
  heightOf,
  lastTop,
  listHeight,
  rowAt,
  type RowGeometry,
  topOf,
  topShowing,
} from '../../src/virtual-list/visible-rows.ts';

const geometries: fc.Arbitrary<RowGeometry> = fc
  .record({
    count: fc.integer({ min: 1, max: 400 }),
    rowHeight: fc.integer({ min: 10, max: 50 }),
    extras: fc.uniqueArray(fc.tuple(fc.nat(399), fc.integer({ min: 1, max: 300 })), {
      selector: ([index]) => index,
      maxLength: 6,
    }),
  })
  .map(({ count, rowHeight, extras }) => ({
    count,
    rowHeight,
    opened: extras
      .filter(([index]) => index < count)
      .map(([index, extra]) => ({ index, extra }))
      .sort((a, b) => a.index - b.index),
  }));

test('rows lie below one another without gaps, and every place belongs to one', () => {
  fc.assert(
    fc.property(geometries, (geometry) => {
      let top = 0;
      for (let index = 0; index < geometry.count; index += 1) {
        assert.equal(topOf(geometry, index), top);
        assert.equal(rowAt(geometry, top), index);
        assert.equal(rowAt(geometry, top + heightOf(geometry, index) - 1), index);
        top += heightOf(geometry, index);
      }
      assert.equal(listHeight(geometry), top);
      assert.equal(rowAt(geometry, -5), 0);
      assert.equal(rowAt(geometry, top + 5), geometry.count - 1);
    }),
  );
});

test('what is drawn covers what is seen, and is no more than that and a few rows', () => {
  fc.assert(
    fc.property(geometries, fc.nat(20_000), fc.integer({ min: 1, max: 1200 }), (geometry, from, height) => {
      const top = Math.min(from, lastTop(geometry, height));
      const { first, end } = drawnRows(geometry, { top, height });
      assert.ok(topOf(geometry, first) <= top);
      const bottom = topOf(geometry, end - 1) + heightOf(geometry, end - 1);
      assert.ok(bottom >= Math.min(top + height, listHeight(geometry)));
      assert.ok(end - first <= Math.ceil(height / geometry.rowHeight) + 2 + 16);
    }),
  );
});

test('the number of drawn rows does not depend on the length of the list', () => {
  const drawn = (count: number): number => {
    const geometry = { count, rowHeight: 22, opened: [] };
    const { first, end } = drawnRows(geometry, { top: lastTop(geometry, 700), height: 700 });
    return end - first;
  };
  assert.equal(drawn(20_000), drawn(200));
  assert.deepEqual(drawnRows({ count: 0, rowHeight: 22, opened: [] }, { top: 0, height: 700 }), {
    first: 0,
    end: 0,
  });
});

test('a row is scrolled into view by no more than is needed', () => {
  const geometry = { count: 100, rowHeight: 20, opened: [{ index: 50, extra: 1000 }] };
  const viewport = { top: 400, height: 200 };
  assert.equal(topShowing(geometry, 25, viewport), 400, 'it is seen already');
  assert.equal(topShowing(geometry, 10, viewport), 200);
  assert.equal(topShowing(geometry, 30, viewport), 420);
  assert.equal(topShowing(geometry, 50, viewport), 1000, 'the start of what does not fit');
});
