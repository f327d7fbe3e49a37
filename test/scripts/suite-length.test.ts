/** How long a suite may be: the title of hundreds of lines does not help a reader to find one of them. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const maxLines = 110;
const files = globSync(['test/**/*.ts', 'packages/*/test/**/*.{ts,tsx}'], {
  exclude: ['**/suite-length.test.ts'],
});

const opening = /^(\s*)((?:describe|suite)\(.*|(?:export )?function test\w*)/;

/** Each suite in `text` that is too long: a `describe` or `suite`, or a function that declares the tests of one. */
function longSuites(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const [, indent = '', title] = opening.exec(line) ?? [];
    if (title === undefined || line.endsWith(');')) return [];
    // The formatter puts the end below the beginning.
    const end = lines.findIndex(
      (other, at) => at > start && new RegExp(`^${indent}(?:\\}|\\}?\\);)$`).test(other),
    );
    const length = end - start + 1;
    // Such a function is as long as its suites together: each of those has a title of its own.
    const inner = lines.slice(start + 1, end).filter((other) => /^\s*(?:describe|suite)\(/.test(other));
    if (!/^(?:describe|suite)\(/.test(title) && inner.length > 1) return [];
    return length > maxLines
      ? [`${title} has ${length} lines, more than ${maxLines}: split it by concern`]
      : [];
  });
}

test('no suite is longer than two screens', () => {
  const problems = files.flatMap((file) =>
    longSuites(readFileSync(file, 'utf8')).map((problem) => `${file}: ${problem}`),
  );
  assert.deepEqual(problems, []);
});

test('a planted suite that is too long is found', () => {
  const suite = (opening: string, closing: string, lines: number): string =>
    [opening, ...Array.from({ length: lines - 2 }, () => '    run();'), closing, '', 'run();'].join('\n');
  for (const [opening, closing] of [
    ["describe('a thing', () => {", '});'],
    ['  describe(', '  );'],
    ["suite('a thing', () => {", '});'],
    ['function testThings(scene: Scene): void {', '}'],
    ['export function testThings(scene: Scene): void {', '}'],
  ] as const) {
    assert.deepEqual(longSuites(suite(opening, closing, 110)), []);
    assert.equal(longSuites(suite(opening, closing, 111)).length, 1, opening);
  }
});

test('a function of several suites may be longer than each of them', () => {
  const suite = (title: string, lines: number): string[] => [
    `  describe('${title}', () => {`,
    ...Array.from({ length: lines - 2 }, () => '    run();'),
    '  });',
  ];
  const testThings = (...suites: string[][]): string =>
    ['export function testThings(): void {', ...suites.flat(), '}', ''].join('\n');
  assert.deepEqual(longSuites(testThings(suite('one', 90), suite('another', 90))), []);
  assert.equal(longSuites(testThings(suite('one', 111), suite('another', 90))).length, 1);
  assert.equal(longSuites(testThings(suite('alone', 109))).length, 1);
});
