/** What the command does when the reader of its output ends before it does: `convoy list | head -1`. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { once } from 'node:events';
import { test } from 'node:test';
import { commandNames } from '../../../packages/cli/src/program.ts';
import { endWithUs } from '../../support/child-process.ts';
import { makeCommandSetting } from '../../support/command-setting.ts';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { someOf } from '../../support/extent.ts';

interface Ended {
  readonly code: number | null;
  /** Of the stream that was read. */
  readonly text: string;
}

/** Runs the command while nothing reads one of its streams. Resolves with its exit code and the other stream. */
async function runUnread(
  lost: 'stdout' | 'stderr',
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const [file = '', ...args] = convoyCommand;
  const child = spawn(file, [...args, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  child[lost].destroy();
  let text = '';
  child[lost === 'stdout' ? 'stderr' : 'stdout']
    .setEncoding('utf8')
    .on('data', (data: string) => (text += data));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

for (const words of [
  ['--help'],
  ['help', 'rpc'],
  ['--version'],
  ...someOf(commandNames, 3).map((name) => [name, '--help']),
]) {
  test(`convoy ${words.join(' ')} ends like other programs when its output is not read`, async () => {
    assert.deepEqual(await runUnread('stdout', words), { code: 141, text: '' });
  });
}

test('an error is not read either: the exit code is that of the error', async () => {
  assert.deepEqual(await runUnread('stderr', ['fly']), { code: 2, text: '' });
  const { code, text } = await runUnread('stderr', ['list', '--json', '--data-dir', '/nonexistent']);
  assert.equal(code, 4);
  assert.equal(JSON.parse(text).error.code, 'CLI_NO_CONSOLE');
});

test('what a node prints is not read', { skip: missingPeer() }, async () => {
  await using setting = await makeCommandSetting();
  await using _erlang = await setting.erlang('erl@127.0.0.1');
  const many = '[io:format("~p~n", [N]) || N <- lists:seq(1, 20000)]';
  assert.deepEqual(await runUnread('stdout', ['eval', 'erl@127.0.0.1', many], setting.env), {
    code: 141,
    text: '',
  });
  const shell = ['rpc', 'erl@127.0.0.1', 'lists', 'seq', '1', '100000'];
  assert.deepEqual(await runUnread('stdout', shell, setting.env), { code: 141, text: '' });
});

test('a full disk is a sentence and not a stack', () => {
  const [file = '', ...args] = convoyCommand;
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(file, [...args, '--help'], { stdio: ['ignore', full, 'pipe'] });
  assert.equal(status, 1);
  assert.match(stderr.toString(), /^convoy: cannot write the output: ENOSPC[^\n]*\n$/);
});
