/** Nodes of this computer that live on when the console stops, and those that do not, whatever ends the console. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { EpmdClient } from '@convoy/node/epmd';
import { startNode } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import type { LaunchView, NodeView } from '@convoy/console/protocol';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { onlyInAll } from '../../../support/extent.ts';
import { mayTake } from '../../../support/time-limit.ts';
import { killIfThere } from '../../../support/processes.ts';

const kinds = ['erlang', 'elixir', 'typescript'] as const;

const isAlive = ({ osPid }: NodeView): boolean => existsSync(`/proc/${osPid}`);

const foldersOf = ({ dataDir }: ConsoleLives): string[] => readdirSync(join(dataDir, 'nodes'));

/** Has the worker of each node print a line. */
async function ping(lives: ConsoleLives, names: readonly string[]): Promise<void> {
  await using sender = await startNode({
    name: 'sender@127.0.0.1',
    cookie: readFileSync(join(lives.dataDir, 'cookie'), 'utf8'),
    hidden: true,
    epmd: 'system',
    epmdPort: lives.epmdPort,
  });
  for (const name of names) {
    await sender.connect(name);
    sender.send({ name: 'convoy_worker', node: name }, atom('ping'));
  }
  for (const name of names) await lives.waitForLine(name, new RegExp(`^Received ping on node ${name}$`));
}

/** Waits until the EPMD of the console knows the nodes: it was gone with the console before. */
async function registered(lives: ConsoleLives, names: readonly string[]): Promise<void> {
  const client = new EpmdClient({ port: lives.epmdPort });
  for (const name of names) {
    const { name: short } = splitNodeName(name);
    await eventually(`${name} in EPMD`, 60_000, async () => (await client.lookup(short)) !== undefined);
  }
}

/** Changes the store while no console runs. */
function inStore(lives: ConsoleLives, statement: string): void {
  const db = new DatabaseSync(join(lives.dataDir, 'store.sqlite'));
  db.exec(statement);
  db.close();
}

describe('a kept node', { skip: missingPeer('25', 'elixir') }, () => {
  test('lives on when the console is killed or stopped, and is adopted with its log', async (context) => {
    mayTake(context, { seconds: 60, because: 'six nodes start, and three consoles one after another' });
    await using lives = await ConsoleLives.start();
    const kept = await Promise.all(kinds.map((kind) => lives.launch({ kind, keep: true })));
    const mortal = await Promise.all(kinds.map((kind) => lives.launch({ kind, name: `mortal-${kind}` })));
    const names = kept.map(({ name }) => name);
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await lives.end(signal);
      await eventually('the others to end', 30_000, () => !mortal.some(isAlive));
      assert.ok(kept.every(isAlive), signal);
      await lives.next();
      for (const { name, osPid } of kept) {
        // Another one that was adopted before may name it as its peer.
        await eventuallyEqual(async () => (await lives.node(name))?.origin, 'launched');
        const view = await lives.waitFor(name, 'up');
        assert.deepEqual([view.place.key, view.osPid], ['local', osPid]);
        await lives.waitForLine(name, new RegExp(`node ${name} is up on port \\d+`));
      }
      await registered(lives, names);
      if (signal === 'SIGKILL') await ping(lives, names);
    }
    assert.equal(foldersOf(lives).length, kept.length);
    for (const name of names) {
      await lives.waitForLine(name, /^Received ping/);
      await lives.delete(name);
    }
    await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
    assert.deepEqual(foldersOf(lives), []);
  });

  test('that is killed counts as crashed, whichever console launched it', async () => {
    await using lives = await ConsoleLives.start();
    const [one, other] = [
      await lives.launch({ kind: 'erlang', keep: true }),
      await lives.launch({ kind: 'erlang', keep: true }),
    ];
    killIfThere(one.osPid ?? 0);
    const crashed = await lives.waitFor(one.name, 'crashed');
    assert.match(crashed.problem?.message ?? '', /SIGKILL/);
    await lives.end('SIGKILL');
    await lives.next();
    await lives.waitFor(other.name, 'up');
    killIfThere(other.osPid ?? 0);
    const second = await lives.waitFor(other.name, 'crashed');
    assert.match(second.problem?.message ?? '', /SIGKILL/);
    assert.match(second.lastOutput.join('\n'), /is up on port/);
    // The first had ended before this console started, which has forgotten it, with its folder.
    assert.equal(await lives.node(one.name), undefined);
    assert.equal(foldersOf(lives).length, 1);
    await lives.delete(other.name);
    assert.deepEqual(foldersOf(lives), []);
  });

  test('that was not to join the others is left alone by the next console, too', async () => {
    await using lives = await ConsoleLives.start();
    const { name } = await lives.launch({ kind: 'erlang', keep: true, join: false });
    await lives.end('SIGTERM');
    await lives.next();
    assert.equal((await lives.waitFor(name, 'up')).join, false);
    const other = await lives.launch({ kind: 'erlang' });
    await eventually(
      'both to be probed',
      30_000,
      async () => (await lives.node(name))?.memoryBytes !== undefined,
    );
    assert.deepEqual((await lives.node(name))?.peers, []);
    assert.deepEqual((await lives.node(other.name))?.peers, []);
  });
});

