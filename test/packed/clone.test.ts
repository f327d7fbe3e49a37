/** The command in a clone: npm links a file of the repository, which runs the sources until something is built. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeClone } from '../support/packed/clone.ts';
import { strangersEnvironment } from '../support/packed/prepared.ts';
import { commandOf, missingRuntime, oldestNode } from '../support/packed/runtimes.ts';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(folder: string, [file = '', ...words]: readonly string[]): Outcome {
  return spawnSync(file, words, { cwd: folder, encoding: 'utf8', env: strangersEnvironment() });
}

const bin = 'packages/cli/bin/convoy.cjs';

describe('the command in a clone', () => {
  test('npx finds it', () => {
    const { status, stdout, stderr } = run('.', ['npx', '--no', 'convoy', '--version']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('runs the sources when nothing is built', () => {
    using clone = makeClone();
    const { status, stdout, stderr } = run(clone.folder, [process.execPath, bin, 'rpc', '--help']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Usage: convoy rpc /);
    assert.equal(stderr, '');
  });

  test('runs what is built, unless it is told to run the sources', () => {
    using clone = makeClone();
    mkdirSync(join(clone.folder, 'packages/cli/dist'));
    writeFileSync(join(clone.folder, 'packages/cli/dist/main.js'), "console.log('built');\n");
    assert.equal(run(clone.folder, [process.execPath, bin, '-v']).stdout, 'built\n');
    const flag = '--conditions=@convoy/source';
    assert.match(run(clone.folder, [process.execPath, flag, bin, '-v']).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('says what the sources need', { skip: missingRuntime(oldestNode) }, () => {
    using clone = makeClone();
    const { status, stderr } = run(clone.folder, [...commandOf(oldestNode), bin, '-v']);
    assert.equal(status, 2);
    assert.match(stderr, /^convoy: Node\.js 24 or later is needed to run the sources; this is 22[^\n]*\n$/);
  });
});
