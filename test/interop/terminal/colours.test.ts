/** Colours and other escape sequences: where the command lets them through, and where it does not. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCommandSetting } from '../../support/command-setting.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../support/terminal.ts';

const skip = missingPeer() || missingTerminal;
const node = 'erl@127.0.0.1';
const red = 'io:format("\\e[31mred\\e[0m~n")';
const evaluation = ['eval', node, red];
const rpc = ['rpc', node, 'io', 'put_chars', '"\\e[31mred\\e[0m\\n"'];

/** What the terminal has shown when the command has ended. */
async function shownInTerminal(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  await using terminal = new TestTerminal(convoyLine(...words), env);
  await terminal.ended();
  return terminal.text;
}

describe('what a node prints', { skip }, () => {
  test('keeps its colours in a terminal only, and loses them with NO_COLOR and TERM=dumb', async () => {
    await using setting = await makeCommandSetting();
    await using _erlang = await setting.erlang(node);
    const { env } = setting;
    for (const words of [evaluation, rpc]) {
      assert.match((await runConvoy(words, { env })).stdout, /^red\nok\n$/);
      assert.match(await shownInTerminal(words, env), /\u001b\[31mred\u001b\[0m\r\nok/);
      for (const more of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
        assert.match(await shownInTerminal(words, { ...env, ...more }), /^red\r\nok\r\n$/);
    }
  });

  test('loses its colours in a shell that reads from a pipe', async () => {
    await using setting = await makeCommandSetting();
    await using _erlang = await setting.erlang(node);
    const { stdout } = await runConvoy(['shell', node], { env: setting.env, input: `${red}.\n` });
    assert.match(stdout, /\nred\nok\n/);
    assert.doesNotMatch(stdout, /\u001b/);
  });
});

describe('a shell in a terminal', { skip }, () => {
  test('has no colours with NO_COLOR', async () => {
    await using setting = await makeCommandSetting();
    await using _erlang = await setting.erlang(node);
    await using terminal = new TestTerminal(convoyLine('shell', node), { ...setting.env, NO_COLOR: '1' });
    await terminal.waitFor(/1> /);
    terminal.type(`${red}.\r`);
    await terminal.waitFor(/\nred\r+\nok/);
    assert.doesNotMatch(terminal.text, /\u001b\[[\d;]*m/);
    assert.match(terminal.text, /\u001b\[\?2004h/);
  });

  test('has no escape sequences and shows a line once with TERM=dumb', async () => {
    await using setting = await makeCommandSetting();
    await using _erlang = await setting.erlang(node);
    await using terminal = new TestTerminal(convoyLine('shell', node), { ...setting.env, TERM: 'dumb' });
    await terminal.waitFor(/1> /);
    terminal.type('X = 20 + 22.\n');
    await terminal.waitFor(/\)2> /);
    terminal.type(`${red}.\n`);
    await terminal.waitFor(/\)3> /);
    terminal.type('\u0004');
    assert.equal(await terminal.ended(), 0);
    assert.match(terminal.text, /1> X = 20 \+ 22\.\r\n42\r\n.*2> io:format[^\n]*\nred\r\nok\r\n/s);
    assert.doesNotMatch(terminal.text, /\u001b/);
  });
});
