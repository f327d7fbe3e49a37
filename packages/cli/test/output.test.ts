/** What goes to the terminal, and with which exit code. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EpmdError } from '@convoy/node';
import { attack } from '../../../test/support/attack.ts';
import { CliError } from '../src/errors.ts';
import { exitCodeFor } from '../src/exit-codes.ts';
import { describeError, formatTable, printable, printableJson, showsColours } from '../src/output.ts';

describe('printable', () => {
  test('shows control characters instead of sending them', () => {
    assert.equal(printable('a\u001b]52;c;eA==\u0007b\rc\u0000'), 'a␛]52;c;eA==␇b␍c␀');
    assert.equal(printable('\u007f\u009b'), '␡<9b>');
  });

  attack(
    'Node output',
    'bidirectional control characters are made visible by the command, and escaped in JSON',
    () => {
      assert.equal(printable('a\u202eb\u2067c\u200ed\u061ce'), 'a<U+202E>b<U+2067>c<U+200E>d<U+061C>e');
      const value = { name: 'a\u202eb@h', text: 'שלום\u2028\u0085' };
      const json = printableJson(value);
      assert.doesNotMatch(json, /[\u202e\u2028\u0085]/);
      assert.deepEqual(JSON.parse(json), value);
    },
  );

  test('lets text, line ends, tabs and colours through', () => {
    const text = 'åäö 😀\n\t\u001b[1;31mred\u001b[0m';
    assert.equal(printable(text), text);
  });

  test('leaves colours out where they are not shown', () => {
    assert.equal(printable('\u001b[1;31mred\u001b[m \u001b[2J', false), 'red ␛[2J');
  });
});

test('colours are for terminals that show them', () => {
  const terminal = { isTTY: true, hasColors: () => true, write: () => undefined };
  assert.equal(showsColours(terminal, {}), true);
  assert.equal(showsColours(terminal, { NO_COLOR: '' }), true);
  assert.equal(showsColours(terminal, { NO_COLOR: '1' }), false);
  assert.equal(showsColours({ ...terminal, hasColors: () => false }, {}), false);
  assert.equal(showsColours({ write: () => undefined }, {}), false);
});

/** A problem as `--json` prints it. */
function asJson(error: unknown): unknown {
  return JSON.parse(JSON.stringify(describeError(error)));
}

describe('errors', () => {
  test('ours are told by code, message and remedy', () => {
    const error = new CliError('CLI_BAD_OPTION', 'no', { remedy: 'yes' });
    assert.deepEqual(asJson(error), { code: 'CLI_BAD_OPTION', message: 'no', remedy: 'yes' });
    const refused = new CliError('CLI_CONSOLE_REFUSED', 'no', { reason: 'PROVIDER_LIMIT' });
    assert.equal(describeError(refused).reason, 'PROVIDER_LIMIT');
    const ended = new CliError('CLI_LAUNCH_FAILED', 'ended', { lastOutput: ['one', 'two'] });
    assert.deepEqual(describeError(ended).lastOutput, ['one', 'two']);
    const epmd = new EpmdError('EPMD_UNREACHABLE', 'gone', { address: 'h:1' });
    const hint = 'convoy epmd starts one; --epmd embedded starts one inside the node.';
    assert.deepEqual(asJson(epmd), { code: 'EPMD_UNREACHABLE', message: 'gone', hint });
    assert.match(describeError(refused).hint ?? '', /--node-limit/);
  });

  test('those of others have no code of ours', () => {
    const system = Object.assign(new Error('no file'), { code: 'ENOENT' });
    assert.deepEqual(asJson(system), { code: 'UNEXPECTED', message: 'no file' });
    const runtime = Object.assign(new Error('bad'), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.equal(describeError(runtime).code, 'UNEXPECTED');
    assert.deepEqual(asJson('text'), { code: 'UNEXPECTED', message: 'text' });
  });

  test('exit codes tell usage, reach and failure apart', () => {
    assert.equal(exitCodeFor('CLI_BAD_OPTION'), 2);
    assert.equal(exitCodeFor('NODE_BAD_NAME'), 2);
    assert.equal(exitCodeFor('CONNECTION_REFUSED'), 3);
    assert.equal(exitCodeFor('HANDSHAKE_COOKIE_MISMATCH'), 3);
    assert.equal(exitCodeFor('EPMD_UNREACHABLE'), 3);
    assert.equal(exitCodeFor('EPMD_REFUSED'), 1);
    assert.equal(exitCodeFor('CLI_NO_CONSOLE'), 4);
    assert.equal(exitCodeFor('REMOTE_ERROR'), 1);
    assert.equal(exitCodeFor('UNEXPECTED'), 1);
  });
});

test('a table has columns as wide as needed and no trailing blanks', () => {
  const table = formatTable([
    ['NODE', 'PORT', 'PEERS'],
    ['a@h', '1', ''],
    ['longer@h', '12345', 'a@h'],
  ]);
  assert.equal(table, 'NODE      PORT   PEERS\na@h       1\nlonger@h  12345  a@h');
});
