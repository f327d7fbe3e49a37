/** Markdown pages avoid turns of phrase that a reader has to decode. Quoted code is left alone. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Each with what to write instead. */
const turns: readonly (readonly [RegExp, string])[] = [
  [/\bnobody\b/i, 'say what does not happen: "no node", "does not connect"'],
  [/\bwhoever\b|\bwho gets\b/i, '"anyone who", or the subject itself'],
  [/\bwhom\b/i, 'name the node or the person'],
  [/\banew\b/i, '"again"'],
  [/\bfor ever\b/i, '"forever"'],
  [
    /(?<!there )\b(?:is|are|was|were) no (?!longer|more|different|such|need)[a-z]+/i,
    '"is not a valid x", "has no x"',
  ],
];

/** `line: the words (what to write instead)`, for each turn in the text. */
function turnsIn(text: string): string[] {
  const prose = text
    .replaceAll(/^```.*?^```$/gms, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, '');
  return prose.split('\n').flatMap((line, index) =>
    turns.flatMap(([pattern, instead]) => {
      const [found] = pattern.exec(line) ?? [];
      return found === undefined ? [] : [`${index + 1}: "${found}" (write ${instead})`];
    }),
  );
}

describe('language of Markdown pages', () => {
  test('is plain', () => {
    // The titles of attacks belong to the tests; the changelog also has old entries.
    const pages = globSync('**/*.md', {
      cwd: root,
      exclude: (name) => /^(?:node_modules|dist|api|\..+|CHANGELOG\.md|security\.md)$/.test(name),
    });
    assert.ok(pages.length > 60, `only ${pages.length} pages found`);
    const found = pages.flatMap((page) =>
      turnsIn(readFileSync(join(root, page), 'utf8')).map((turn) => `${page}:${turn}`),
    );
    assert.deepEqual(found, []);
  });

  test('a turn is found in prose, not in code', () => {
    const text = 'There is no node.\n```\nnobody\n```\n`nobody` is no node, and is no longer one.\n';
    assert.deepEqual(turnsIn(text), ['5: "is no node" (write "is not a valid x", "has no x")']);
  });
});
