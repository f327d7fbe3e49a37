/** The commands on a node that `mix release` made: embedded mode, code without debug information, no tools of OTP. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type {
  ModuleDetailsView,
  NodeOverviewView,
  ProcessDetailsView,
  ProcessListView,
  TreeNodeView,
} from '@convoy/console/protocol';
import { ConvoyProcess } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { startTestEpmd } from '../../../support/erlang/test-epmd.ts';
import { eventually } from '../../../support/eventually.ts';
import { onlyInAll } from '../../../support/extent.ts';
import { AttachScene } from '../../../support/members/attach-scene.ts';
import { ElixirRelease } from '../../../support/releases/elixir-release.ts';

const name = 'shop@127.0.0.1';
const id = `prod:${name}`;
const cookie = 'inspected-release';

describe('the commands on an Elixir release', { skip: onlyInAll(missingPeer('25', 'elixir')) }, () => {
  const stack = new AsyncDisposableStack();
  let scene: AttachScene;
  let dataDir: string;

  before(async () => {
    const release = stack.use(await ElixirRelease.build());
    const epmdPort = stack.use(await startTestEpmd()).port;
    scene = stack.use(new AttachScene());
    ({ dataDir } = await scene.startConsole());
    stack.use(await release.start({ name, cookie, epmdPort }));
    const cookieFile = join(scene.home, 'prod.cookie');
    writeFileSync(cookieFile, cookie, { mode: 0o600 });
    const way = ['--epmd-port', String(epmdPort), '--cookie-file', cookieFile];
    const attached = await scene.run('attach', name, ...way, '--name', 'prod');
    assert.equal(attached.code, 0, attached.stderr);
  });
  after(() => stack.disposeAsync());

  test('show what it does, its processes, its tree and its modules', async () => {
    const { overview } = await scene.json<{ overview: NodeOverviewView }>('top', id);
    assert.match(overview.versions['elixir'] ?? '', /^1\./);
    assert.ok(overview.applications.some((one) => one.name === 'shop' && one.version === '1.4.0'));
    const { rows } = await scene.json<ProcessListView>('ps', id, '--sort', 'memory', '--limit', '5');
    assert.equal(rows.length, 5);
    const supervisor = await scene.json<ProcessDetailsView>('process', id, 'Shop.Supervisor', '--state');
    assert.match(supervisor.name ?? '', /Shop\.Supervisor/);
    assert.equal(typeof supervisor.state, 'string');
    const { tree } = await scene.json<{ tree: TreeNodeView }>('tree', id, 'shop');
    assert.deepEqual([tree.pid, tree.kind], [supervisor.pid, 'supervisor']);
    const shop = await scene.json<ModuleDetailsView>('modules', id, 'Shop', '--doc', 'start/2');
    assert.ok(shop.exports.items.includes('start/2'));
    // A release has no documentation, and that is said for the documentation alone.
    assert.ok(shop.docs !== undefined && 'problem' in shop.docs, JSON.stringify(shop.docs));
    for (const words of [['ets'], ['ports'], ['names'], ['groups'], ['modules', '--old']]) {
      const [command = '', ...rest] = words;
      const { code, stderr } = await scene.run(command, id, ...rest);
      assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    }
  });

  test('follow its logger and trace a function of it', async () => {
    await using logs = new ConvoyProcess(['logs', '--follow', id, '--data-dir', dataDir], { env: scene.env });
    await using trace = new ConvoyProcess(
      ['trace', id, 'lists:sum/1', '--max', '1', '--for', '60s', '--data-dir', dataDir],
      { env: scene.env },
    );
    await trace.waitFor(/tracing lists:sum\/1/);
    const called = await scene.run('rpc', id, 'lists', 'sum', '[1, 2, 4]');
    assert.equal(called.stdout.trim(), '7', called.stderr);
    await trace.waitFor(/sum\(\[1,2,4\]\)\n[^]*returned 7/);
    assert.equal((await trace.result()).code, 0);
    const text = 'the till is empty';
    // Its logger is followed a moment after the command has begun.
    await eventually('the event to be followed', 60_000, async () => {
      await scene.run('rpc', id, 'logger', 'error', `"${text}"`);
      return logs.stdout.includes(text);
    });
    await logs.waitFor(/\[error\] the till is empty/);
  });
});
