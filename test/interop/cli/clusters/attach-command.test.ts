/** `convoy attach`: clusters that Convoy did not start, seen by the command through one of their members. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { missingPeer, startErlangNode } from '../../../support/erlang/erlang-node.ts';
import { startLibcluster } from '../../../support/erlang/libcluster-peer.ts';
import { freePort } from '../../../support/free-port.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';
import { AttachScene, type ForeignCluster } from '../../../support/members/attach-scene.ts';
import { startDnsServer } from '../../../support/network/dns-server.ts';
import { SshHost } from '../../../support/network/ssh-host.ts';
import { missingSshd } from '../../../support/network/ssh-server.ts';

const app = 'app@127.0.0.1';
const web = 'web@127.0.0.1';

const idsOf = (nodes: readonly NodeView[]): string[] => nodes.map(({ id }) => id).toSorted();

/** What a member shows to others: its peers, and what `global` knows. */
async function visibleOf({ nodes }: ForeignCluster): Promise<string[]> {
  return Promise.all(nodes.map((node) => node.eval('{lists:sort(nodes()), global:registered_names()}')));
}

describe('convoy attach', () => {
  for (const release of testedReleases()) {
    test(
      `finds all members of a cluster with OTP ${release} and changes none`,
      { skip: missingPeer(release) },
      async () => {
        await using scene = new AttachScene();
        await scene.startConsole();
        const cluster = await scene.startCluster({ cookie: `attached-${release}`, release });
        const before = await visibleOf(cluster);
        const attached = await scene.run('attach', app, ...cluster.way, '--name', 'prod', '--color', 'red');
        assert.equal(attached.code, 0, attached.stderr);
        assert.match(
          attached.stdout,
          /^prod is attached through app@127\.0\.0\.1\nNODE +CLUSTER +KIND +STATUS/,
        );
        assert.match(
          attached.stdout,
          new RegExp(`^prod:web@127\\.0\\.0\\.1 +prod +erlang +up +OTP ${release}`, 'm'),
        );
        const [found] = (await scene.json<ClusterView[]>('clusters')).filter(
          ({ kind }) => kind === 'attached',
        );
        assert.deepEqual([found?.id, found?.state, found?.entry, found?.color], ['prod', 'up', app, 'red']);
        const listed = await scene.json<NodeView[]>('list', '--cluster', 'prod');
        assert.deepEqual(idsOf(listed), [`prod:${app}`, `prod:${web}`]);
        assert.deepEqual(await visibleOf(cluster), before);
        const left = await scene.run('detach', 'prod');
        assert.deepEqual(
          [left.code, left.stdout],
          [0, 'prod is detached; its nodes keep running\n'],
          left.stderr,
        );
        assert.deepEqual(await scene.json('list'), []);
        assert.deepEqual(await visibleOf(cluster), before);
      },
    );
  }

  test(
    'reports a failure with the verdict of the doctor, and exit code 3',
    { skip: missingPeer('25') },
    async () => {
      await using scene = new AttachScene();
      await scene.startConsole();
      const cluster = await scene.startCluster({ cookie: 'the-right-cookie', names: ['app'] });
      const other = await scene.startCluster({ cookie: 'the-wrong-cookie', names: [] });
      const way = ['--epmd-port', String(cluster.epmdPort), '--cookie-file', other.cookieFile];
      const text = await scene.run('attach', app, ...way, '--name', 'prod');
      assert.deepEqual([text.code, text.stdout], [3, ''], text.stderr);
      assert.match(
        text.stderr,
        /^FAILED {2}.*\n[^]*\[COOKIE\]\n {2}seen: [^]*\n {2}do: [^]*--cookie-file FILE/m,
      );
      assert.match(text.stderr, /^convoy: prod cannot be attached: .*\[\w+\]$/m);
      const json = await scene.run('attach', app, ...way, '--name', 'prod', '--json');
      const { error } = JSON.parse(json.stdout);
      assert.deepEqual([json.code, error.code], [3, 'CLI_ATTACH_FAILED']);
      assert.deepEqual([error.diagnosis.node, error.diagnosis.fault.code], [app, 'COOKIE']);
      for (const { stdout, stderr } of [text, json])
        assert.doesNotMatch(stdout + stderr, /the-(?:right|wrong)-cookie\b(?!\.cookie)/);
      // The same name can be used again.
      assert.equal((await scene.run('attach', app, ...cluster.way, '--name', 'prod')).code, 0);
      const again = await scene.run('attach', app, ...cluster.way, '--name', 'prod', '--json');
      assert.deepEqual([again.code, JSON.parse(again.stdout).error.reason], [1, 'CONSOLE_CLUSTER_EXISTS']);
    },
  );

  test('refuses what cannot be right before the console is asked', async () => {
    await using scene = new AttachScene();
    assert.equal((await scene.run('attach', app)).code, 4);
    await scene.startConsole();
    for (const [words, text] of [
      [[], /no node was named/],
      [[app], /no cookie was given/],
      [[app, '--cookie', 'secret'], /unknown option '--cookie'/],
      [[app, '--cookie-file', '/nonexistent'], /cannot be read/],
      [['--discover', 'dsn:query=x'], /unknown discovery strategy/],
    ] as const) {
      const { code, stderr } = await scene.run('attach', ...words);
      assert.equal(code, text.source.includes('discovery') ? 1 : 2, stderr);
      assert.match(stderr, text);
    }
  });
});

