/** Shells of real nodes whose code and users attack the viewers. */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { after, before, describe } from 'node:test';
import type { Node } from '@convoy/node';
import { openShell, type ShellSession } from '@convoy/shell';
import { attack } from '../../support/attack.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';

const cookie = 'shell-hostile';

describe('an Erlang shell of a hostile node', { skip: missingPeer('25') }, () => {
  let cluster: ErlangCluster;
  let node: Node;

  before(async () => {
    cluster = await ErlangCluster.start({ cookie });
    await cluster.erlang('app');
    node = await cluster.own('viewer', { hidden: true });
  });

  after(() => cluster?.[Symbol.asyncDispose]());

  const open = (): Promise<ShellSession> =>
    openShell({ node, target: 'app@127.0.0.1', kind: 'erl', cols: 80, rows: 24 });

  attack(
    'Node output',
    'a prompt of 150,000 characters is shown cut short, and can be answered',
    async () => {
      await using shell = await open();
      await waitForState(shell, 'idle');
      shell.input('io:get_line(lists:duplicate(150000,$p)).\r');
      await waitForState(shell, 'asking');
      assert.ok((await waitForScreen(shell, /p{30}…p{30}/)).length < 4000);
      shell.input('an answer\r');
      await waitForScreen(shell, /\n"an answer\\n"\n/);
      assert.match(await run(shell, '1 + 1.'), /\n2\n/);
    },
  );

  attack('Node output', 'a prompt of 150,000 digits costs no time that grows with their square', async () => {
    await using shell = await open();
    await waitForState(shell, 'idle');
    const before = performance.eventLoopUtilization();
    shell.input('io:request({get_until,unicode,lists:duplicate(150000,$1),erl_scan,tokens,[1]}).\r');
    await waitForState(shell, 'asking');
    shell.input('x.\r');
    await waitForScreen(shell, /\{ok,\[\{atom/);
    assert.ok(performance.eventLoopUtilization(before).active < 5000);
  });

  attack(
    'Node output',
    'scrolling by 9,999 lines, 9,000 times, reaches viewers in pieces of bounded work',
    async () => {
      await using shell = await open();
      await waitForState(shell, 'idle');
      const chunks: string[] = [];
      shell.onOutput(({ data }) => chunks.push(data));
      await run(shell, 'io:put_chars(lists:duplicate(9000, "\\e[9999S")).');
      await waitForScreen(shell, /2> ?$/, 60_000);
      const scrolls = chunks.map((data) => data.match(/\u001b\[\d+S/g) ?? []);
      assert.ok(scrolls.flat().every((scroll) => scroll === '\u001b[24S'));
      assert.equal(scrolls.flat().length, 9000);
      assert.ok(scrolls.every((piece) => piece.length * 24 * 104 < 512 * 1024));
    },
  );

  attack(
    'Node output',
    '60 MB of output from a process that does not wait for replies is dropped beyond a limit',
    async () => {
      await using shell = await open();
      await run(shell, 'Big = binary:copy(<<"0123456789abcde\\n">>, 250000).');
      const flood =
        '[group_leader() ! {io_request, self(), make_ref(), {put_chars, unicode, Big}} || _ <- lists:seq(1, 15)]';
      shell.input(`${flood}, flooded.\r`);
      await waitForScreen(shell, /\[output omitted\]/, 60_000);
      assert.match(await run(shell, '1 + 1.'), /\n2\n/);
    },
  );

  attack('Input', 'the unread rest of a paste is shown at the next prompt, and Ctrl-C drops it', async () => {
    await using shell = await open();
    await waitForState(shell, 'idle');
    shell.input('\u001b[200~1.\r2 +\r\u001b[201~\r');
    await waitForScreen(shell, /\n1\n\(app@127\.0\.0\.1\)2> 2 \+\n +\.\.$/);
    shell.input('\u0003');
    await waitForState(shell, 'idle');
    assert.match(await run(shell, '7 + 7.'), /\n14\n\(app@127\.0\.0\.1\)\d> ?$/);
  });
});

describe('IEx whose input was pasted', { skip: missingPeer('25', 'elixir') }, () => {
  attack('Input', 'the rest of a paste that IEx leaves unread is shown, and Ctrl-C drops it', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    await using _peer = await cluster.erlang('app', { kind: 'elixir' });
    await using node = await cluster.own('viewer', { hidden: true });
    await using shell = await openShell({ node, target: 'app@127.0.0.1', kind: 'iex', cols: 80, rows: 24 });
    await waitForState(shell, 'idle');
    shell.input('\u001b[200~1\r2 +\r\u001b[201~\r');
    await waitForScreen(shell, /\n1\niex\(app@127\.0\.0\.1\)2> 2 \+\n\.\.\.\(app@127\.0\.0\.1\)2>$/);
    shell.input('\u0003');
    await waitForState(shell, 'idle');
    await waitForScreen(shell, /\niex\(app@127\.0\.0\.1\)\d>$/);
    assert.match(await run(shell, '7 + 7'), /\n14\niex\(app@127\.0\.0\.1\)\d>$/);
  });
});
