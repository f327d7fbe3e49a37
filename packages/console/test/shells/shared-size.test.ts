import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedSize } from '../../src/shells/shared-size.ts';

const wide = { cols: 160, rows: 40 };
const narrow = { cols: 50, rows: 20 };

describe('the size of a shared shell', () => {
  it('is that of the page that typed last, not of the one that came last', () => {
    const size = new SharedSize();
    size.declare('a', {}, wide);
    size.take('a');
    size.declare('b', {}, narrow);
    assert.deepEqual([size.client, size.size], ['a', wide]);
    size.take('b');
    assert.deepEqual([size.client, size.size], ['b', narrow]);
  });

  it('follows the window of the page whose size it is, and no other', () => {
    const size = new SharedSize();
    size.declare('a', {}, wide);
    size.declare('b', {}, narrow);
    size.declare('b', {}, { cols: 60, rows: 20 });
    assert.deepEqual(size.size, wide);
    size.declare('a', {}, { cols: 100, rows: 30 });
    assert.deepEqual(size.size, { cols: 100, rows: 30 });
  });

  it('goes to the page that typed before when the last one leaves, and back when that one returns', () => {
    const size = new SharedSize();
    const [ownerA, ownerB] = [{}, {}];
    size.declare('a', ownerA, wide);
    size.declare('b', ownerB, narrow);
    size.take('a');
    size.leave(ownerA);
    assert.deepEqual(size.client, 'b');
    size.declare('a', {}, wide);
    assert.deepEqual(size.client, 'a');
  });

  it('keeps the size of a page whose old socket ends after the new one has come', () => {
    const size = new SharedSize();
    const old = {};
    size.declare('a', old, wide);
    size.declare('a', {}, wide);
    size.leave(old);
    assert.deepEqual(size.size, wide);
  });

  it('holds one window for each attachment, whatever names it goes by', () => {
    const size = new SharedSize();
    const owner = {};
    for (let count = 0; count < 10; count += 1) size.declare(`page-${count}`, owner, wide);
    size.leave(owner);
    assert.equal(size.size, undefined);
    size.declare('b', {}, narrow);
    size.declare('page-9', owner, wide);
    size.declare('page-10', owner, wide);
    assert.equal(size.client, 'b');
  });

  it('is unknown while no page has said one', () => {
    const size = new SharedSize();
    size.take('a');
    assert.equal(size.size, undefined);
  });
});