describe('convoy attach --discover', { skip: missingPeer('25') }, () => {
  const strategies = [
    ['dns', async (scene: AttachScene) => dns(scene)],
    ['gossip', async (scene: AttachScene) => gossip(scene)],
    ['epmd', async (scene: AttachScene) => epmd(scene)],
    ['static', async (scene: AttachScene) => fixed(scene)],
  ] as const;
  for (const [index, [name, start]] of strategies.entries()) {
    // DNS and gossip are of different kinds: one is asked, the other one heard.
    test(`enters by ${name}`, { skip: index > 1 && onlyInAll() }, async () => {
      await using scene = new AttachScene();
      await using started = new AsyncDisposableStack();
      await scene.startConsole();
      const { topology, way } = await start(scene).then((found) => {
        if (found.server !== undefined) started.use(found.server);
        return found;
      });
      const { cluster, nodes } = await scene.json<{ cluster: ClusterView; nodes: NodeView[] }>(
        'attach',
        '--discover',
        topology,
        ...way,
      );
      assert.deepEqual([cluster.id, cluster.entry], [name, app]);
      assert.deepEqual(idsOf(nodes), [`${name}:${app}`]);
    });
  }
});

test(
  'convoy attach --via enters through an SSH host, and its nodes are evaluated on through it',
  { skip: missingPeer('25') || (missingSshd() ?? false) },
  async () => {
    await using host = await SshHost.start();
    await using scene = new AttachScene(host.near);
    await scene.startConsole();
    const [cookie, epmdPort] = ['through-ssh', host.epmdPort];
    await using node = await startErlangNode({ name: app, cookie, epmdPort });
    const file = join(host.near, 'there.cookie');
    writeFileSync(file, cookie, { mode: 0o600 });
    const words = ['attach', app, '--via', host.server.target, '--cookie-file', file, '--name', 'there'];
    const { code, stderr } = await scene.run(...words);
    assert.equal(code, 0, stderr);
    const { stdout } = await scene.run('eval', `there:${app}`, 'os:getpid().');
    assert.equal(stdout.trim(), `"${node.osPid}"`);
    assert.match((await scene.run('clusters')).stdout, new RegExp(`^there .* ${host.server.target}$`, 'm'));
  },
);

interface Discovered {
  readonly topology: string;
  readonly way: readonly string[];
  readonly server?: AsyncDisposable;
}

async function dns(scene: AttachScene): Promise<Discovered> {
  const { way } = await scene.startCluster({ cookie: 'by-dns', names: ['app'] });
  const server = await startDnsServer({ 'api.test': ['127.0.0.1'] });
  return { topology: `dns:query=api.test,basename=app,server=${server.address},interval=200`, way, server };
}

async function gossip(scene: AttachScene): Promise<Discovered> {
  const { nodes, way } = await scene.startCluster({ cookie: 'by-gossip', names: ['app'] });
  const port = await freePort();
  const [node] = nodes;
  assert.ok(node !== undefined);
  const address = '127.255.255.255';
  const how = { strategy: 'gossip', port, broadcastOnly: true, interval: 200 } as const;
  await startLibcluster(node, { ...how, multicastAddr: address });
  return { topology: `gossip:mode=broadcast,address=${address},port=${port}`, way };
}

async function epmd(scene: AttachScene): Promise<Discovered> {
  const { epmdPort, way } = await scene.startCluster({ cookie: 'by-epmd', names: ['app'] });
  return { topology: `epmd:hosts=127.0.0.1,port=${epmdPort},interval=200`, way };
}

async function fixed(scene: AttachScene): Promise<Discovered> {
  const { way } = await scene.startCluster({ cookie: 'by-list', names: ['app'] });
  return { topology: `static:nodes=${app}`, way };
}
