/**
 * The output in the transcripts of the guides is what the sources print: each line is made of a text of theirs. Values
 * (`${...}` in the sources) may be anything, so a reworded message is found, a wrong value is not.
 */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The share of a line's letters that must come from the text itself, not from values. */
const leastShare = 0.45;
/** Lines of other programs, values alone, and lines that are shortened or mostly values. */
const foreign = /^(?:\s*\.\.\.|  seen: |  ERL_ZFLAGS=|Interactive Elixir|iex\(|name \S+ at port|\S+$)/;

/** The texts of a source file. Text in comments does not count. */
function textsIn(source: string): string[] {
  const code = source.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const literals = code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gs);
  return Array.from(literals, ([, single, double, template]) => single ?? double ?? template ?? '');
}

interface Wording {
  readonly text: string;
  /** Matches the text with any values in it. */
  readonly pattern: RegExp;
  readonly letters: number;
}

function countLetters(text: string): number {
  return text.replaceAll(/[^a-z]/gi, '').length;
}

function wordingOf(text: string): Wording {
  const parts = text.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((part) => part.replaceAll(/\\(.)/g, '$1'));
  const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return { text, pattern: new RegExp(escaped.join('.*'), 's'), letters: countLetters(parts.join('')) };
}

/** The lines of output in the transcripts of a guide: blocks that begin with a command after `$`. */
function outputIn(guide: string): string[] {
  const blocks = Array.from(guide.matchAll(/^```\n(\$ .*?)^```$/gms), ([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.split('\n'));
  return lines.filter((line) => line !== '' && !line.startsWith('$ ') && !foreign.test(line));
}

/** The label of a step, without its mark, detail and time; `undefined` for other lines. */
function labelOf(line: string): string | undefined {
  return /^(?:ok|FAILED|note|-) {2}(.+?)(?:: .*)? {2}\(\d+ ms\)$/.exec(line)?.[1];
}

function isPrinted(line: string, wordings: readonly Wording[]): boolean {
  const label = labelOf(line);
  if (label !== undefined) return wordings.some(({ text }) => text === label);
  const least = countLetters(line) * leastShare;
  return wordings.some(({ pattern, letters }) => letters >= least && pattern.test(line));
}

function unknownOutput(guide: string, wordings: readonly Wording[]): string[] {
  return outputIn(guide).filter((line) => !isPrinted(line, wordings));
}

describe('transcripts in the guides', () => {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root });
  const wordings = files.flatMap((file) => textsIn(readFileSync(join(root, file), 'utf8'))).map(wordingOf);

  test('show what the sources print', () => {
    const pages = globSync('docs/guide/*.md', { cwd: root });
    const texts = pages.map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }));
    assert.ok(texts.flatMap(({ text }) => outputIn(text)).length > 15, 'too few lines of output found');
    const unknown = texts.flatMap(({ page, text }) =>
      unknownOutput(text, wordings).map((line) => `${page}: ${line}`),
    );
    assert.deepEqual(unknown, []);
  });

  test('a reworded line is found', () => {
    const guide =
      '```\n$ convoy x\nok  Log in by telegraph: a@b  (1 ms)\nconvoy node a@b is running on harbour 1\n```\n';
    assert.deepEqual(unknownOutput(guide, wordings), [
      'ok  Log in by telegraph: a@b  (1 ms)',
      'convoy node a@b is running on harbour 1',
    ]);
  });
});
