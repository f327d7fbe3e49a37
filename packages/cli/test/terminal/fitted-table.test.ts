/** Tables and numbers for people. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutText, fittedTable, terminalWidth } from '../../src/terminal/fitted-table.ts';
import { bytesText, countText, durationText, percentText, usageText } from '../../src/terminal/units.ts';

const columns = [
  { head: 'PID', kind: 'whole-text' },
  { head: 'NAME', kind: 'text' },
  { head: 'MEMORY', kind: 'number' },
  { head: 'CURRENT', kind: 'text' },
] as const;
const rows = [
  ['<0.1.0>', 'a_name_that_takes_a_lot_of_room', '1.2 MB', 'gen_server:loop/7'],
  ['<0.100.0>', 'short', '900 B', ''],
];

test('a table fits the terminal: numbers stay whole, long texts are cut', () => {
  assert.equal(
    fittedTable(columns, rows, 48),
    [
      'PID        NAME           MEMORY  CURRENT',
      '<0.1.0>    a_name_that_…  1.2 MB  gen_server:lo…',
      '<0.100.0>  short           900 B',
    ].join('\n'),
  );
});

test('a table that is not on a terminal is whole, and one for which there is no room is cut as far as it can be', () => {
  assert.match(fittedTable(columns, rows, undefined), /a_name_that_takes_a_lot_of_room/);
  const narrow = fittedTable(columns, rows, 10).split('\n');
  assert.equal(narrow[1], '<0.1.0>    a_name_…  1.2 MB  gen_ser…');
  assert.equal(fittedTable(columns, [], 80), 'PID  NAME  MEMORY  CURRENT');
  assert.deepEqual([{ isTTY: true, columns: 0 }, { isTTY: true, columns: 132 }, {}].map(terminalWidth), [
    80,
    132,
    undefined,
  ]);
  assert.deepEqual([cutText('πλήθος', 4), cutText('ab', 2)], ['πλή…', 'ab']);
});

test('numbers have their units', () => {
  assert.deepEqual([0, 999, 1000, 1_500_000, 5e9, undefined].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 KB',
    '1.4 MB',
    '4.7 GB',
    '',
  ]);
  assert.deepEqual([countText(1_048_576), countText(0.4), countText(undefined)], ['1,048,576', '0', '']);
  assert.deepEqual([0, 0.004, 0.125, 1].map(percentText), ['0 %', '0.4 %', '13 %', '100 %']);
  assert.deepEqual([5000, 125_000, 7_500_000, 200_000_000].map(durationText), [
    '5 s',
    '2 min 5 s',
    '2 h 5 min',
    '2 d 7 h',
  ]);
  assert.deepEqual(
    [usageText({ count: 3, limit: 1000 }), usageText({ count: 3 }), usageText({})],
    ['3 of 1,000', '3', ''],
  );
});
