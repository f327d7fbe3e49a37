/** The Erlang shell of real nodes, as a user at a terminal sees it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Node, startNode } from '@convoy/node';
import { openShell, type ShellSession } from '@convoy/shell';
import { type ErlangNode, missingPeer, type OtpRelease, startErlangNode } from '../support/erlang-node.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { run, untilShown, untilState } from '../support/shell-viewer.ts';
import { startTestEpmd, type TestEpmd } from '../support/test-epmd.ts';

const cookie = 'shell-erl';

/** Processes of shells that visitors have opened, and what keeps them: an interpreted function is their group leader. */
const leftOvers = `
  [P || Kept <- [fun(P) ->
      case catch process_info(P, initial_call) of {initial_call, {erl_eval, _, _}} -> true; _ -> false end
    end],
    P <- processes(), {group_leader, G} <- [process_info(P, group_leader)],
    node(G) =/= node() orelse Kept(P) orelse Kept(G)]`;

for (const release of ['25', '27'] as const satisfies OtpRelease[]) {
  describe(`the Erlang shell of OTP ${release}`, { skip: missingPeer(release) }, () => {
    let epmd: TestEpmd;
    let peer: ErlangNode;
    let node: Node;

    before(async () => {
      epmd = await startTestEpmd();
      peer = await startErlangNode({ name: 'app@127.0.0.1', cookie, epmdPort: epmd.port, release });
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

    const open = (cols: number = 80): Promise<ShellSession> =>
      openShell({ node, target: 'app@127.0.0.1', kind: 'erl', cols, rows: 24 });

    const waitForClean = (): Promise<void> => eventuallyEqual(() => peer.eval(leftOvers), '[]');

    it('evaluates and keeps bindings', async () => {
      await using shell = await open();
      assert.equal(shell.kind, 'erl');
      assert.match(await untilState(shell, 'idle'), /^Eshell V/);
      assert.match(await run(shell, '1 + 1.'), /\(app@127\.0\.0\.1\)1> 1 \+ 1\.\n2\n/);
      await run(shell, 'X = 20.');
      assert.match(await run(shell, 'X * 2 + 2.'), /\n42\n\(app@127\.0\.0\.1\)4>$/);
    });

    it('takes forms of several lines, and several forms on one line', async () => {
      await using shell = await open();
      await run(shell, 'F = fun(X) ->');
      assert.match(await shell.text(), /\n +\.\.$/);
      await run(shell, '2 * X');
      await run(shell, 'end.');
      assert.match(await run(shell, 'F(21).'), /\n42\n/);
      shell.input('10. 20. 30.\r');
      await untilShown(shell, /\n10\n20\n30\n\(app@127\.0\.0\.1\)6>$/);
    });

    it('answers io:get_line and io:fread', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input('io:get_line("your name? ").\r');
      await untilShown(shell, /\nyour name\?$/);
      shell.input('Ada\r');
      await untilShown(shell, /your name\? Ada\n"Ada\\n"\n/);
      await untilState(shell, 'idle');
      shell.input('io:fread("n> ", "~d").\r');
      await untilShown(shell, /\nn>$/);
      shell.input('142\r');
      await untilShown(shell, /\{ok,\[142\]\}/);
    });

    it('interrupts an evaluation and keeps the bindings', async () => {
      await using shell = await open();
      await run(shell, 'Kept = 7.');
      shell.input('timer:sleep(infinity).\r');
      await untilState(shell, 'busy');
      shell.input('\u0003');
      await untilShown(shell, /\*\* exception exit: killed/);
      assert.match(await run(shell, 'Kept.'), /\n7\n/);
    });

    it('goes on after input that is wrong', async () => {
      await using shell = await open();
      assert.match(await run(shell, 'foo(.'), /syntax error before/);
      // A scan error: the shell then asks for the rest of the line without echo.
      await run(shell, '2#9 bad rest. 5.');
      assert.match(await run(shell, '40 + 2.'), /\n42\n/);
      assert.match(await run(shell, '1 / 0.'), /bad argument|badarith|an error occurred when evaluating/);
      assert.match(await run(shell, '43.'), /\n43\n/);
    });

    it('completes modules, functions and what the release can', async () => {
      await using shell = await open();
      await run(shell, 'Telescope = 1.');
      shell.input('lists:ma\t');
      await untilShown(shell, /\n.*map\b.*max.*\n\(app@127\.0\.0\.1\)2> lists:ma$/);
      shell.input('\u0015lists:rever\t');
      await untilShown(shell, /> lists:reverse/);
      if (release === '25') return;
      shell.input('\u0015Teles\t');
      await untilShown(shell, /> Telescope$/);
    });

    it('prints formatted output of other processes while somebody types', async () => {
      await using shell = await open();
      await run(
        shell,
        'register(afar, spawn(fun() -> receive go -> io:format("from ~p ~ts~n", [afar, "日本"]) end end)).',
      );
      shell.input('length(');
      await untilShown(shell, /length\($/);
      await peer.eval('afar ! go');
      await untilShown(shell, /\nfrom afar 日本\n\(app@127\.0\.0\.1\)2> length\($/);
    });

    it('shows help and its own commands', async () => {
      await using shell = await open();
      assert.match(await run(shell, 'h(lists, map).'), /map\(Fun, List1\)/);
      assert.match(await run(shell, 'f().'), /\nok\n/);
    });

    it('hides what is typed as a password', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      shell.input('io:get_password(group_leader()).\r');
      await untilState(shell, 'asking');
      shell.input('secret\r');
      await untilShown(shell, /\n"secret"\n/);
      const shown = (shell.outputSince(0) ?? []).map((chunk) => chunk.data).join('');
      assert.equal(shown.split('secret').length, 2, 'only the result shows it');
    });

    it('ends with Ctrl-D and exit(), and the node lives', async () => {
      const byKey = await open();
      await untilState(byKey, 'idle');
      byKey.input('\u0004');
      assert.deepEqual(await byKey.closed, { reason: 'closed' });
      const byCommand = await open();
      await untilState(byCommand, 'idle');
      byCommand.input('exit().\r');
      assert.deepEqual(await byCommand.closed, { reason: 'the shell ended' });
      assert.equal(await peer.eval('1 + 1.'), '2');
      await waitForClean();
    });

    it('leaves nothing behind when it is closed, idle or busy', async () => {
      const idle = await open();
      await untilState(idle, 'idle');
      await idle.close();
      await waitForClean();
      const busy = await open();
      await untilState(busy, 'idle');
      busy.input('timer:sleep(infinity).\r');
      await untilState(busy, 'busy');
      await busy.close();
      await waitForClean();
    });

    it('is gone when our node is gone', async () => {
      const guest = await startNode({
        name: 'guest@127.0.0.1',
        cookie,
        hidden: true,
        epmd: 'system',
        epmdPort: epmd.port,
      });
      const shell = await openShell({
        node: guest,
        target: 'app@127.0.0.1',
        kind: 'erl',
        cols: 80,
        rows: 24,
      });
      await untilState(shell, 'idle');
      await guest.close();
      await waitForClean();
    });

    it('takes ten megabytes in one piece and a flood in many, and stays usable', async () => {
      await using shell = await open();
      await run(shell, 'io:put_chars(lists:duplicate(100000, lists:duplicate(99, $x) ++ "\\n")).');
      assert.match(await untilShown(shell, /\nok\n.*2>$/, 60_000), /x{79}/);
      await run(shell, '[io:put_chars("line\\n") || _ <- lists:seq(1, 2000)], done.');
      await untilShown(shell, /\ndone\n/);
      assert.match(await run(shell, '1 + 1.'), /\n2\n/);
    });

    it('says so when the node has no such shell, and takes the one it has', async () => {
      await assert.rejects(openShell({ node, target: 'app@127.0.0.1', kind: 'ts', cols: 80, rows: 24 }), {
        code: 'SHELL_UNAVAILABLE',
      });
      await using found = await openShell({
        node,
        target: 'app@127.0.0.1',
        kind: 'auto',
        cols: 80,
        rows: 24,
      });
      assert.equal(found.kind, 'erl');
    });

    it('goes on where it was when a lost connection is back', async () => {
      await using shell = await open();
      await untilState(shell, 'idle');
      await run(shell, 'Kept = 40.');
      shell.input('timer:sleep(300), io:format("out~n"), Kept + 2.\r');
      await untilState(shell, 'busy');
      node.disconnect('app@127.0.0.1');
      assert.match(await untilShown(shell, /\n42\n/), /again\]\nout\n42\n/);
      assert.match(await run(shell, 'Kept * 2.'), /\n80\n/);
    });
  });
}
