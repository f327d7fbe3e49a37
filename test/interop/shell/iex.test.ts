/** IEx of real nodes, as a user sees it at a terminal. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startNode } from '@convoy/node';
import { testShell } from '../../conformance/shell.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { ShellScene } from '../../support/erlang/shell-scene.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';

/** Processes of shells on the node: IEx servers, evaluators and their group leaders. */
const leftOvers = `
  for pid <- Process.list(),
      {:dictionary, dictionary} <- [Process.info(pid, :dictionary)],
      {:initial_call, {initial, _, _}} <- [Process.info(pid, :initial_call)],
      {module, _, _} = call <- [dictionary[:"$initial_call"] || {initial, :_, 0}],
      module in [IEx.Server, IEx.Evaluator, :erl_eval] or dictionary[:evaluator] != nil,
      do: call`;

for (const release of testedReleases()) {
  describe(`IEx on OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    const scene = new ShellScene({ release, peerKind: 'elixir', leftOvers });
    testShell(scene, {
      kind: 'iex',
      banner: /^Interactive Elixir/,
      prompt: 'iex(app@127.0.0.1)',
      sum: '1 + 1',
      bind: 'kept = 7',
      recall: 'kept',
      several: {
        lines: ['defmodule Twice do', '  def of(x), do: 2 * x', 'end'],
        more: /\n\.\.\.\(app@127\.0\.0\.1\)1>$/,
        call: 'Twice.of(21)',
      },
      endless: 'Process.sleep(:infinity)',
      interrupted: /\*\* \(EXIT\) interrupted/,
      wrong: [
        ['1 +* 2', /SyntaxError|syntax error/],
        ['1 / 0', /ArithmeticError/],
      ],
      completion: {
        before: 'telescope = 1',
        steps: [
          ['Enum.ma', /\nmap\/2 .*\n(?:.*\n)+iex\(app@127\.0\.0\.1\)2> Enum\.ma$/],
          ['teles', /> telescope$/],
          ['Enu', /> Enum$/],
        ],
      },
      unicode: {
        line: '"日本 👍 e\u0301" |> String.graphemes() |> Enum.join("|")',
        shown: /"日\|本\| \|👍\| \|e\u0301"/,
      },
      printing: {
        line: 'spawn(fn -> receive do :go -> IO.puts("from afar") end end) |> Process.register(:afar)',
        typed: 'String.up',
        rest: 'case("é")',
        shown: /\n"É"\n/,
        trigger: async () => void (await scene.peer.eval('send(:afar, :go)')),
      },
    });
    testInput(scene);
    testQuestions(scene);
    testLostNode(scene);
    testLostConnection(scene);
  });
}

/** Input at its prompt, besides what every shell accepts. */
function testInput(scene: ShellScene): void {
  it('takes a pasted form of several lines', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('\u001b[200~y = [\n  1,\n  2\n]\u001b[201~\r');
    await waitForScreen(shell, /\n\[1, 2\]\n/);
    assert.match(await run(shell, 'y ++ y'), /\[1, 2, 1, 2\]/);
  });

  it('continues after bytes that are not characters', async () => {
    await using shell = await scene.open();
    await run(shell, 'IO.write(<<255, 254>>)');
    assert.match(await run(shell, '1'), /\n1\n/);
  });

  it('gives up a half entered form and a question, and keeps the bindings', async () => {
    await using shell = await scene.open();
    await run(shell, 'kept = 7');
    await run(shell, 'x = [');
    shell.input('1,\u0003');
    await waitForScreen(shell, /\*\* \(EXIT\) interrupted/);
    await waitForScreen(shell, /\niex\(app@127\.0\.0\.1\)2>$/);
    shell.input('IO.gets("q? ")\r');
    await waitForScreen(shell, /\nq\?$/);
    shell.interrupt();
    await waitForScreen(shell, /\{:error, :interrupted\}/);
    assert.match(await run(shell, 'kept'), /\n7\n/);
  });

  it('shows documentation and takes its configuration', async () => {
    await using shell = await scene.open();
    assert.match(await run(shell, 'h Enum.sum'), /Returns the sum of all elements/);
    await run(shell, 'IEx.configure(inspect: [limit: 2])');
    assert.match(await run(shell, '[1, 2, 3]'), /\n\[1, 2, \.\.\.\]\n/);
    await run(shell, 'IEx.configure(inspect: [limit: 50])');
  });
}

/** Programs that ask for input. */
function testQuestions(scene: ShellScene): void {
  it('answers IO.gets and IO.getn', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('IO.gets("your name? ")\r');
    await waitForScreen(shell, /\nyour name\?$/);
    assert.equal(shell.state, 'asking');
    shell.input('Ada 日本\r');
    await waitForScreen(shell, /your name\? Ada 日本\n"Ada 日本\\n"\n/);
    shell.input('IO.getn("c> ", 2)\r');
    await waitForScreen(shell, /\nc>$/);
    shell.input('é1 + 2\r');
    assert.match(await waitForScreen(shell, /"é1"\n/), /"é1"/);
  });

  it('lets two programs ask at once, each with its own prompt', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input(
      'p = spawn(fn -> send(:collector, {:got, IO.gets("other? ")}) end); Process.register(self(), :collector)\r',
    );
    await waitForState(shell, 'idle');
    await waitForScreen(shell, /\)2>$/);
    shell.input('\u001bo');
    await waitForScreen(shell, /\nother\?$/);
    shell.input('hello\r');
    await waitForScreen(shell, /other\? hello\niex\(app@127\.0\.0\.1\)2>$/);
    assert.match(await run(shell, 'receive do {:got, line} -> line end'), /"hello\\n"/);
  });

  it('leaves nothing behind when it is closed while it asks', async () => {
    const shell = await scene.open();
    await waitForState(shell, 'idle');
    assert.notEqual(await scene.peer.eval(leftOvers), '[]');
    shell.input('IO.gets("q? ")\r');
    await waitForState(shell, 'asking');
    await shell.close();
    await scene.waitForClean();
  });
}

/** A Convoy node that disconnects, for a while or for good. */
function testLostNode(scene: ShellScene): void {
  it('has its evaluator ended when our node was gone and comes back', async () => {
    const first = await scene.cluster.own('guest', { hidden: true });
    const shell = await scene.open({ node: first, kind: 'iex' });
    await waitForState(shell, 'idle');
    shell.input('Process.sleep(:infinity)\r');
    await waitForState(shell, 'busy');
    await first.close();
    await using again = await scene.cluster.own('guest', { hidden: true });
    const second = await scene.open({ node: again, kind: 'iex' });
    await second.close();
    await scene.waitForClean();
  });

  it('ends on the node when no viewer comes back in time', async () => {
    const blocked = { isBlocked: false };
    await using guest = await startNode({
      name: 'stray@127.0.0.1',
      cookie: 'shells',
      hidden: true,
      epmd: 'none',
      epmdPort: scene.cluster.epmdPort,
      routes: {
        resolve: () =>
          blocked.isBlocked ? Promise.reject(new Error('the line is cut')) : Promise.resolve(undefined),
      },
    });
    const shell = await scene.open({ node: guest, kind: 'iex', resumeMs: 300 });
    await waitForState(shell, 'idle');
    shell.input('Process.sleep(:infinity)\r');
    await waitForState(shell, 'busy');
    blocked.isBlocked = true;
    guest.disconnect('app@127.0.0.1');
    assert.match((await shell.closed).reason, /connection to app@127\.0\.0\.1 was lost/);
    await scene.waitForClean();
  });
}

/** A connection that is lost and restored. */
function testLostConnection(scene: ShellScene): void {
  it('goes on where it was when a lost connection is back', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    await run(shell, 'kept = 40');
    shell.input('IO.gets("go? "); for i <- 1..3, do: IO.puts("line #{i}"); kept + 2\r');
    await waitForScreen(shell, /\ngo\?$/);
    scene.viewer.disconnect('app@127.0.0.1');
    await waitForScreen(shell, /was lost; reconnecting\]/);
    await waitForScreen(shell, /reconnected to app@127\.0\.0\.1\]/);
    await waitForState(shell, 'asking');
    shell.input('yes\r');
    assert.match(await waitForScreen(shell, /\n42\n/), /line 1\nline 2\nline 3\n42\n/);
    scene.viewer.disconnect('app@127.0.0.1');
    await waitForScreen(shell, /reconnected to [\s\S]*reconnected to /);
    assert.match(await run(shell, 'kept * 2'), /\n80\n/);
  });

  it('runs a line whole that was typed while the connection was lost', async () => {
    await using shell = await scene.open();
    await waitForState(shell, 'idle');
    shell.input('String.length("abc');
    scene.viewer.disconnect('app@127.0.0.1');
    shell.input('de');
    await waitForScreen(shell, /was lost; reconnecting\]/);
    shell.input('fg');
    await waitForScreen(shell, /reconnected to app@127\.0\.0\.1\]/);
    await waitForScreen(shell, /abcdefg$/);
    shell.input('h")\r');
    await waitForScreen(shell, /\n8\n/);
  });
}
