import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { NodeLog, plainText } from '../../src/launch/node-log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('cuts chunks into lines and numbers them over both streams', () => {
  const log = new NodeLog(() => 5);
  log.write('stdout', bytes('one\ntw'));
  log.write('stderr', bytes('three\n'));
  log.write('stdout', bytes('o\n'));
  assert.deepEqual(log.lines(), [
    { seq: 1, at: 5, stream: 'stdout', text: 'one' },
    { seq: 2, at: 5, stream: 'stderr', text: 'three' },
    { seq: 3, at: 5, stream: 'stdout', text: 'two' },
  ]);
});

test('joins a character that was split between two chunks', () => {
  const log = new NodeLog();
  const euro = bytes('€\n');
  log.write('stdout', euro.subarray(0, 1));
  log.write('stdout', euro.subarray(1));
  assert.deepEqual(log.tail(1), ['€']);
});

test('keeps an unfinished line back until the stream ends', () => {
  const log = new NodeLog();
  log.write('stdout', bytes('unfinished'));
  assert.deepEqual(log.lines(), []);
  log.end('stdout');
  assert.deepEqual(log.tail(1), ['unfinished']);
});

test('holds 2000 lines and splits long ones', () => {
  const log = new NodeLog();
  for (let number = 1; number <= 2100; number += 1) log.write('stdout', bytes(`${number}\n`));
  assert.equal(log.lines().length, 2000);
  assert.equal(log.lines()[0]?.text, '101');
  log.write('stdout', bytes('x'.repeat(10_000)));
  assert.equal(log.lines().at(-1)?.text.length, 4096);
});

test('shows the first and the last lines of long output, and how many are left out', () => {
  const log = new NodeLog();
  const lines = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
  log.write('stdout', bytes(`${lines(1, 20).join('\n')}\n`));
  assert.deepEqual(log.excerpt(), lines(1, 20));
  log.write('stdout', bytes('21\n'));
  assert.deepEqual(log.excerpt(), [...lines(1, 5), '[2 lines left out]', ...lines(8, 21)]);
  log.write('stdout', bytes(`${lines(22, 3000).join('\n')}\n`));
  assert.deepEqual(log.excerpt(), [...lines(1, 5), '[2981 lines left out]', ...lines(2987, 3000)]);
});

test('returns the lines after a number, or the last ones', () => {
  const log = new NodeLog();
  log.write('stdout', bytes('a\nb\nc\n'));
  assert.deepEqual(
    log.lines({ afterSeq: 1 }).map(({ text }) => text),
    ['b', 'c'],
  );
  assert.deepEqual(
    log.lines({ afterSeq: 1, last: 1 }).map(({ text }) => text),
    ['c'],
  );
  assert.deepEqual(log.lines({ last: 0 }), []);
});

test('calls followers with new lines until they stop', () => {
  const log = new NodeLog();
  const seen: string[] = [];
  const leave = log.follow(({ text }) => seen.push(text));
  log.write('stdout', bytes('first\n'));
  leave();
  log.write('stdout', bytes('second\n'));
  assert.deepEqual(seen, ['first']);
});

attack('Node output', 'bidirectional control characters in a log line are made visible', () => {
  assert.equal(plainText('ok \u202edeliaf\u2066 \u200f\u061c'), 'ok <U+202E>deliaf<U+2066> <U+200F><U+061C>');
});

test('removes escape sequences and control characters', () => {
  assert.equal(plainText('\u001b[31mred\u001b[0m'), 'red');
  assert.equal(plainText('a\u001b]52;c;ZXZpbA==\u0007b'), 'ab');
  assert.equal(plainText('a\u001b]0;title\u001b\\b\r'), 'ab');
  assert.equal(plainText('tab\there\u0000\u009b'), 'tab\there');
});

test('says where lines end in a file, in bytes or in lines', () => {
  const log = new NodeLog(() => 5);
  const positions = (): (number | undefined)[] => log.lines().map(({ position }) => position);
  log.write('stdout', bytes('a€\nb'), { start: 100, unit: 'bytes' });
  log.write('stdout', bytes('c\n\n'), { start: 106, unit: 'bytes' });
  assert.deepEqual(positions(), [105, 108, 109]);
  log.write('stdout', bytes('d\ne\n'), { start: 7, unit: 'lines' });
  log.note('ours');
  assert.deepEqual(positions(), [105, 108, 109, 8, 9, undefined]);
});