test(
  'a kept node whose console is killed while it is launched ends by itself, or is adopted',
  { skip: onlyInAll(missingPeer()) },
  async (context) => {
    mayTake(context, { seconds: 240, because: 'a node that is not told to live on ends after a minute' });
    await using lives = await ConsoleLives.start();
    for (const step of ['start', 'register', 'answer'] as const) {
      const { json } = await lives.client.ask('/api/nodes', { body: { kind: 'erlang', keep: true } });
      const { id, node } = json as LaunchView;
      await eventually(`the step ${step}`, 30_000, async () => {
        const { steps } = (await lives.client.ask(`/api/launches/${id}`)).json as LaunchView;
        return steps.some((one) => one.name === step && one.state === 'done');
      });
      await lives.end('SIGKILL');
      await lives.next();
      let isAdopted = false;
      await eventually(`${node} to end or to be adopted`, 120_000, async () => {
        isAdopted = (await lives.node(node))?.status === 'up';
        return isAdopted || lives.processes().length === 0;
      });
      if (isAdopted) await lives.delete(node);
      await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
      assert.deepEqual(foldersOf(lives), []);
    }
  },
);

describe('a kept node of which something is lost', { skip: missingPeer('25', 'elixir') }, () => {
  test('is not adopted when its record is damaged or missing, and keeps its name', async () => {
    await using lives = await ConsoleLives.start();
    const [damaged, missing] = [
      await lives.launch({ kind: 'erlang', keep: true, name: 'damaged' }),
      await lives.launch({ kind: 'erlang', keep: true, name: 'missing' }),
    ];
    await lives.end('SIGKILL');
    inStore(
      lives,
      `update secrets set value = 'a-link-cookie-of-somebody-else' where name = 'link ${damaged.name}';
       delete from launched_nodes where name = '${missing.name}';`,
    );
    await lives.next();
    await eventually('the warning', 60_000, () => /damaged@127\.0\.0\.1/.test(lives.output()));
    for (const view of [damaged, missing]) {
      assert.ok(isAlive(view));
      assert.equal(await lives.node(view.name), undefined);
      const { name } = splitNodeName(view.name);
      const { json } = await lives.client.ask('/api/nodes', { body: { kind: 'erlang', name } });
      assert.equal(json.error.code, 'PROVIDER_NAME_TAKEN');
    }
    assert.equal(foldersOf(lives).length, 2);
  });

  test('is not taken for another process that has its process id by now', async () => {
    await using lives = await ConsoleLives.start();
    const { name, osPid } = await lives.launch({ kind: 'erlang', keep: true });
    await lives.end('SIGTERM');
    killIfThere(osPid ?? 0);
    await eventually('the node to end', 30_000, () => lives.processes().length === 0);
    const [folder = ''] = foldersOf(lives);
    const file = join(lives.dataDir, 'nodes', folder, 'process');
    const identity = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...identity, pid: process.pid }));
    await lives.next();
    await eventually('its folder to be removed', 30_000, () => foldersOf(lives).length === 0);
    assert.equal(await lives.node(name), undefined);
    const again = await lives.launch({ kind: 'erlang', name: splitNodeName(name).name });
    assert.equal(again.name, name);
  });

  test('is adopted all the same when it is its folder', async () => {
    await using lives = await ConsoleLives.start();
    const { name } = await lives.launch({ kind: 'typescript', keep: true });
    await lives.end('SIGKILL');
    rmSync(join(lives.dataDir, 'nodes'), { recursive: true });
    await lives.next();
    await lives.waitFor(name, 'up');
    await lives.delete(name);
    await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
  });
});
