import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { TextMatchers } from '../../src/logs/text-matcher.ts';

const isRefused = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code;

test('texts are matched in order, line by line', async () => {
  const matcher = new TextMatchers().open('^b');
  try {
    assert.deepEqual(await matcher.matches(['abc', 'bcd', 'a\nb']), [false, true, true]);
    assert.deepEqual(await matcher.matches([]), []);
    assert.deepEqual(await matcher.matches(['b']), [true]);
  } finally {
    matcher.close();
  }
});

test('what is not a regular expression is refused with the reason', () => {
  const matchers = new TextMatchers();
  assert.throws(() => matchers.open('(a'), /match: not a regular expression: .*Unterminated group/);
  assert.throws(() => matchers.open('(a'), isRefused('CONSOLE_BAD_REQUEST'));
});

attack('Input', 'an expression that takes forever is ended, and holds nothing up', async () => {
  const matcher = new TextMatchers().open('^(a+)+$');
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 5);
  try {
    const matching = matcher.matches([`${'a'.repeat(60)}!`]);
    await assert.rejects(matching, isRefused('CONSOLE_SEARCH_TOO_SLOW'));
    assert.ok(turns > 10, String(turns));
    await assert.rejects(matcher.matches(['a']), isRefused('CONSOLE_SEARCH_TOO_SLOW'));
  } finally {
    clearInterval(turning);
    matcher.close();
  }
});

test('a few run at once', () => {
  const matchers = new TextMatchers();
  const open = Array.from({ length: 4 }, () => matchers.open('a'));
  assert.throws(() => matchers.open('a'), isRefused('CONSOLE_TOO_MANY'));
  for (const matcher of open) matcher.close();
  open[0]?.close();
  for (const matcher of Array.from({ length: 4 }, () => matchers.open('a'))) matcher.close();
});
