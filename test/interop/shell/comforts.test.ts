/** What makes shells of real nodes pleasant: colours of IEx, a history that lasts, a word at once when the node is gone. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openHistory, type ShellSession } from '@convoy/shell';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { ShellScene } from '../../support/erlang/shell-scene.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';

function printed(shell: ShellSession): string {
  return (shell.outputSince(0) ?? []).map(({ data }) => data).join('');
}

for (const release of testedReleases()) {
  describe(`comforts of IEx on OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    const scene = new ShellScene({ release, peerKind: 'elixir', leftOvers: '[]' });

    it('colours results and errors, and leaves the settings of the node alone', async () => {
      await using shell = await scene.open();
      await run(shell, '[:ok, "text", nil]');
      await run(shell, 'IO.puts(":printed"); :done');
      await run(shell, '1 / 0');
      await run(shell, 'raise "boom"');
      const text = printed(shell);
      assert.ok(
        text.includes('[\u001b[36m:ok\u001b[39m, \u001b[32m"text"\u001b[39m, \u001b[35mnil\u001b[39m]'),
        text,
      );
      assert.ok(text.includes('\r\n:printed\r\n\u001b[36m:done\u001b[39m'), text);
      assert.match(text, /\u001b\[31m\*\* \(ArithmeticError\)/);
      assert.match(text, /\u001b\[31m\*\* \(RuntimeError\) boom/);
      assert.equal(
        await scene.peer.eval('{IO.ANSI.enabled?(), Application.get_env(:iex, :colors, [])[:enabled]}'),
        '{false, nil}',
      );
    });

    it('has no colours where the node turned them off', async () => {
      await scene.peer.eval('Application.put_env(:iex, :colors, enabled: false)');
      await using shell = await scene.open();
      await run(shell, ':plain');
      assert.match(printed(shell), /\r\n:plain\r\n/);
      await scene.peer.eval('Application.delete_env(:iex, :colors)');
    });

    it('recalls what earlier sessions entered, but no password', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'convoy-history-'));
      try {
        await using first = await scene.open({ history: openHistory(folder) });
        await run(first, 'kept = 40 + 2');
        first.input(':io.get_password(Process.group_leader())\r');
        await waitForState(first, 'asking');
        first.input('hush-hush\r');
        await waitForState(first, 'idle');
        first.input('IO.gets("name? ")\r');
        await waitForScreen(first, /\nname\?$/);
        first.input('Ada\r');
        await waitForState(first, 'idle');
        await first.close();
        const file = await readFile(join(folder, 'iex.jsonl'), 'utf8');
        assert.equal(file.includes('hush-hush') || file.includes('Ada'), false);
        await using second = await scene.open({ history: openHistory(folder) });
        await waitForState(second, 'idle');
        second.input('\u0012kept\r');
        await waitForScreen(second, /1> kept = 40 \+ 2\n42\n/);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    it('leaves the search of the history by Escape', async () => {
      await using shell = await scene.open({ history: ['needle'] });
      await waitForState(shell, 'idle');
      shell.input('draft\u0012need');
      await waitForScreen(shell, /\(reverse-i-search\)'need': needle$/);
      shell.input('\u001b');
      await waitForScreen(shell, /1> draft$/);
    });

    it('ends at once with the reason when its node is known to be gone', async () => {
      const shell = await scene.open();
      await waitForState(shell, 'idle');
      const sudden = shell.close({ reason: 'the node has stopped', isNodeGone: true });
      assert.deepEqual(await shell.closed, { reason: 'the node has stopped' });
      await sudden;
    });

    it('ends with its node, which is not waited for once its EPMD does not know it', async () => {
      const target = 'brief@127.0.0.1';
      await using peer = await scene.cluster.erlang(target, { kind: 'elixir' });
      const shell = await scene.open({ target, resumeMs: 600_000 });
      await waitForState(shell, 'idle');
      shell.input('System.halt(0)\r');
      assert.deepEqual(await shell.closed, { reason: `${target} is no longer running` });
      assert.match(
        printed(shell),
        /was lost; reconnecting\][\s\S]*\[brief@127\.0\.0\.1 is no longer running\]/,
      );
      await peer.exited();
    });
  });
}
