/** Shells that another session goes on with: what they evaluate, remember and ask is on their node. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node } from '@convoy/node';
import { resumeShell, type ShellSession } from '@convoy/shell';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import { ShellScene } from '../../support/erlang/shell-scene.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';

/** Anchors of shells, which run an interpreted function. */
const leftOvers = `
  [P || P <- processes(), {initial_call, {erl_eval, _, _}} <- [process_info(P, initial_call)]]`;

const size = { cols: 80, rows: 24 };

/** Leaves a shell, as a process that is about to end. Resolves with what it kept of it. */
function leave(shell: ShellSession, node: Node): { readonly handle: string; readonly screen: string } {
  const { handle } = shell;
  assert.ok(handle !== undefined);
  const { data } = shell.snapshot();
  shell.leave();
  node.disconnect(shell.target);
  return { handle, screen: data };
}

for (const release of testedReleases()) {
  describe(`an Erlang shell of OTP ${release} that was left`, { skip: missingPeer(release) }, () => {
    const scene = new ShellScene({ release, peerKind: 'erl', leftOvers });

    it('goes on in another session, of another node, with its variables and its screen', async () => {
      const node = await scene.cluster.own('first', { hidden: true });
      const first = await scene.open({ node });
      assert.match(await run(first, 'Kept = 40 + 1.'), /\n41\n/);
      const left = leave(first, node);
      assert.deepEqual(await first.closed, { reason: 'it was left' });
      await node.close();
      const { viewer, target } = scene;
      const firstSeq = 1_000_000;
      await using second = await resumeShell({
        node: viewer,
        target,
        ...size,
        ...left,
        id: 'kept',
        firstSeq,
      });
      assert.deepEqual([second.id, second.kind], ['kept', 'erl']);
      assert.match(await run(second, 'Kept + 1.'), /\n41\n[^]*reconnected to app@127\.0\.0\.1[^]*\n42\n/);
      assert.ok(second.snapshot().seq >= firstSeq);
      assert.equal(second.outputSince(3), undefined, 'chunks of the first are not those of the second');
      await second.close();
      await scene.waitForClean();
    });

    it('keeps evaluating meanwhile, and shows what was printed', async () => {
      const node = await scene.cluster.own('second', { hidden: true });
      const first = await scene.open({ node });
      await waitForState(first, 'idle');
      first.input('register(waiter, self()), receive go -> io:format("went ~p~n", [on]) end.\r');
      await waitForState(first, 'busy');
      await eventually('the evaluator to wait', 30_000, async () => {
        return (await scene.peer.eval('whereis(waiter)')) !== 'undefined';
      });
      const left = leave(first, node);
      await scene.peer.eval('waiter ! go');
      const { viewer, target } = scene;
      await using second = await resumeShell({ node: viewer, target, ...size, ...left });
      await waitForScreen(second, /\nwent on\n/);
      await second.close();
      await node.close();
    });

    it('is refused once it has ended, and when the handle is none of its node', async () => {
      const { viewer, target } = scene;
      const ended = await scene.open();
      const { handle = '' } = ended;
      await ended.close();
      for (const one of [handle, 'erl.AAAA', 'ts.AAAA', '', 'x'.repeat(5000)]) {
        const resumed = resumeShell({ node: viewer, target, ...size, handle: one });
        await assert.rejects(resumed, { code: 'SHELL_CLOSED' });
      }
      await using other = await scene.cluster.erlang('other', { release });
      const foreign = resumeShell({ node: viewer, target: other.name, ...size, handle });
      await assert.rejects(foreign, { code: 'SHELL_CLOSED' });
    });
  });
}

describe('an IEx shell that was left', { skip: missingPeer('25', 'elixir') }, () => {
  const scene = new ShellScene({ release: '25', peerKind: 'elixir', leftOvers: '[]' });

  it('goes on in another session, and ends with it', async () => {
    const node = await scene.cluster.own('first', { hidden: true });
    const first = await scene.open({ node });
    await run(first, 'kept = 40 + 1');
    const before = first.shell;
    const left = leave(first, node);
    const { viewer, target } = scene;
    await using second = await resumeShell({ node: viewer, target, ...size, ...left });
    assert.deepEqual([second.kind, second.shell], ['iex', before]);
    assert.match(await run(second, 'kept + 1'), /\n42\n/);
    await second.close();
    assert.equal(
      await scene.peer.eval(`Process.alive?(:erlang.list_to_pid(~c"<0.${before.id}.0>"))`),
      'false',
    );
    await node.close();
  });

  it('has no handle if it is a TypeScript shell', async () => {
    const { installShell } = await import('@convoy/shell/evaluator');
    const own = await scene.cluster.own('typescript');
    installShell(own);
    await using shell = await scene.open({ target: own.name, kind: 'ts' });
    assert.equal(shell.handle, undefined);
    shell.leave();
    assert.match(await run(shell, '1 + 1'), /\n2\n/);
  });
});
