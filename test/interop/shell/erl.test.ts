/** The Erlang shell of real nodes, as a user sees it at a terminal. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testShell } from '../../conformance/shell.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { ShellScene } from '../../support/erlang/shell-scene.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';

/** Processes of the shells that were opened remotely, and their group leaders, which run an interpreted function. */
const leftOvers = `
  [P || Kept <- [fun(P) ->
      case catch process_info(P, initial_call) of {initial_call, {erl_eval, _, _}} -> true; _ -> false end
    end],
    P <- processes(), {group_leader, G} <- [process_info(P, group_leader)],
    node(G) =/= node() orelse Kept(P) orelse Kept(G)]`;

for (const release of testedReleases()) {
  describe(`the Erlang shell of OTP ${release}`, { skip: missingPeer(release) }, () => {
    const scene = new ShellScene({ release, peerKind: 'erl', leftOvers });
    testShell(scene, {
      kind: 'erl',
      banner: /^Eshell V/,
      prompt: '(app@127.0.0.1)',
      sum: '1 + 1.',
      bind: 'Kept = 7.',
      recall: 'Kept.',
      several: { lines: ['F = fun(X) ->', '2 * X', 'end.'], more: /\n +\.\.$/, call: 'F(21).' },
      endless: 'timer:sleep(infinity).',
      interrupted: /\*\* exception exit: killed/,
      wrong: [
        ['foo(.', /syntax error before/],
        // After a scan error the shell reads the rest of the line without echo.
        ['2#9 bad rest. 5.', /2#9/],
        ['1 / 0.', /bad argument|badarith|an error occurred when evaluating/],
      ],
      completion: {
        before: 'Telescope = 1.',
        steps: [
          ['lists:ma', /\n.*map\b.*max.*\n\(app@127\.0\.0\.1\)2> lists:ma$/],
          ['lists:rever', /> lists:reverse/],
          // OTP 25 completes no variables.
          ...(release === '25' ? [] : [['Teles', /> Telescope$/] as const]),
        ],
      },
      unicode: { line: 'io:format("~ts~n", ["日本 é"]).', shown: /\n日本 é\nok\n/ },
      printing: {
        line: 'register(afar, spawn(fun() -> receive go -> io:format("from ~p~n", [afar]) end end)).',
        typed: 'leng',
        rest: 'th([a, b]).',
        shown: /\n2\n/,
        trigger: async () => void (await scene.peer.eval('afar ! go')),
      },
    });
    testLines(scene);
    testQuestions(scene);
    testLife(scene);
  });
}

/** Output for a line, besides what every shell shows. */
function testLines(scene: ShellScene): void {
  it('takes several forms on one line', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('10. 20. 30.\r');
    await waitForScreen(shell, /\n10\n20\n30\n\(app@127\.0\.0\.1\)4>$/);
  });

  it('shows help and its own commands', async () => {
    await using shell = await scene.open();
    assert.match(await run(shell, 'h(lists, map).'), /map\(Fun, List1\)/);
    assert.match(await run(shell, 'f().'), /\nok\n/);
  });

  it('takes ten megabytes in one piece and a flood in many, and stays usable', async () => {
    await using shell = await scene.open();
    await run(shell, 'io:put_chars(lists:duplicate(100000, lists:duplicate(99, $x) ++ "\\n")).');
    assert.match(await waitForScreen(shell, /\nok\n.*2>$/, 60_000), /x{79}/);
    await run(shell, '[io:put_chars("line\\n") || _ <- lists:seq(1, 2000)], done.');
    await waitForScreen(shell, /\ndone\n/);
    assert.match(await run(shell, '1 + 1.'), /\n2\n/);
  });
}

/** Programs that ask for input. */
function testQuestions(scene: ShellScene): void {
  it('answers io:get_line and io:fread', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('io:get_line("your name? ").\r');
    await waitForScreen(shell, /\nyour name\?$/);
    shell.input('Ada\r');
    await waitForScreen(shell, /your name\? Ada\n"Ada\\n"\n/);
    await waitForState(shell, 'idle');
    shell.input('io:fread("n> ", "~d").\r');
    await waitForScreen(shell, /\nn>$/);
    shell.input('142\r');
    await waitForScreen(shell, /\{ok,\[142\]\}/);
  });

  it('hides what is typed as a password', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('io:get_password(group_leader()).\r');
    await waitForState(shell, 'asking');
    shell.input('secret\r');
    await waitForScreen(shell, /\n"secret"\n/);
    const shown = (shell.outputSince(0) ?? []).map((chunk) => chunk.data).join('');
    assert.equal(shown.split('secret').length, 2, 'only the result shows it');
  });
}

/** Start and end of the shell. */
function testLife(scene: ShellScene): void {
  it('ends with exit(), and the node lives', async () => {
    const shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('exit().\r');
    assert.deepEqual(await shell.closed, { reason: 'the shell ended' });
    assert.equal(await scene.peer.eval('1 + 1.'), '2');
    await scene.waitForClean();
  });

  it('is gone when our node is gone', async () => {
    const guest = await scene.cluster.own('guest', { hidden: true });
    const shell = await scene.open({ node: guest, kind: 'erl' });
    await waitForState(shell, 'idle');
    await guest.close();
    await scene.waitForClean();
  });

  it('says so when the node has no such shell, and takes the one it has', async () => {
    await assert.rejects(scene.open({ kind: 'ts' }), { code: 'SHELL_UNAVAILABLE' });
    await using found = await scene.open({ kind: 'auto' });
    assert.equal(found.kind, 'erl');
  });

  it('goes on where it was when a lost connection is back', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    await run(shell, 'Kept = 40.');
    shell.input('timer:sleep(300), io:format("out~n"), Kept + 2.\r');
    await waitForState(shell, 'busy');
    scene.viewer.disconnect('app@127.0.0.1');
    assert.match(await waitForScreen(shell, /\n42\n/), /reconnected to \S+\]\nout\n42\n/);
    assert.match(await run(shell, 'Kept * 2.'), /\n80\n/);
  });
}
