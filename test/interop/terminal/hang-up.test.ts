/** A shell ends with its terminal, and leaves nothing on the node and no process on this machine. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCommandSetting } from '../../support/command-setting.ts';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../support/terminal.ts';

const name = 'erl@127.0.0.1';

/** The processes on the node whose group leader is on another one. */
function visitorsOf(erlang: ErlangNode): Promise<string> {
  return erlang.eval(
    'length([P || P <- processes(), {group_leader, L} <- [process_info(P, group_leader)], node(L) =/= node()])',
  );
}

describe('convoy shell', { skip: missingPeer() || missingTerminal }, () => {
  test('ends on the node when its terminal hangs up', async () => {
    await using setting = await makeCommandSetting();
    await using erlang = await setting.erlang(name);
    await using terminal = new TestTerminal(convoyLine('shell', name), setting.env);
    await terminal.waitFor(/1> /);
    assert.notEqual(await visitorsOf(erlang), '0');
    await terminal.hangUp();
    await eventuallyEqual(() => visitorsOf(erlang), '0');
  });

  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`ends on the node after ${signal}, with exit code ${code}`, async () => {
      await using setting = await makeCommandSetting();
      await using erlang = await setting.erlang(name);
      await using shell = new ConvoyProcess(['shell', name], { env: setting.env, keepsInput: true });
      await shell.waitFor(/1> /);
      shell.child.kill(signal);
      assert.equal((await shell.result()).code, code);
      await eventuallyEqual(() => visitorsOf(erlang), '0');
    });
  }
});
