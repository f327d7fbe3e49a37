/** IEx of real nodes, as a user at a terminal sees it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Node, startNode } from '@convoy/node';
import { openShell, type ShellSession } from '@convoy/shell';
import { type ErlangNode, missingPeer, type OtpRelease, startErlangNode } from '../support/erlang-node.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { run, untilShown, untilState } from '../support/shell-viewer.ts';
import { startTestEpmd, type TestEpmd } from '../support/test-epmd.ts';

const cookie = 'shell-iex';

/** Processes of shells on the node: IEx servers and evaluators, and what keeps them. */
const leftOvers = `
  for pid <- Process.list(),
      {:dictionary, dictionary} <- [Process.info(pid, :dictionary)],
      {:initial_call, {initial, _, _}} <- [Process.info(pid, :initial_call)],
      {module, _, _} = call <- [dictionary[:"$initial_call"] || {initial, :_, 0}],
      module in [IEx.Server, IEx.Evaluator, :erl_eval] or dictionary[:evaluator] != nil,
      do: call`;

for (const release of ['25', '27'] as const satisfies OtpRelease[]) {
  describe(`IEx on OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    let epmd: TestEpmd;
    let peer: ErlangNode;
    let node: Node;

    before(async () => {
      epmd = await startTestEpmd();
      peer = await startErlangNode({
        name: 'app@127.0.0.1',
        cookie,
        epmdPort: epmd.port,
        kind: 'elixir',
        release,
      });
      node = await startNode({
        name: 'viewer@127.0.0.1',
        cookie,
        hidden: true,
        epmd: 'system',
        epmdPort: epmd.port,
      });
    });

    after(async () => {
      await node?.close();
      await peer?.[Symbol.asyncDispose]();
      await epmd?.[Symbol.asyncDispose]();
    });

    const open = (): Promise<ShellSession> =>
      openShell({ node, target: 'app@127.0.0.1', kind: 'auto', cols: 80, rows: 24 });

    const waitForClean = (): Promise<void> => eventuallyEqual(() => peer.eval(leftOvers), '[]');

    it('evaluates and keeps bindings', async () => {
      await using shell = await open();
      assert.equal(shell.kind, 'iex');
      assert.match(await untilState(shell, 'idle'), /^Interactive Elixir/);
      assert.match(await run(shell, '1 + 1'), /iex\(app@127\.0\.0\.1\)1> 1 \+ 1\n2\n/);
      await run(shell, 'x = 20');
      assert.match(await run(shell, 'x * 2 + 2'), /3> x \* 2 \+ 2\n42\niex\(app@127\.0\.0\.1\)4>$/);
    });

    it('takes forms of several lines', async () => {
      await using shell = await open();
      await run(shell, 'defmodule Twice do');
      assert.match(await shell.text(), /\n\.\.\.\(app@127\.0\.0\.1\)1>$/);
      await run(shell, '  def of(x), do: 2 * x');
      await run(shell, 'end');
      assert.match(await run(shell, 'Twice.of(21)'), /\n42\n/);
      shell.input('\u001b[200~y = [\n  1,\n  2\n]\u001b[201~\r');
      await untilShown(shell, /\n\[1, 2\]\n/);
      assert.match(await run(shell, 'y ++ y'), /\[1, 2, 1, 2\]/);
    });

    it('answers IO.gets and IO.getn', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input('IO.gets("your name? ")\r');
      await untilShown(shell, /\nyour name\?$/);
      assert.equal(shell.state, 'asking');
      shell.input('Ada 日本\r');
      await untilShown(shell, /your name\? Ada 日本\n"Ada 日本\\n"\n/);
      shell.input('IO.getn("c> ", 2)\r');
      await untilShown(shell, /\nc>$/);
      shell.input('é1 + 2\r');
      assert.match(await untilShown(shell, /"é1"\n/), /"é1"/);
    });

    it('interrupts an evaluation', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input('Process.sleep(:infinity)\r');
      await untilState(shell, 'busy');
      shell.input('\u0003');
      await untilShown(shell, /\*\* \(EXIT\) interrupted/);
      assert.match(await run(shell, '2 + 3'), /\n5\n/);
    });

    it('interrupts what has only just been entered', async () => {
      await using shell = await open();
      for (let count = 0; count < 5; count += 1) {
        await untilState(shell, 'idle');
        shell.input('Process.sleep(:infinity)\r');
        await untilState(shell, 'busy');
        shell.input('\u0003');
      }
      assert.match(await run(shell, '2 + 3'), /\n5\n/);
    });

    it('gives up a half entered form and a question, and keeps the bindings', async () => {
      await using shell = await open();
      await run(shell, 'kept = 7');
      await run(shell, 'x = [');
      shell.input('1,\u0003');
      await untilShown(shell, /\*\* \(EXIT\) interrupted/);
      await untilShown(shell, /\niex\(app@127\.0\.0\.1\)2>$/);
      shell.input('IO.gets("q? ")\r');
      await untilShown(shell, /\nq\?$/);
      shell.interrupt();
      await untilShown(shell, /\{:error, :interrupted\}/);
      assert.match(await run(shell, 'kept'), /\n7\n/);
    });

    it('completes modules, functions and variables of the session', async () => {
      await using shell = await open();
      await run(shell, 'telescope = 1');
      shell.input('Enum.ma\t');
      await untilShown(shell, /\nmap\/2 .*\n(?:.*\n)+iex\(app@127\.0\.0\.1\)2> Enum\.ma$/);
      shell.input('\u0015teles\t');
      await untilShown(shell, /> telescope$/);
      shell.input('\u0015Enu\t');
      await untilShown(shell, /> Enum$/);
    });

    it('recalls lines with the arrows', async () => {
      await using shell = await open();
      await run(shell, '100 + 1');
      await run(shell, '100 + 2');
      shell.input('\u001b[A\u001b[A\u001b[B\u001b[A');
      await untilShown(shell, /3> 100 \+ 1$/);
      shell.input('0\r');
      assert.match(await untilShown(shell, /\n110\n/), /3> 100 \+ 10/);
    });

    it('shows the output of other processes above what is being typed', async () => {
      await using shell = await open();
      await run(
        shell,
        'parent = self(); spawn(fn -> receive do :go -> IO.puts("from afar") end end) |> Process.register(:afar)',
      );
      shell.input('String.up');
      await untilShown(shell, /String\.up$/);
      await peer.eval('send(:afar, :go)');
      assert.match(
        await untilShown(shell, /from afar/),
        /\nfrom afar\niex\(app@127\.0\.0\.1\)2> String\.up$/,
      );
      shell.input('case("é")\r');
      await untilShown(shell, /\n"É"\n/);
    });

    it('keeps Unicode whole, typed and printed', async () => {
      await using shell = await open();
      const text = await run(shell, '"日本 👍 e\u0301" |> String.graphemes() |> Enum.join("|")');
      assert.match(text, /"日\|本\| \|👍\| \|e\u0301"/);
      await run(shell, 'IO.write(<<255, 254>>)');
      assert.match(await run(shell, '1'), /\n1\n/);
    });

    it('lets two programs ask at once, each with its own prompt', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input(
        'p = spawn(fn -> send(:collector, {:got, IO.gets("other? ")}) end); Process.register(self(), :collector)\r',
      );
      await untilState(shell, 'idle');
      await untilShown(shell, /\)2>$/);
      shell.input('\u001bo');
      await untilShown(shell, /\nother\?$/);
      shell.input('hello\r');
      await untilShown(shell, /other\? hello\niex\(app@127\.0\.0\.1\)2>$/);
      assert.match(await run(shell, 'receive do {:got, line} -> line end'), /"hello\\n"/);
    });

    it('shows documentation and takes its configuration', async () => {
      await using shell = await open();
      assert.match(await run(shell, 'h Enum.sum'), /Returns the sum of all elements/);
      await run(shell, 'IEx.configure(inspect: [limit: 2])');
      assert.match(await run(shell, '[1, 2, 3]'), /\n\[1, 2, \.\.\.\]\n/);
      await run(shell, 'IEx.configure(inspect: [limit: 50])');
    });

    it('leaves nothing behind when it is closed, idle or busy', async () => {
      const idle = await open();
      await untilState(idle, 'idle');
      assert.notEqual(await peer.eval(leftOvers), '[]');
      idle.input('\u0004');
      assert.deepEqual(await idle.closed, { reason: 'closed' });
      await waitForClean();

      const busy = await open();
      await untilState(busy, 'idle');
      busy.input('Process.sleep(:infinity)\r');
      await untilState(busy, 'busy');
      await busy.close();
      await waitForClean();

      const asking = await open();
      await untilState(asking, 'idle');
      asking.input('IO.gets("q? ")\r');
      await untilState(asking, 'asking');
      await asking.close();
      await waitForClean();
    });

    it('has its evaluator ended when our node was gone and comes back', async () => {
      const options = {
        name: 'guest@127.0.0.1',
        cookie,
        hidden: true,
        epmd: 'system',
        epmdPort: epmd.port,
      } as const;
      const guest = await startNode(options);
      const shell = await openShell({
        node: guest,
        target: 'app@127.0.0.1',
        kind: 'iex',
        cols: 80,
        rows: 24,
      });
      await untilState(shell, 'idle');
      shell.input('Process.sleep(:infinity)\r');
      await untilState(shell, 'busy');
      await guest.close();
      await using again = await startNode(options);
      const second = await openShell({
        node: again,
        target: 'app@127.0.0.1',
        kind: 'iex',
        cols: 80,
        rows: 24,
      });
      await second.close();
      await waitForClean();
    });

    it('goes on where it was when a lost connection is back', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      await run(shell, 'kept = 40');
      shell.input('IO.gets("go? "); for i <- 1..3, do: IO.puts("line #{i}"); kept + 2\r');
      await untilShown(shell, /\ngo\?$/);
      node.disconnect('app@127.0.0.1');
      await untilShown(shell, /was lost; trying to get back\]/);
      await untilShown(shell, /connected to app@127\.0\.0\.1 again\]/);
      await untilState(shell, 'asking');
      shell.input('yes\r');
      assert.match(await untilShown(shell, /\n42\n/), /line 1\nline 2\nline 3\n42\n/);
      node.disconnect('app@127.0.0.1');
      await untilShown(shell, /again\][\s\S]*again\]/);
      assert.match(await run(shell, 'kept * 2'), /\n80\n/);
    });

    it('runs a line whole that was typed while the connection was lost', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input('String.length("abc');
      node.disconnect('app@127.0.0.1');
      shell.input('de');
      await untilShown(shell, /was lost; trying to get back\]/);
      shell.input('fg');
      await untilShown(shell, /connected to app@127\.0\.0\.1 again\]/);
      await untilShown(shell, /abcdefg$/);
      shell.input('h")\r');
      await untilShown(shell, /\n8\n/);
    });

    it('ends on the node when nobody comes back in time', async () => {
      const blocked = { isBlocked: false };
      await using guest = await startNode({
        name: 'stray@127.0.0.1',
        cookie,
        hidden: true,
        epmd: 'none',
        epmdPort: epmd.port,
        routes: {
          resolve: () =>
            blocked.isBlocked ? Promise.reject(new Error('the line is cut')) : Promise.resolve(undefined),
        },
      });
      const shell = await openShell({
        node: guest,
        target: 'app@127.0.0.1',
        kind: 'iex',
        cols: 80,
        rows: 24,
        resumeMs: 300,
      });
      await untilState(shell, 'idle');
      shell.input('Process.sleep(:infinity)\r');
      await untilState(shell, 'busy');
      blocked.isBlocked = true;
      guest.disconnect('app@127.0.0.1');
      assert.match((await shell.closed).reason, /connection to app@127\.0\.0\.1 was lost/);
      await waitForClean();
    });
  });
}
