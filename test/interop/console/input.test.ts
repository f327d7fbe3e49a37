/** Numbered input over the live socket of a real console, into a real erl shell. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { attack } from '../../support/attack.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveClient } from '../../support/console/live-client.ts';

describe('numbered input', { skip: missingPeer() }, () => {
  let convoy: ConsoleInProcess;
  let node: string;
  before(async () => {
    convoy = await startConsoleInProcess();
    node = await convoy.launch('erlang');
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  const client = 'a-page-of-the-test';
  async function openShell(live: LiveClient): Promise<string> {
    live.send({ type: 'shell.open', requestId: 'open', node, cols: 80, rows: 24, client });
    return (await live.message('shell.opened')).shell.id;
  }
  const shows = (live: LiveClient, shellId: string, pattern: RegExp): Promise<void> =>
    eventually(`${pattern} in the shell`, 30_000, () => pattern.test(live.shellText(shellId)));

  attack(
    'Input',
    'input sent again after a reconnect is typed once, and that of the old socket no more',
    async () => {
      await using old = await convoy.client.live();
      const shellId = await openShell(old);
      old.send({ type: 'shell.input', shellId, seq: 1, data: 'length("ab' });
      await old.message('shell.taken', ({ seq }) => seq === 1);
      await using live = await convoy.client.live();
      live.send({ type: 'shell.attach', requestId: 'back', shellId, afterSeq: 0, client });
      assert.equal((await live.message('shell.taken')).seq, 1);
      live.send({ type: 'shell.input', shellId, seq: 1, data: 'length("ab' });
      old.send({ type: 'shell.input', shellId, seq: 2, data: 'x' });
      assert.equal((await old.message('shell.refused')).problem.code, 'CONSOLE_INPUT_GAP');
      live.send({ type: 'shell.input', shellId, seq: 2, data: 'cd").\r' });
      await shows(live, shellId, /^4\r?$/m);
    },
  );

  attack(
    'Input',
    'a line with a gap is refused by the console and the shell waits for the rest',
    async () => {
      await using live = await convoy.client.live();
      const shellId = await openShell(live);
      live.send({ type: 'shell.input', shellId, seq: 1, data: 'length("ab' });
      live.send({ type: 'shell.input', shellId, seq: 3, data: 'ef").\r' });
      const refused = await live.message('shell.refused');
      assert.deepEqual([refused.seq, refused.taken, refused.problem.code], [3, 1, 'CONSOLE_INPUT_GAP']);
      live.send({ type: 'shell.input', shellId, seq: 2, data: 'cd' });
      live.send({ type: 'shell.input', shellId, seq: 3, data: 'ef").\r' });
      await shows(live, shellId, /^6\r?$/m);
    },
  );

  test('a shell reports when typed text is not shown', async () => {
    await using live = await convoy.client.live();
    const shellId = await openShell(live);
    await live.message('shell.echo', ({ echo }) => echo);
    live.send({ type: 'shell.input', shellId, seq: 1, data: 'io:get_password().\r' });
    await live.message('shell.echo', ({ echo }) => !echo);
    await using other = await convoy.client.live();
    other.send({ type: 'shell.attach', requestId: 'other', shellId });
    await other.message('shell.echo', ({ echo }) => !echo);
    live.send({ type: 'shell.input', shellId, seq: 2, data: 'hush\r' });
    await other.message('shell.echo', ({ echo }) => echo);
  });

  test('a shell whose page disappears before it opens is closed', async () => {
    await using live = await convoy.client.live();
    const before = (await live.message('welcome')).shells.length;
    {
      await using gone = await convoy.client.live();
      gone.send({ type: 'shell.open', requestId: 'gone', node, cols: 80, rows: 24 });
    }
    const shellId = await openShell(live);
    let seen: readonly string[] = [];
    await eventually(
      () => `one more than ${before} shells: ${seen.join()}`,
      30_000,
      async () => {
        await using other = await convoy.client.live();
        seen = (await other.message('welcome')).shells.map(({ id }) => id);
        return seen.length === before + 1 && seen.includes(shellId);
      },
    );
  });
});
