/** The console's API for SSH hosts, with a real sshd: failures, and a host that disappears. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { DiagnosisView, HostView, LaunchView, NodeView } from '@convoy/console/protocol';
import { attack } from '../../support/attack.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { onlyInAll } from '../../support/extent.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { missingSshd, type SshServer } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25') || (missingSshd() ?? false);

interface Scene extends AsyncDisposable {
  readonly server: SshServer;
  readonly convoy: ConsoleProcess;
  readonly client: ConsoleClient;
  readonly epmdPort: number;
  readonly far: string;
  open(target?: string): Promise<HostView>;
}

async function makeScene(): Promise<Scene> {
  const host = await SshHost.start();
  const { server, near, far, epmdPort } = host;
  const convoy = await startConsoleProcess({ env: { HOME: near, SSH_AUTH_SOCK: '' } });
  const client = new ConsoleClient(convoy.url);
  return {
    server,
    convoy,
    client,
    far,
    epmdPort,
    async open(target = server.target) {
      const { json } = await client.ask('/api/hosts', { body: { target } });
      let view = json as HostView;
      await eventually('the steps to be over', 30_000, async () => {
        view = (await client.ask(`/api/hosts/${view.id}`)).json as HostView;
        return view.state !== 'connecting';
      });
      return view;
    },
    async [Symbol.asyncDispose]() {
      await convoy[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

describe('hosts by SSH, by the API', { skip }, () => {
  test('reports what is wrong, and can be retried', async () => {
    await using scene = await makeScene();
    const { client } = scene;
    const bad = await client.ask('/api/hosts', { body: { target: 'root@' } });
    assert.deepEqual([bad.status, bad.json.error.code], [400, 'SSH_BAD_TARGET']);
    const failed = await scene.open('root@127.0.0.1:1');
    assert.deepEqual([failed.state, failed.problem?.code], ['failed', 'SSH_UNREACHABLE']);
    assert.ok((failed.problem?.remedy ?? '').length > 10);
    const up = await scene.open();
    assert.equal((await scene.open()).id, up.id, 'one that is connected is given back');
    const unseen = await client.ask(`/api/hosts/${up.id}/attach`, { body: { node: 'ghost@db1' } });
    assert.deepEqual([unseen.status, unseen.json.error.code], [404, 'CONSOLE_NOT_FOUND']);
    const nowhere = await client.ask('/api/nodes', {
      body: { kind: 'erlang', provider: 'ssh://nobody@nowhere' },
    });
    assert.equal(nowhere.json.error.code, 'PROVIDER_UNKNOWN');
  });

  test(
    'a host that disappears is reported, reconnects, and does not delay the shutdown',
    { skip: onlyInAll() },
    async () => {
      await using scene = await makeScene();
      const { client, server, convoy } = scene;
      const host = await scene.open();
      const launch = (await client.ask('/api/nodes', { body: { kind: 'erlang', provider: host.name } }))
        .json as LaunchView;
      let over = launch;
      await eventually('the launch to be over', 60_000, async () => {
        over = (await client.ask(`/api/launches/${launch.id}`)).json as LaunchView;
        return over.state !== 'running';
      });
      assert.equal(over.state, 'ready', JSON.stringify(over.problem));
      const hostState = async (): Promise<string> =>
        ((await client.ask(`/api/hosts/${host.id}`)).json as HostView).state;
      const nodeStatus = async (): Promise<string | undefined> =>
        ((await client.ask('/api/nodes')).json as NodeView[]).find(({ name }) => name === launch.node)
          ?.status;
      await server.stop();
      await eventually('the host to be down', 30_000, async () => (await hostState()) === 'down');
      await eventually(
        'the node to be unreachable',
        30_000,
        async () => (await nodeStatus()) === 'unreachable',
      );
      await server.start();
      await eventually(
        'both to be back',
        30_000,
        async () => (await hostState()) === 'up' && (await nodeStatus()) === 'up',
      );
      await server.stop();
      await eventually('the host to be down again', 30_000, async () => (await hostState()) === 'down');
      const started = performance.now();
      await convoy[Symbol.asyncDispose]();
      assert.ok(performance.now() - started < 30_000);
      await server.start();
      // It would end by itself after a minute.
      const folder = join(scene.far, '.convoy', 'nodes');
      const [id = ''] = readdirSync(folder);
      process.kill(Number(readFileSync(join(folder, id, 'pid'), 'utf8')), 'SIGKILL');
    },
  );
});

describe('nodes of hosts by SSH, by the API', { skip }, () => {
  test('a node whose cookie cannot be read is not attached, and the doctor says why', async () => {
    await using scene = await makeScene();
    const { client, epmdPort } = scene;
    await using remote = await startErlangNode({ name: 'app@db1', cookie: 'unknown', epmdPort });
    const host = await scene.open();
    const refused = await client.ask(`/api/hosts/${host.id}/attach`, { body: { node: remote.name } });
    assert.equal(refused.json.error.code, 'HOST_NO_COOKIE');
    const wrong = await client.ask(`/api/hosts/${host.id}/attach`, {
      body: { node: remote.name, cookie: 'console' },
    });
    assert.equal(wrong.json.error.code, 'HANDSHAKE_COOKIE_MISMATCH');
    const asked = await client.ask('/api/doctor', { body: { node: 'nobody@127.0.0.1' } });
    assert.equal((asked.json as DiagnosisView).fault?.code, 'EPMD_NAME_UNKNOWN');
    assert.deepEqual((await client.ask('/api/nodes')).json, []);
  });

  attack(
    'Forged senders',
    'a node of a host with the same name as a launched node is not attached in its place, nor the other way round',
    async () => {
      await using scene = await makeScene();
      const { client, epmdPort, far } = scene;
      writeFileSync(join(far, '.erlang.cookie'), 'of-the-host', { mode: 0o600 });
      const common = { cookie: 'of-the-host', epmdPort };
      await using twin = await startErlangNode({ ...common, name: 'twin@127.0.0.1' });
      await using other = await startErlangNode({ ...common, name: 'other@127.0.0.1' });
      const launched = await client.ask('/api/nodes', { body: { kind: 'erlang', name: 'twin' } });
      await eventually('the launch to be over', 60_000, async () => {
        const { json } = await client.ask(`/api/launches/${launched.json.id}`);
        return (json as LaunchView).state === 'ready';
      });
      const host = await scene.open();
      const attach = (node: string) => client.ask(`/api/hosts/${host.id}/attach`, { body: { node } });
      const refused = await attach(twin.name);
      assert.deepEqual([refused.status, refused.json.error.code], [409, 'CONSOLE_SAME_NAME']);
      assert.match(refused.json.error.remedy, /^Attach it as a cluster instead, with ssh:\/\/\S+ as the way/);
      assert.equal((await attach(other.name)).status, 204);
      const second = await client.ask('/api/nodes', { body: { kind: 'erlang', name: 'other' } });
      assert.deepEqual([second.status, second.json.error?.code], [409, 'PROVIDER_NAME_TAKEN']);
      const views = (await client.ask('/api/nodes')).json as NodeView[];
      assert.deepEqual(
        views.map(({ name, origin, provider, status }) => [name, origin, provider, status]),
        [
          [twin.name, 'launched', 'local', 'up'],
          [other.name, 'attached', host.name, 'up'],
        ],
      );
    },
  );

  test('the kind of an attached node follows from what is on it', async () => {
    await using scene = await makeScene();
    const { client, epmdPort, far } = scene;
    writeFileSync(join(far, '.erlang.cookie'), 'of-the-host', { mode: 0o600 });
    const common = { cookie: 'of-the-host', epmdPort };
    const load = (application: string) => ({
      args: ['-eval', `application:load({application,${application}})`],
    });
    await using gleam = await startErlangNode({
      ...{ ...common, name: 'gleam@127.0.0.1' },
      ...load('gleam_stdlib,[{vsn,"0.60.0"}]'),
    });
    await using lfe = await startErlangNode({
      ...{ ...common, name: 'lfe@127.0.0.1' },
      ...load('lfe,[{vsn,"2.1.4"}]'),
    });
    await using plain = await startErlangNode({ ...common, name: 'plain@127.0.0.1' });
    const host = await scene.open();
    for (const { name } of [gleam, lfe, plain]) {
      const { status, text } = await client.ask(`/api/hosts/${host.id}/attach`, { body: { node: name } });
      assert.equal(status, 204, text);
    }
    const views = (await client.ask('/api/nodes')).json as NodeView[];
    assert.deepEqual(
      views.map(({ name, kind }) => [name, kind]),
      [
        [gleam.name, 'gleam'],
        [lfe.name, 'lfe'],
        [plain.name, 'erlang'],
      ],
    );
  });

  test('a node with the name of a launched one is attached as a cluster, and both are shown', async () => {
    await using scene = await makeScene();
    const { client, epmdPort } = scene;
    const cookie = 'of-the-host';
    await using twin = await startErlangNode({ cookie, epmdPort, name: 'twin@127.0.0.1' });
    await client.ask('/api/nodes', { body: { kind: 'erlang', name: 'twin' } });
    const host = await scene.open();
    const body = { name: 'far', nodes: [twin.name], via: host.name, cookie };
    assert.equal((await client.ask('/api/clusters', { body })).status, 202);
    let ids: (readonly [string, string])[] = [];
    await eventually(
      () => `both to be up: ${JSON.stringify(ids)}`,
      60_000,
      async () => {
        const nodes = (await client.ask('/api/nodes')).json as NodeView[];
        ids = nodes.map(({ id, status }) => [id, status]);
        return ids.length === 2 && ids.every(([, status]) => status === 'up');
      },
    );
    assert.deepEqual(ids.map(([id]) => id).toSorted(), ['far:twin@127.0.0.1', 'twin@127.0.0.1']);
  });
});
