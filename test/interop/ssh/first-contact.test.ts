/** The first connection to a node that was started on an SSH host with hostile users, and connections after a restart. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTunnelResolver } from '@convoy/cluster';
import {
  createSshProvider,
  inspectHost,
  openSshTunnel,
  parseSshTarget,
  type SshProvider,
} from '@convoy/cluster/ssh';
import type { HostView, LaunchView, NodeView } from '@convoy/console/protocol';
import { type Node, startNode } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { atom } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import { attack } from '../../support/attack.ts';
import { endProcess } from '../../support/child-process.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { startImpostor } from '../../support/erlang/impostor.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { storedPlaces } from '../../support/store/stored-places.ts';
import { processesWith } from '../../support/processes.ts';
import { missingSshd, type SshServer } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25') || (missingSshd() ?? false);
const cookie = 'the-cookie-of-the-far-host';
const ownName = 'watcher@here.internal';

interface FarHost extends AsyncDisposable {
  readonly provider: SshProvider;
  readonly node: Node;
  readonly home: string;
  readonly epmdPort: number;
}

async function makeHost(): Promise<FarHost> {
  const host = await SshHost.start();
  const { server, far: home, epmdPort } = host;
  const tunnel = await openSshTunnel(parseSshTarget(server.target), server.options);
  const routes = createTunnelResolver();
  const options = { hidden: true, listen: false, epmd: 'none', routes } as const;
  const node = await startNode({ name: ownName, cookie: 'the-watchers-own', ...options });
  const report = await inspectHost(tunnel);
  const provider = createSshProvider({ tunnel, report, node, routes, cookie });
  return {
    provider,
    node,
    home,
    epmdPort,
    async [Symbol.asyncDispose]() {
      await provider.close();
      await tunnel.close();
      await node.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

describe('first contact with a node that was started by SSH', { skip }, () => {
  attack(
    'First contact',
    'a user of an SSH host registers the name of a node in EPMD there before it boots: that port is not dialled, and the launch error says why',
    async () => {
      await using far = await makeHost();
      const running = await far.provider.launch(await far.provider.plan({ kind: 'erlang' }));
      const epmd = new EpmdClient({ port: far.epmdPort });
      const relayTo = (await epmd.lookup(splitNodeName(running.name).name))?.port ?? 0;
      const plan = await far.provider.plan({ kind: 'erlang', name: 'wanted' });
      await using impostor = await startImpostor({ name: plan.node, relayTo });
      const giveBack = await impostor.takeName(far.epmdPort);
      await assert.rejects(far.provider.launch(plan), {
        code: 'PROVIDER_SPAWN_FAILED',
        message: /name wanted@\S+ seems to be in use/,
      });
      assert.deepEqual(impostor.dialledBy, []);
      giveBack();
    },
  );

  attack(
    'First contact',
    'the link cookies of nodes on an SSH host are looked for in argument lists and environments: they are in 0600 files only',
    async () => {
      await using far = await makeHost();
      const nodes = [];
      for (let count = 0; count < 2; count += 1) {
        nodes.push(await far.provider.launch(await far.provider.plan({ kind: 'erlang' })));
      }
      const folder = join(far.home, '.convoy', 'nodes');
      const links = readdirSync(folder).map((id) => {
        const file = join(folder, id, 'link');
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const [peer, link = ''] = readFileSync(file, 'utf8').split('\n');
        assert.equal(peer, ownName);
        return link;
      });
      assert.equal(new Set([...links, cookie]).size, 3);
      for (const link of links) assert.deepEqual(processesMentioning(link), []);
      for (const { name } of nodes) {
        const own = await far.node.rpc(name, 'erlang', 'get_cookie', [atom(ownName)]);
        assert.ok(links.map((link) => atom(link)).includes(own as ReturnType<typeof atom>));
        assert.equal(await far.node.rpc(name, 'erlang', 'get_cookie', []), atom(cookie));
      }
    },
  );
});

interface Scene extends AsyncDisposable {
  readonly server: SshServer;
  readonly dataDir: string;
  start(): Promise<{ convoy: ConsoleProcess; client: ConsoleClient }>;
}

async function makeScene(): Promise<Scene> {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-data-'));
  const host = await SshHost.start();
  const { server, near, far } = host;
  return {
    server,
    dataDir,
    async start() {
      const convoy = await startConsoleProcess({
        env: { HOME: near, SSH_AUTH_SOCK: '' },
        args: ['--data-dir', dataDir],
      });
      return { convoy, client: new ConsoleClient(convoy.url) };
    },
    async [Symbol.asyncDispose]() {
      for (const pid of processesWith(`CONVOY_FOLDER=${far}/`, { isPrefix: true })) {
        process.kill(pid, 'SIGKILL');
      }
      await host[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

describe('a console that was killed', { skip }, () => {
  it('finds the nodes that outlive it again, under the same name, and can delete them', async () => {
    await using scene = await makeScene();
    const first = await scene.start();
    await using convoy = first.convoy;
    const { client } = first;
    const { json: opened } = await client.ask('/api/hosts', { body: { target: scene.server.target } });
    await eventually('the host to be up', 30_000, async () => {
      return ((await client.ask(`/api/hosts/${opened.id}`)).json as HostView).state === 'up';
    });
    const launched = await launchOn(client, (opened as HostView).name);
    const { node: ownNode } = (await client.ask('/api/info')).json;
    const [known] = await storedPlaces(scene.dataDir);
    assert.equal(statSync(join(scene.dataDir, 'store.sqlite')).mode & 0o777, 0o600);
    assert.deepEqual(
      known?.nodes.map(({ name }) => name),
      [launched],
    );
    await endProcess(convoy.process, 'SIGKILL');

    const again = await scene.start();
    await using _second = again.convoy;
    await eventually('the node to be there again', 30_000, async () => {
      const views = (await again.client.ask('/api/nodes')).json as NodeView[];
      return views.some(({ name, status }) => name === launched && status === 'up');
    });
    assert.equal((await again.client.ask('/api/info')).json.node, ownNode);
    const log = await again.client.ask(`/api/nodes/${launched}/logs`);
    assert.match(log.text, /is up on port/);
    // Earlier and new nodes share the cookie of the host.
    const other = await launchOn(again.client, (opened as HostView).name);
    const [now] = await storedPlaces(scene.dataDir);
    assert.deepEqual([now?.cookie, now?.nodes.length], [known?.cookie, 2]);
    for (const name of [launched, other]) {
      assert.equal((await again.client.ask(`/api/nodes/${name}`, { method: 'DELETE' })).status, 204);
    }
    assert.deepEqual(await storedPlaces(scene.dataDir), []);
  });
});

async function launchOn(client: ConsoleClient, provider: string): Promise<string> {
  // The nodes of this host know no address of one another.
  const body = { kind: 'erlang', provider, join: false };
  const launch = (await client.ask('/api/nodes', { body })).json as LaunchView;
  await eventually('the launch', 30_000, async () => {
    const view = (await client.ask(`/api/launches/${launch.id}`)).json as LaunchView;
    assert.notEqual(view.state, 'failed', JSON.stringify(view));
    return view.state === 'ready';
  });
  return launch.node;
}

/** Processes with `text` in their arguments or environment. */
function processesMentioning(text: string): string[] {
  return readdirSync('/proc').filter(
    (id) =>
      /^\d+$/.test(id) &&
      ['cmdline', 'environ'].some((what) => {
        try {
          return readFileSync(`/proc/${id}/${what}`, 'utf8').includes(text);
        } catch {
          return false;
        }
      }),
  );
}
