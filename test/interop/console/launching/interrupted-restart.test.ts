/** A console that ends while it restarts a kept node: the next one finishes that, or says why it cannot. */

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { runsOf } from '../../../support/extent.ts';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { HostLives } from '../../../support/launching/host-lives.ts';
import { missingSshd } from '../../../support/network/ssh-server.ts';
import { killIfThere } from '../../../support/processes.ts';
import { mayTake } from '../../../support/time-limit.ts';

const rounds = runsOf(12);
const variables = { SAYS: 'a-value-that-the-next-console-has-to-know' };

/** What the store has of restarts that are under way. */
function pendingIn({ dataDir }: ConsoleLives): string[] {
  using database = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
  return database
    .prepare('select node from pending_restarts')
    .all()
    .map(({ node }) => String(node));
}

/** Has the console restart a node whose process does not end, and resolves once the console has saved that and stops the node. */
async function beginRestart(
  lives: ConsoleLives,
  { name, osPid }: NodeView,
  processes: readonly (number | undefined)[] = [osPid],
): Promise<void> {
  assert.ok(processes.length > 0);
  for (const id of processes) {
    // The process id 0 would mean this process.
    assert.ok(id !== undefined && id > 1);
    process.kill(id, 'SIGSTOP');
  }
  lives.client.ask(`/api/nodes/${name}/restart`, { method: 'POST' }).catch(() => undefined);
  await eventually('the restart to be saved', 30_000, () => pendingIn(lives).includes(name));
  await lives.waitFor(name, 'stopping');
}

/** Waits until a node runs again, as another process with the same variables. */
async function assertRestarted(lives: ConsoleLives, { name, osPid }: NodeView): Promise<NodeView> {
  const again = await lives.waitFor(name, 'up');
  assert.notEqual(again.osPid, osPid);
  assert.equal(again.keep, true);
  const { json } = await lives.client.ask(`/api/nodes/${name}/restart`, { method: 'POST' });
  assert.equal(json.node, name, 'the console knows how it is launched');
  await eventually('the restart to be forgotten', 30_000, () => pendingIn(lives).length === 0);
  return lives.waitFor(name, 'up');
}

describe('a console that ends while it restarts a node', { skip: missingPeer() }, () => {
  test('between stopping and launching it, leaves the launch to the next one', async () => {
    await using lives = await ConsoleLives.start();
    const first = await lives.launch({ kind: 'erlang', keep: true, name: 'again', variables });
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const before = (await lives.node(first.name)) ?? first;
      await beginRestart(lives, before);
      const ended = lives.end(signal);
      // A console that is asked to end waits for the node, which ends now, and must not launch it any more.
      if (signal === 'SIGKILL') await ended;
      killIfThere(before.osPid ?? 0);
      await ended;
      assert.deepEqual(pendingIn(lives), [first.name], signal);
      await lives.next();
      await assertRestarted(lives, before);
    }
    await lives.delete(first.name);
    await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
  });

  test('before it has stopped it, leaves the whole restart to the next one', async () => {
    await using lives = await ConsoleLives.start();
    const view = await lives.launch({ kind: 'typescript', keep: true, name: 'again', variables });
    const { name, osPid = 0 } = view;
    await lives.end('SIGKILL');
    const request = { kind: 'typescript', keep: true, join: true, name: 'again', variables };
    {
      using database = new DatabaseSync(join(lives.dataDir, 'store.sqlite'));
      database.prepare('insert into pending_restarts (node, os_pid) values (?, ?)').run(name, osPid);
      const secret = database.prepare("insert into secrets (owner, name, value) values (?, 'request', ?)");
      secret.run(`restart ${name}`, JSON.stringify({ ...request, place: { key: 'local', kind: 'local' } }));
    }
    await lives.next();
    await eventually('another process', 60_000, async () => {
      const now = await lives.node(name);
      return now?.status === 'up' && now.osPid !== osPid;
    });
    await eventually('the restart to be forgotten', 30_000, () => pendingIn(lives).length === 0);
    await lives.delete(name);
  });

  test('says so when the next one cannot launch it, and the row can be launched again or deleted', async () => {
    await using lives = await ConsoleLives.start();
    const view = await lives.launch({ kind: 'erlang', keep: true, name: 'again', variables });
    const { name } = view;
    await beginRestart(lives, view);
    await lives.end('SIGKILL');
    killIfThere(view.osPid ?? 0);
    {
      using database = new DatabaseSync(join(lives.dataDir, 'store.sqlite'));
      database.exec(
        `update secrets set value = replace(value, '"erlang"', '"elixir"') where name = 'request'`,
      );
      database.exec(`update secrets set value = replace(value, '"join"', '"program":"/no/such.exs","join"')
        where name = 'request'`);
    }
    await lives.next();
    const failed = await lives.waitFor(name, 'failed');
    assert.match(failed.problem?.message ?? '', /again/);
    assert.deepEqual(pendingIn(lives), []);
    await lives.delete(name);
    assert.equal(await lives.node(name), undefined);
  });

  test('at some moment, loses no node and leaves none behind', async (t) => {
    mayTake(t, { seconds: 150 * rounds, because: 'a node that was not told to live on ends after a minute' });
    await using lives = await ConsoleLives.start();
    let { name } = await lives.launch({ kind: 'erlang', keep: true, name: 'again', variables });
    for (let round = 0; round < rounds; round += 1) {
      void lives.client.ask(`/api/nodes/${name}/restart`, { method: 'POST' }).catch(() => undefined);
      await someMoment(round);
      await lives.end('SIGKILL');
      await lives.next();
      let view: NodeView | undefined;
      await eventually(
        () => `${name} to be up: ${JSON.stringify(view)}`,
        120_000,
        async () => {
          view = await lives.node(name);
          return view?.status === 'up' && pendingIn(lives).length === 0;
        },
      );
      // A node that was not restarted was launched by an earlier console: only its own knows how.
      await lives.delete(name);
      await eventually('nothing to be left', 120_000, () => lives.processes().length === 0);
      ({ name } = await lives.launch({ kind: 'erlang', keep: true, name: 'again', variables }));
    }
  });
});

describe('on an SSH host', { skip: missingPeer() || (missingSshd() ?? false) }, () => {
  test('a console that is killed while it restarts the only node there leaves the launch to the next one', async () => {
    await using scene = await HostLives.start();
    const { lives } = scene;
    const key = await scene.connect();
    const view = await lives.launch({ kind: 'erlang', keep: true, name: 'again', place: { key }, variables });
    await beginRestart(lives, view, scene.processes());
    await lives.end('SIGKILL');
    for (const id of scene.processes()) killIfThere(id);
    await lives.next();
    const again = await lives.waitFor(view.name, 'up');
    assert.deepEqual([again.place.key, again.keep], [key, true]);
    await eventually('the restart to be forgotten', 30_000, () => pendingIn(lives).length === 0);
    await lives.delete(view.name);
  });
});

/** Resolves at some moment of the first two seconds, at another one in each round. */
function someMoment(round: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, (round * 337) % 2000);
  return promise;
}
