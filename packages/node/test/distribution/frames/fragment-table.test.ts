import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FragmentTable } from '../../../src/distribution/frames/fragment-table.ts';
import { Pid } from '../../../src/etf/index.ts';

const control = { kind: 'SEND_SENDER', from: new Pid('a@h', 1, 0, 1), to: new Pid('b@h', 2, 0, 2) } as const;
const message = { control, atoms: [] };
const limits = { maxFrameBytes: 1000, maxFragmentBytes: 2000 };

function bytes(length: number, value: number = 1): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe('messages in fragments', () => {
  test('are complete with fragment 1, each by its own id', () => {
    const table = new FragmentTable(limits);
    table.begin(7n, { count: 3n, message, first: bytes(2, 7) });
    table.begin(8n, { count: 2n, message, first: bytes(0) });
    assert.equal(table.add(7n, 2n, bytes(1, 8)), undefined);
    assert.deepEqual([...(table.add(8n, 1n, bytes(3, 5))?.bytes ?? [])], [5, 5, 5]);
    const complete = table.add(7n, 1n, bytes(1, 9));
    assert.deepEqual([...(complete?.bytes ?? [])], [7, 7, 8, 9]);
    assert.equal(complete?.isDropped, false);
    assert.deepEqual([table.size, table.bytes], [0, 0]);
  });

  test('that begin twice, were never begun, or are out of order, are broken framing', () => {
    const table = new FragmentTable(limits);
    table.begin(7n, { count: 3n, message, first: bytes(2) });
    assert.throws(() => table.begin(7n, { count: 3n, message, first: bytes(2) }), /begin twice/);
    assert.throws(() => table.add(9n, 1n, bytes(1)), /has not begun/);
    assert.throws(() => table.add(7n, 1n, bytes(1)), /fragment 1 instead of 2/);
  });

  test('are dropped over the limit of a message, and the rest of them is ignored', () => {
    const table = new FragmentTable(limits);
    table.begin(7n, { count: 4n, message, first: bytes(600) });
    table.add(7n, 3n, bytes(600));
    assert.equal(table.bytes, 0);
    table.add(7n, 2n, bytes(600));
    const complete = table.add(7n, 1n, bytes(600));
    assert.deepEqual([complete?.isDropped, complete?.bytes.length], [true, 0]);
  });

  test('are dropped when all of them together are over theirs', () => {
    const table = new FragmentTable(limits);
    for (let id = 0n; id < 3n; id += 1n) table.begin(id, { count: 2n, message, first: bytes(900) });
    assert.ok(table.bytes <= limits.maxFragmentBytes);
    const dropped = [0n, 1n, 2n].map((id) => table.add(id, 1n, bytes(1))?.isDropped);
    assert.deepEqual(dropped, [false, false, true]);
  });

  test('whose control message could not be read are swallowed', () => {
    const table = new FragmentTable(limits);
    table.begin(7n, { count: 2n, message: undefined, first: bytes(900) });
    assert.equal(table.bytes, 0);
    assert.equal(table.add(7n, 1n, bytes(900)), undefined);
    assert.equal(table.size, 0);
  });

  test('that do not go on are dropped after eight checks, once', () => {
    const table = new FragmentTable(limits);
    table.begin(7n, { count: 3n, message, first: bytes(100) });
    for (let check = 0; check < 7; check += 1) assert.deepEqual(table.dropIdle(), []);
    table.add(7n, 2n, bytes(1));
    for (let check = 0; check < 7; check += 1) assert.deepEqual(table.dropIdle(), []);
    assert.deepEqual(table.dropIdle(), [control]);
    assert.equal(table.bytes, 0);
    assert.deepEqual(table.dropIdle(), []);
    assert.equal(table.add(7n, 1n, bytes(1))?.isDropped, true);
  });
});
