import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowText } from '../../../src/state/logs/log-text.ts';
import { lineOf } from './log-scenes.ts';

const shownOf = (text: string): readonly [string, number] => {
  const shown = rowText(lineOf(1, { text }));
  return [shown.text, shown.more];
};

test('a row has the first line of a text, and how many follow', () => {
  assert.deepEqual(shownOf('one'), ['one', 0]);
  assert.deepEqual(shownOf('\none\n\n  two\nthree'), ['one', 2]);
  assert.deepEqual(shownOf(''), ['', 0]);
  assert.equal(shownOf('x'.repeat(5000))[0].length, 600);
});

test('a row of a crash says why', () => {
  for (const [text, shown] of [
    [
      "crasher:\n  initial call: shop:'-start/0-fun-0-'/0\n  pid: <0.9.0>\n  exception error: {no_card,1}\n    in function  shop:run/1",
      'crasher: exception error: {no_card,1}',
    ],
    [
      'supervisor: {local,shop_sup}\n    errorContext: child_terminated\n    reason: {no_card,\n             [{shop,run,1,[]}]}',
      'supervisor: {local,shop_sup} reason: {no_card,',
    ],
    [
      'GenServer Shop.Cart terminating\n** (KeyError) key :size not found\n    (shop) lib/cart.ex:41',
      'GenServer Shop.Cart terminating ** (KeyError) key :size not found',
    ],
  ] as const)
    assert.equal(shownOf(text)[0], shown);
});
