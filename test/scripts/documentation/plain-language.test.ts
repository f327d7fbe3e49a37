/** Markdown pages, titles of tests and comments avoid turns of phrase that a reader has to decode. Quoted code is left alone. */

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

const text = String.raw`('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\]|\\.)*\`)`;
/** What comes before the titles of tests, suites, attacks and cases in tables. */
const titled = [
  String.raw`\b(?:test|it|describe|suite)\(\s*`,
  String.raw`\battack\(\s*'[^'\n]*',\s*`,
  String.raw`\btitle: `,
  String.raw`^ +(?='[^'\n]* [^'\n]*': )`,
];
const titlePattern = new RegExp(`(?:${titled.join('|')})${text}`, 'gm');

/** The titles in a file of tests, each at its line. */
function titlesIn(code: string): string {
  const lines = code.split('\n').map(() => '');
  for (const { 0: match, 1: title = '', index } of code.matchAll(titlePattern)) {
    const at = code.slice(0, index + match.length - title.length).split('\n').length - 1;
    lines[at] = title.slice(1, -1).replaceAll('\n', ' ');
  }
  return lines.join('\n');
}

/** The comments in a source, each at its line. */
function commentsIn(code: string): string {
  const blocks = /\/\*\*[^]*?\*\/|^[ \t]*\/\/.*$/gm;
  const lines = code.split('\n').map(() => '');
  for (const { 0: comment, index } of code.matchAll(blocks)) {
    const first = code.slice(0, index).split('\n').length - 1;
    for (const [at, line] of comment.split('\n').entries()) lines[first + at] = line;
  }
  return lines.join('\n');
}

describe('language of Markdown pages', () => {
  test('is plain', () => {
    // The changelog also has old entries.
    const pages = globSync('**/*.md', {
      cwd: root,
      exclude: (name) => /^(?:node_modules|dist|api|\..+|CHANGELOG\.md)$/.test(name),
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

describe('language of test titles', () => {
  test('is plain', () => {
    const files = globSync(['test/**/*.{ts,tsx}', 'packages/*/test/**/*.{ts,tsx}'], {
      cwd: root,
      exclude: ['**/plain-language.test.ts'],
    });
    const texts = files.map((file) => [file, titlesIn(readFileSync(join(root, file), 'utf8'))] as const);
    const count = texts.flatMap(([, titles]) => titles.split('\n')).filter((line) => line !== '').length;
    assert.ok(count > 2000, `only ${count} titles found`);
    const found = texts.flatMap(([file, titles]) => turnsIn(titles).map((turn) => `${file}:${turn}`));
    assert.deepEqual(found, []);
  });

  test('a turn is found in every kind of title, and not beside titles', () => {
    for (const code of [
      "it('asks nobody', () => {",
      'test(\n"asks nobody",',
      'describe(`asks nobody on ${host}`, {',
      "attack('EPMD', 'nobody is asked', () => {",
      "attack(\n'EPMD',\n'nobody is asked',",
      "{ title: 'asks nobody', ok: true }",
      "  'a node that asks nobody': ['83'],",
    ])
      assert.equal(turnsIn(titlesIn(code)).length, 1, code);
    for (const code of ["connect('nobody@h')", "  'nobody': 1,", "assert.ok(true, 'asks nobody')"])
      assert.deepEqual(turnsIn(titlesIn(code)), [], code);
  });
});

describe('language of comments', () => {
  test('is plain', () => {
    const files = globSync(['packages/*/src/**/*.{ts,tsx}', 'scripts/**/*.ts'], { cwd: root });
    assert.ok(files.length > 500, `only ${files.length} files found`);
    const found = files.flatMap((file) =>
      turnsIn(commentsIn(readFileSync(join(root, file), 'utf8'))).map((turn) => `${file}:${turn}`),
    );
    assert.deepEqual(found, []);
  });

  test('a turn is found in comments, not in code', () => {
    const code = "/**\n * Asks nobody.\n */\nask('nobody');\n  // Waits for ever.\n";
    assert.deepEqual(
      turnsIn(commentsIn(code)).map((turn) => turn.split(':')[0]),
      ['2', '5'],
    );
  });
});
