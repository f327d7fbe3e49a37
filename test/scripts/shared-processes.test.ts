/** Which tests share a process: those that touch nothing but their own values and files. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canShareProcess } from '../../scripts/testing/shared-processes.ts';

const head = "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n";
const file = 'packages/node/test/some.test.ts';

test('tests of values share a process', () => {
  const text = `${head}import { atom } from '../src/etf/index.ts';\ntest('atoms', () => assert.ok(atom('a')));\n`;
  assert.equal(canShareProcess(file, text), true);
});

test('tests of files share a process: each has a folder of its own', () => {
  const text = `${head}import { mkdtempSync } from 'node:fs';\nimport { tmpdir } from 'node:os';\n`;
  assert.equal(canShareProcess(file, text), true);
});

test('a hook for each test of a describe block runs for no other file', () => {
  const hook = '  beforeEach(() => {\n    count = 0;\n  });\n';
  assert.equal(canShareProcess(file, `${head}describe('one', () => {\n${hook}});\n`), true);
});

test('what is only mentioned, in a comment or in quotes, changes nothing', () => {
  const text = `${head}// not process.env, no setTimeout\ntest('says process.exit', () => assert.ok('startNode'));\n`;
  assert.equal(canShareProcess(file, text), true);
});

test('tests of several packages have a process of their own: their fixtures start programs', () => {
  assert.equal(canShareProcess('test/e2e/some.test.ts', head), false);
  assert.equal(canShareProcess(file, head), true);
});

for (const [what, line] of Object.entries({
  'use a socket': "import { connect } from 'node:net';",
  'start a program': "import { spawn } from 'node:child_process';",
  'prepare each test of the file': 'beforeEach(() => {\n  count = 0;\n});',
  'clean up after each test of the file': 'afterEach(() => cluster.close());',
  'start a node': "test('starts', () => startNode('a@127.0.0.1'));",
  'change the environment': "process.env['COLUMNS'] = '80';",
  'replace a global': "mock.method(globalThis, 'fetch');",
  'wait for a timer': 'await new Promise((resolve) => setTimeout(resolve, 10));',
})) {
  test(`tests that ${what} have a process of their own`, () => {
    assert.equal(canShareProcess(file, `${head}${line}\n`), false);
  });
}
