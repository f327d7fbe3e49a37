import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBoundedJson } from '../src/bounded-json.ts';
import { attack } from '../../../test/support/attack.ts';

test('parses what fits as JSON.parse does', () => {
  const shallow = fc.json({ maxDepth: 8 });
  fc.assert(fc.property(shallow, (text) => assert.deepEqual(parseBoundedJson(text, 'x'), JSON.parse(text))));
  const strings = ['"', '\\', '\\"', '[[[[', '"]}', '\\\\"', '{"a":"\\"'].join('');
  const text = JSON.stringify({ [strings]: [strings, { strings }] });
  assert.deepEqual(parseBoundedJson(text, 'x'), JSON.parse(text));
  const deepInString = JSON.stringify({ data: '['.repeat(100_000) });
  assert.deepEqual(parseBoundedJson(deepInString, 'x'), JSON.parse(deepInString));
});

test('what is not JSON is refused as that, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        JSON.parse(text);
      } catch {
        assert.throws(() => parseBoundedJson(text, 'the body'), { code: 'CONSOLE_BAD_REQUEST' });
      }
    }),
  );
  for (const text of ['', '"', '"\\', '"\\"', '{"a', '[1,', ']]]]]', '\\"']) {
    assert.throws(() => parseBoundedJson(text, 'the body'), { message: 'the body is not valid JSON' });
  }
});

attack(
  'Input',
  'JSON that nests a million levels or holds a million values is refused before it is parsed',
  () => {
    const size = 3_000_000;
    const nested = ['['.repeat(size), '{"a":'.repeat(size / 5), `${'['.repeat(17)}${']'.repeat(17)}`];
    for (const text of nested) {
      assert.throws(() => parseBoundedJson(text, 'the message'), {
        message: /is nested deeper than 16 levels/,
      });
    }
    const wide = [
      `[${'0,'.repeat(size / 2)}0]`,
      `[${'{},'.repeat(size / 3)}{}]`,
      `[${'[],'.repeat(size / 3)}[]]`,
    ];
    for (const text of wide) {
      assert.throws(() => parseBoundedJson(text, 'the message'), {
        message: /contains more than 4096 values/,
      });
    }
  },
);
