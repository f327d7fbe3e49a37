/** Nodes that are launched from releases: the start script of the release runs, and Convoy gives it name and cookie. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LaunchView, NodeView } from '@convoy/console/protocol';
import { runConvoy } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { ElixirRelease, shopVersion } from '../../../support/releases/elixir-release.ts';
import { ErlangRelease } from '../../../support/releases/erlang-release.ts';

const skip = missingPeer('25', 'elixir');

/** What the system shows every user of the processes of nodes: their arguments. */
function argumentsOf(lives: ConsoleLives): string {
  return lives
    .processes()
    .map((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '))
    .join('\n');
}

async function refused(lives: ConsoleLives, body: object): Promise<string> {
  const { json, status, text } = await lives.client.ask('/api/nodes', { body });
  assert.equal(status, 400, text);
  assert.equal(json.error.code, 'PROVIDER_BAD_PROGRAM');
  return `${json.error.message}. ${json.error.remedy}`;
}

async function joinedWith(lives: ConsoleLives, { name }: NodeView, other: NodeView): Promise<void> {
  await eventually(`${name} to be connected to ${other.name}`, 60_000, async () => {
    return (await lives.node(name))?.peers.includes(other.name) === true;
  });
}

describe('a release of Elixir', { skip }, () => {
  let release: ElixirRelease;
  let lives: ConsoleLives;
  before(async () => {
    release = await ElixirRelease.build();
    lives = await ConsoleLives.start({ HOME: release.project });
  });
  after(async () => {
    await lives?.[Symbol.asyncDispose]();
    release?.[Symbol.dispose]();
  });

  test('is started with the name, cookie and variables of its launch, and joins the others', async () => {
    const other = await lives.launch({ kind: 'erlang' });
    const variables = { SHOP_GREETING: 'hello' };
    const { folder: program, project } = release;
    const shop = await lives.launch({ kind: 'elixir', name: 'shop-1', program, variables });
    assert.deepEqual([shop.name, shop.kind, shop.status], ['shop-1@127.0.0.1', 'elixir', 'up']);
    const line = `^shop starts as shop-1@127\\.0\\.0\\.1, HOME is ${project}, greeting hello$`;
    await lives.waitForLine(shop.name, new RegExp(line));
    await lives.waitForLine(shop.name, /^Elixir node shop-1@127\.0\.0\.1 is up on port \d+$/);
    await joinedWith(lives, shop, other);
    const cookie = readFileSync(join(lives.dataDir, 'cookie'), 'utf8').trim();
    const own = readFileSync(join(program, 'releases/COOKIE'), 'utf8');
    const shown = argumentsOf(lives);
    assert.match(shown, /-setcookie see_cookie_file/);
    assert.ok(!shown.includes(cookie) && !shown.includes(own), 'no cookie is in the arguments');
    for (const node of [shop, other]) await lives.delete(node.name);
    await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
  });

  test('has a shell of IEx, in which its modules are', async () => {
    const { name } = await lives.launch({ kind: 'elixir', program: join(release.folder, 'bin/shop') });
    await using live = await lives.client.live();
    live.send({ type: 'shell.open', requestId: 'shop', node: name, cols: 80, rows: 24 });
    const { shell } = await live.message('shell.opened');
    live.type(shell.id, 'IO.puts("#{Application.spec(:shop, :vsn)} #{:code.get_mode()}")\r');
    await live.message('shell.output', ({ data }) => data.includes(`${shopVersion} embedded`));
    await lives.delete(name);
  });

  test('ends with the console that is killed, and lives on if it was launched so', async () => {
    const { folder: program } = release;
    const kept = await lives.launch({ kind: 'elixir', name: 'kept', program, keep: true, memoryMb: 1024 });
    const mortal = await lives.launch({ kind: 'elixir', name: 'mortal', program, memoryMb: 1024 });
    await lives.end('SIGKILL');
    await eventually('the other to end', 30_000, () => !lives.processes().includes(mortal.osPid ?? 0));
    assert.ok(lives.processes().includes(kept.osPid ?? 0));
    await lives.next();
    const view = await lives.waitFor(kept.name, 'up');
    assert.equal(view.osPid, kept.osPid);
    await lives.delete(kept.name);
    await eventually('nothing to be left', 30_000, () => lives.processes().length === 0);
  });

  test('is what the command takes, with a path of the current folder', async () => {
    const words = ['launch', 'elixir', 'asked', '--program', '_build/prod/rel/shop'];
    const { code, stderr } = await runConvoy([...words, '--data-dir', lives.dataDir], {
      folder: release.project,
    });
    assert.equal(code, 0, stderr);
    await lives.delete('asked@127.0.0.1');
  });

  test('is refused before anything starts if it is none, or of another kind', async () => {
    const { folder, project } = release;
    const none = await refused(lives, { kind: 'elixir', program: project });
    assert.match(
      none,
      /^this computer has no release in .*: the file releases\/start_erl\.data is missing\. Give/,
    );
    const wrong = await refused(lives, { kind: 'erlang', program: folder });
    assert.match(wrong, /shop was made by mix release\. Launch it as an Elixir node\.$/);
  });
});

describe('a release that names its node itself', { skip }, () => {
  test('is not taken for another node: the launch fails and says why', async () => {
    using release = await ElixirRelease.build({ envScript: 'export RELEASE_NODE=mine@127.0.0.1\n' });
    await using lives = await ConsoleLives.start();
    const { json } = await lives.client.ask('/api/nodes', {
      body: { kind: 'elixir', name: 'shop', program: release.folder },
    });
    const { lastOutput, status } = await lives.waitFor((json as LaunchView).node, 'failed');
    assert.equal(status, 'failed');
    assert.match(
      lastOutput.join('\n'),
      /The release calls its node mine@127\.0\.0\.1 instead of shop@127\.0\.0\.1/,
    );
  });
});

describe('a release of Erlang', { skip }, () => {
  test('is started in the foreground, without the short name and the cookie of its vm.args', async () => {
    using release = new ErlangRelease();
    await using lives = await ConsoleLives.start({ HOME: release.folder });
    for (const keep of [false, true]) {
      const program = release.folder;
      const till = await lives.launch({ kind: 'erlang', program, keep, memoryMb: 1024 });
      await lives.waitForLine(
        till.name,
        new RegExp(`^till starts as ${till.name}, HOME is ${release.folder}$`),
      );
      assert.doesNotMatch(argumentsOf(lives), /till_cookie/);
    }
    const mortal = await lives.node('erlang-1@127.0.0.1');
    await lives.end('SIGKILL');
    await eventually('the other to end', 30_000, () => !lives.processes().includes(mortal?.osPid ?? 0));
    await lives.next();
    await lives.waitFor('erlang-2@127.0.0.1', 'up');
    await lives.delete('erlang-2@127.0.0.1');
  });
});
