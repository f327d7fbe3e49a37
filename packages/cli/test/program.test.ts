/** The words of the command line, before any command reads them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalizeWords, wordsOf } from '../src/program.ts';

describe('words', () => {
  test('the options of epmd get their second dash, those of others do not', () => {
    assert.deepEqual(normalizeWords(['epmd', '-names', '-port', '1']), ['epmd', '--names', '--port', '1']);
    assert.deepEqual(normalizeWords(['rpc', '-names']), ['rpc', '-names']);
  });

  test('a link called epmd is convoy epmd', () => {
    assert.deepEqual(wordsOf(['node', '/usr/bin/epmd', '-daemon']), ['epmd', '-daemon']);
    assert.deepEqual(wordsOf(['node', '/usr/bin/convoy', 'list']), ['list']);
  });

  test('help of a command is its --help', () => {
    assert.deepEqual(normalizeWords(['help', 'rpc']), ['rpc', '--help']);
    assert.deepEqual(normalizeWords(['help']), ['--help']);
  });

  test('help of an unknown command is that command, which is then refused', () => {
    assert.deepEqual(normalizeWords(['help', 'shel']), ['shel']);
    assert.deepEqual(normalizeWords(['shel', '--help']), ['shel']);
  });

  test('the name that commander gives the version by itself still works', () => {
    assert.deepEqual(normalizeWords(['-V']), ['--version']);
    assert.deepEqual(normalizeWords(['-v']), ['-v']);
  });
});
