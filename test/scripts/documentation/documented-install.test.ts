/** What the pages and messages say about installing: our packages by their names, and the version of Node.js that the manifests ask for. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

interface Text {
  readonly file: string;
  readonly line: string;
}

/** Every line of the pages and of the sources, whose messages users read. */
function texts(): Text[] {
  const files = globSync([
    '*.md',
    '{docs,deploy,examples}/**/*.md',
    'packages/*/README.md',
    'packages/*/{src,bin}/**/*.{ts,tsx,cjs}',
  ]);
  assert.ok(files.length > 300, `only ${files.length} files found`);
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => ({ file, line })),
  );
}

/** Lines that call the package by the name of another project's, except where they are about a clone. */
function wrongNames(all: readonly Text[]): string[] {
  const wrong =
    /\bnpx (?:--\S+ )*convoy\b|\bnpm (?:i|install|uninstall|exec)\b[^`'"]*[ '"](?<![\w@/])convoy(?![\w@/-])/;
  return all
    .filter(({ line }) => wrong.test(line))
    .filter(({ file, line }) => !/^CONTRIBUTING|^docs\/adr\//.test(file) && !/\bclone\b/.test(line))
    .map(({ file, line }) => `${file}: ${line.trim()}`);
}

/** Lines that name another 22 than that of `engines`, where they say what is needed. */
function wrongVersions(all: readonly Text[], least: string): string[] {
  return all
    .filter(({ line }) => /Node(?:\.js)? 22\.\d+/.test(line))
    .filter(({ line }) => !line.includes(`Node.js ${least}`))
    .map(({ file, line }) => `${file}: ${line.trim()}`);
}

describe('installing, as documented', () => {
  test('names our packages', () => {
    assert.deepEqual(wrongNames(texts()), []);
  });

  test('asks for the Node.js that every manifest asks for', () => {
    const asked = globSync(['package.json', 'packages/*/package.json']).map((file) => {
      const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines?: { node?: string } };
      return `${file}: ${engines?.node}`;
    });
    assert.deepEqual(
      asked.filter((line) => !line.endsWith(': >=22.18')),
      [],
    );
    assert.deepEqual(wrongVersions(texts(), '22.18'), []);
  });

  test('a wrong name and a wrong version are found', () => {
    const lines = (...all: string[]): Text[] => all.map((line) => ({ file: 'x.md', line }));
    const wrong = ['npx convoy up', 'npm install --global convoy', "npm install -g convoy'"];
    const right = ['npx @convoy/cli up', 'npm i --global @convoy/cli', 'In a clone: `npx convoy`'];
    assert.deepEqual(
      wrongNames(lines(...wrong)),
      wrong.map((line) => `x.md: ${line}`),
    );
    assert.deepEqual(wrongNames(lines(...right)), []);
    assert.deepEqual(wrongVersions(lines('Node.js 22.12 or later', 'Node.js 22.18'), '22.18'), [
      'x.md: Node.js 22.12 or later',
    ]);
  });
});
