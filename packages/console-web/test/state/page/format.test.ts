/** Numbers, names, routes, preferences and palette searches, without a browser. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxExit, boxHeight, boxWidth, neighbourOf } from '../../../src/components/mesh/mesh-geometry.ts';
import { sparkPoints } from '../../../src/components/nodes/spark-points.ts';
import { searchCommands } from '../../../src/state/command-search.ts';
import { formatBytes, formatSeconds, formatUptime } from '../../../src/state/page/format.ts';
import { parsePreferences } from '../../../src/state/page/preferences.ts';
import { parseVariables } from '../../../src/state/nodes/variable-lines.ts';

test('writes sizes and times as people read them', () => {
  assert.deepEqual([0, 999, 1000, 52_428_800, 3e9].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 KB',
    '50.0 MB',
    '2.8 GB',
  ]);
  assert.deepEqual([-5, 420, 12_000, 125_000].map(formatSeconds), ['0.0 s', '0.4 s', '12 s', '2 m 05 s']);
  assert.deepEqual([8000, 240_000, 11_520_000, 526e6].map(formatUptime), [
    '8 s',
    '4 m',
    '3 h 12 m',
    '6 d 2 h',
  ]);
});

test('reads preferences that somebody has meddled with', () => {
  assert.deepEqual(parsePreferences('[1'), parsePreferences(null));
  assert.deepEqual(parsePreferences('7'), parsePreferences(null));
  const odd = parsePreferences('{"theme":"pink","terminalFontSize":900,"dockHeight":"x","screenReader":1}');
  assert.deepEqual(odd, parsePreferences(null));
  assert.equal(parsePreferences('{"theme":"dark"}').theme, 'dark');
});

test('finds commands by words in any order and by letters in order', () => {
  const commands = [{ text: 'Open shell on web@h' }, { text: 'Launch Elixir node' }, { text: 'Go to Logs' }];
  const found = (typed: string): string[] => searchCommands(commands, typed).map((command) => command.text);
  assert.deepEqual(found('elixir launch'), ['Launch Elixir node']);
  assert.deepEqual(found('opshw'), ['Open shell on web@h']);
  assert.deepEqual(found('zzz'), []);
  assert.equal(found('  ').length, 3);
});

test('lets an edge end at the side of its box and the arrow keys find the next one', () => {
  assert.deepEqual(boxExit({ x: 0, y: 0 }, { x: 1000, y: 0 }), { x: boxWidth / 2, y: 0 });
  assert.deepEqual(boxExit({ x: 0, y: 0 }, { x: 0, y: -1000 }), { x: 0, y: -boxHeight / 2 });
  assert.deepEqual(boxExit({ x: 3, y: 3 }, { x: 3, y: 3 }), { x: 3, y: 3 });
  const places = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 100, y: 10 }],
    ['c', { x: 300, y: 0 }],
  ]);
  assert.equal(neighbourOf('a', 'ArrowRight', places), 'b');
  assert.equal(neighbourOf('a', 'ArrowLeft', places), undefined);
});

test('draws a spark line of no value, of one and of many inside its frame', () => {
  assert.deepEqual(sparkPoints([]), []);
  assert.equal(sparkPoints([5]).length, 1);
  for (const [x, y] of sparkPoints([1, 1e9, 0, 5])) assert.ok(x >= 0 && x <= 88 && y >= 0 && y <= 24);
});

test('reads variables of a launch line by line, values as they stand', () => {
  assert.deepEqual(parseVariables('A=1\n\n  B_2= x=y "z" \r\nC='), {
    variables: { A: '1', B_2: ' x=y "z" ', C: '' },
  });
  assert.deepEqual(parseVariables('A=1\nsecret without a name'), {
    problem: 'Line 2 does not have the form NAME=value.',
  });
});
