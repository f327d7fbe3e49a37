import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSource } from '../../scripts/boundaries/source-files.ts';

const sources = globSync(['{packages,test,scripts,bench,examples}/**/*.{ts,tsx}'], {
  exclude: ['**/node_modules/**', '**/dist/**', '**/goldens/**', '**/dialect.test.ts'],
});

/** The lines of `text` in a form that this repository does not use, each with the reason. */
function otherDialect(text: string): string[] {
  const problems: string[] = [];
  if (/^\/\*\*[^]*?\*\/\n(?=import |export \* |export \{|export type \{)/.test(text))
    problems.push('the header has no blank line below it');
  for (const [line] of text.matchAll(/^(?:\+| {2}\* ).*$/gm))
    problems.push(`${line}: a comment that goes on starts with " * "`);
  for (const [line] of text.matchAll(/^\s*(?:[\w.#[\]]+(?:\+\+|--)|(?:\+\+|--)[\w.#[\]]+);$/gm))
    problems.push(`${line.trim()}: write += 1 where the value is not used`);
  for (const [line] of text.matchAll(/\bfor \([^;]*;[^;]*; [\w.#]+(?:\+\+|--)\)/g))
    problems.push(`${line.trim()}: write += 1 where the value is not used`);
  for (const [line] of text.matchAll(/^\s*suite\(.*$/gm)) problems.push(`${line.trim()}: write describe`);
  return problems;
}

const waiting = /\buntil[A-Z]\w*/g;
const looking = /\b\w*[a-z]Look\b|\blookAt[A-Z]\w*|\b(?:class|interface|type) Look\b/g;

/** Names in the code of `text`, outside of comments and texts, for which this repository has another word. */
function otherNames(text: string): string[] {
  const { code } = readSource('', text);
  return [
    ...Array.from(code.matchAll(waiting), ([name]) => `${name}: write waitFor…`),
    ...Array.from(code.matchAll(looking), ([name]) => `${name}: say what is read, or what it gives`),
  ];
}

/** The lines of a test that take a node name apart by hand. */
function handmadeSplits(text: string): string[] {
  return Array.from(text.matchAll(/^.*\.(?:split|indexOf|lastIndexOf)\('@'\).*$/gm), ([line]) => {
    return `${line.trim()}: write splitNodeName`;
  });
}

test('everything that the formatter allows in two forms is written in one', () => {
  const problems = sources.flatMap((file) =>
    otherDialect(readFileSync(file, 'utf8')).map((problem) => `${file}: ${problem}`),
  );
  assert.deepEqual(problems, []);
});

test('a planted line in the other form is found', () => {
  assert.equal(otherDialect('/** What it does. */\nimport a from "a";').length, 1);
  assert.equal(otherDialect('  this.#count++;\n').length, 1);
  assert.equal(otherDialect('/**\n * One line.\n+ * Another.\n */\n').length, 1);
  assert.equal(otherDialect('for (let at = 0; at < 3; at++) run();').length, 1);
  assert.equal(otherDialect("suite('a thing', () => {\n});\n").length, 1);
  assert.deepEqual(otherDialect('/** What it does. */\n\nimport a from "a";\nconst id = next++;\n'), []);
});

test('functions that wait say so, and no name says only that something is looked at', () => {
  const found = sources.flatMap((file) =>
    otherNames(readFileSync(file, 'utf8')).map((problem) => `${file}: ${problem}`),
  );
  assert.deepEqual(found, []);
  assert.equal(otherNames('await untilClosed(socket);\ninterface LastLook {}\nlookAtFiles();').length, 3);
  assert.deepEqual(otherNames("// untilClosed\nconst label = 'Look again';\nlookup(until);"), []);
});

test('tests take node names apart with splitNodeName', () => {
  const tests = sources.filter((file) => /^(?:packages\/[^/]+\/)?test\//.test(file));
  assert.ok(tests.length > 300);
  const found = tests.flatMap((file) =>
    handmadeSplits(readFileSync(file, 'utf8')).map((problem) => `${file}: ${problem}`),
  );
  assert.deepEqual(found, []);
  assert.equal(handmadeSplits("const [name] = node.split('@');\n").length, 1);
  assert.deepEqual(handmadeSplits("const { name } = splitNodeName('a@h');\n"), []);
});
