/** Ways to a cluster that the console did not start: every release, IPv6, TLS, an SSH host, discovery, and thirty nodes. */

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { TestAuthority } from '../../../support/certificates.ts';
import { startConsoleProcess } from '../../../support/console/console-process.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import {
  type ErlangNode,
  freePort,
  missingPeer,
  startErlangNode,
} from '../../../support/erlang/erlang-node.ts';
import { startLibcluster } from '../../../support/erlang/libcluster-peer.ts';
import { eventually } from '../../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';
import { AttachingConsole, ClusterClient } from '../../../support/members/attaching-console.ts';
import { startDnsServer } from '../../../support/network/dns-server.ts';
import { SshHost } from '../../../support/network/ssh-host.ts';
import { missingSshd, startSshServer } from '../../../support/network/ssh-server.ts';
import { BastionNetwork, missingNamespaces } from '../../../support/network/namespaces.ts';
import { startEpmdIn } from '../../../support/erlang/test-epmd.ts';
import { mayTake } from '../../../support/time-limit.ts';

const cookie = 'cookie-of-foreign-nodes';
const skip = missingPeer('25');

/** The names of all nodes that the console shows of a cluster which it attached, each of which is up. */
async function namesIn(convoy: AttachingConsole | ClusterClient, cluster: string): Promise<string[]> {
  const nodes = await convoy.nodes(cluster);
  assert.deepEqual(
    nodes.filter(({ status }) => status !== 'up'),
    [],
  );
  return nodes.map(({ name }) => name).toSorted();
}

for (const release of testedReleases()) {
  test(
    `a cluster of OTP ${release} is attached and shown whole`,
    { skip: missingPeer(release) },
    async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const [one] = [await cluster.erlang('one'), await cluster.erlang('two')];
      assert.equal(await one.eval("net_adm:ping('two@127.0.0.1')"), 'pong');
      await using convoy = await AttachingConsole.start();
      const { epmdPort } = cluster;
      const view = await convoy.attach({ name: 'prod', nodes: ['one@127.0.0.1'], cookie, epmdPort });
      assert.equal(view.state, 'up', JSON.stringify(view));
      assert.deepEqual(await namesIn(convoy, 'prod'), ['one@127.0.0.1', 'two@127.0.0.1']);
      const [first] = await convoy.nodes('prod');
      assert.equal(first?.version, `OTP ${release}`);
    },
  );
}

describe('a cluster is reached', { skip }, () => {
  test('over IPv6', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const args = ['-proto_dist', 'inet6_tcp'];
    const [one] = [await cluster.erlang('one@::1', { args }), await cluster.erlang('two@::1', { args })];
    assert.equal(await one.eval("net_adm:ping('two@::1')"), 'pong');
    await using convoy = await AttachingConsole.start();
    const way = { proto: 'inet6', epmdPort: cluster.epmdPort };
    const view = await convoy.attach({ name: 'six', nodes: ['one@::1'], cookie, ...way });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(await namesIn(convoy, 'six'), ['one@::1', 'two@::1']);
  });

  test('by DNS, on one port for all of its nodes', async () => {
    const port = await freePort();
    await using dns = await startDnsServer({ 'mesh.test': ['127.0.0.2', '127.0.0.3'] });
    await using stack = new AsyncDisposableStack();
    for (const host of ['127.0.0.2', '127.0.0.3']) {
      const address = `{${host.replaceAll('.', ',')}}`;
      const args = ['-erl_epmd_port', String(port), '-kernel', 'inet_dist_use_interface', address];
      const options = { name: `app@${host}`, cookie, epmdPort: await freePort(), args };
      const node = stack.use(await startErlangNode(options));
      if (host === '127.0.0.3') assert.equal(await node.eval("net_adm:ping('app@127.0.0.2')"), 'pong');
    }
    await using convoy = await AttachingConsole.start();
    const discover = [`dns:query=mesh.test,basename=app,server=${dns.address}`];
    const view = await convoy.attach({ name: 'mesh', discover, cookie, port });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(await namesIn(convoy, 'mesh'), ['app@127.0.0.2', 'app@127.0.0.3']);
  });

  test('by gossip', async () => {
    const gossipPort = await freePort();
    await using cluster = await ErlangCluster.start({ cookie });
    const node = await cluster.erlang('talker');
    const address = '127.255.255.255';
    const gossip = { strategy: 'gossip', port: gossipPort, broadcastOnly: true, interval: 200 } as const;
    await startLibcluster(node, { ...gossip, multicastAddr: address });
    await using convoy = await AttachingConsole.start();
    const view = await convoy.attach({
      name: 'gossip',
      discover: [`gossip:mode=broadcast,address=${address},port=${gossipPort}`],
      cookie,
      epmdPort: cluster.epmdPort,
    });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(await namesIn(convoy, 'gossip'), ['talker@127.0.0.1']);
  });

  test(
    'through an SSH host, with the cookie of the owner of its nodes',
    { skip: missingSshd() ?? false },
    async () => {
      await using host = await SshHost.start();
      await using stack = new AsyncDisposableStack();
      const { epmdPort, near, far, server } = host;
      writeFileSync(join(far, '.erlang.cookie'), cookie, { mode: 0o400 });
      const start = async (name: string) => stack.use(await startErlangNode({ name, cookie, epmdPort }));
      const [one] = [await start('one@127.0.0.1'), await start('two@127.0.0.1')];
      assert.equal(await one.eval("net_adm:ping('two@127.0.0.1')"), 'pong');
      await using convoy = await startConsoleProcess({ env: { HOME: near, SSH_AUTH_SOCK: '' } });
      const user = new ClusterClient(convoy.url);
      const via = `ssh://${server.target}`;
      const view = await user.attach({ name: 'far', nodes: ['one@127.0.0.1'], via });
      assert.equal(view.state, 'up', JSON.stringify(view));
      assert.deepEqual(await namesIn(user, 'far'), ['one@127.0.0.1', 'two@127.0.0.1']);
      assert.deepEqual((await user.nodes('far'))[1]?.place, { key: via, kind: 'ssh' });
      await using live = await user.client.live();
      live.send({ type: 'shell.open', requestId: 'far', node: 'far:two@127.0.0.1', cols: 80, rows: 24 });
      assert.equal((await live.message('shell.opened')).shell.node, 'far:two@127.0.0.1');
    },
  );
});

describe(
  'a cluster behind a bastion',
  { skip: skip || (missingNamespaces() ?? missingSshd() ?? false) },
  () => {
    test('is attached through it, and has shells on all of its hosts', async () => {
      await using stack = new AsyncDisposableStack();
      const network = stack.use(new BastionNetwork());
      const { inner, innerAddress: address } = network;
      stack.use(await startEpmdIn(inner));
      const start = async (name: string) => {
        const options = { name: `${name}@${address}`, cookie, epmdPort: 4369, namespace: inner };
        return stack.use(await startErlangNode(options));
      };
      const [one, two] = [await start('one'), await start('two')];
      assert.equal(await one.eval(`net_adm:ping('${two.name}')`), 'pong');
      const near = mkdtempSync(join(tmpdir(), 'convoy-near-'));
      stack.defer(() => rmSync(near, { recursive: true, force: true }));
      const listen = { listen: [network.bastionAddress], namespace: network.bastion.name };
      const server = stack.use(await startSshServer(listen));
      server.trustIn(near);
      copyFileSync(server.identityFile, join(near, '.ssh', 'id_ed25519'));
      const convoy = stack.use(await startConsoleProcess({ env: { HOME: near, SSH_AUTH_SOCK: '' } }));
      const user = new ClusterClient(convoy.url);
      const via = `ssh://${server.target}`;
      const wrong = await user.attach({ name: 'inner', nodes: [one.name], cookie: 'another', via });
      assert.equal(wrong.diagnosis?.fault?.code, 'COOKIE', JSON.stringify(wrong));
      const view = await user.attach({ name: 'inner', nodes: [one.name], cookie, via });
      assert.equal(view.state, 'up', JSON.stringify(view));
      assert.deepEqual(await namesIn(user, 'inner'), [one.name, two.name]);
      await using live = await user.client.live();
      live.send({ type: 'shell.open', requestId: 'two', node: `inner:${two.name}`, cols: 80, rows: 24 });
      const { shell } = await live.message('shell.opened');
      live.type(shell.id, 'node().\r');
      await live.message('shell.output', ({ data }) => data.includes(two.name));
    });
  },
);

describe('a cluster that speaks TLS', { skip }, async () => {
  const authority = await TestAuthority.create();
  after(() => authority[Symbol.asyncDispose]());
  const certificate = await authority.issue();

  test('is attached with a certificate, and the doctor says why not without one', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const args = ['-proto_dist', 'inet_tls', ...authority.emulatorArgs('25', { certificate })];
    await cluster.erlang('secure', { args });
    await using convoy = await AttachingConsole.start();
    const request = { name: 'tls', nodes: ['secure@127.0.0.1'], cookie, epmdPort: cluster.epmdPort };
    const plain = await convoy.attach(request);
    assert.equal(plain.state, 'failed');
    assert.equal(plain.diagnosis?.ok, false);
    const { certFile, keyFile } = certificate;
    const tls = { certFile, keyFile, caFile: authority.caFile };
    const view = await convoy.attach({ ...request, proto: 'tls', tls });
    assert.equal(view.state, 'up', JSON.stringify(view));
    const wrong = { ...request, name: 'other', tls };
    const refused = await convoy.client.ask('/api/clusters', { body: wrong });
    assert.deepEqual([refused.status, refused.json.error.code], [400, 'CONSOLE_BAD_REQUEST']);
    const missing = await convoy.attach({ ...wrong, proto: 'tls', tls: { ...tls, caFile: '/no/such.pem' } });
    assert.match(missing.problem?.message ?? '', /\/no\/such\.pem/);
  });
});

describe('a large cluster', { skip: onlyInAll(skip) }, () => {
  test('of thirty nodes is shown whole', async (t) => {
    mayTake(t, { seconds: 180, because: 'thirty nodes are started' });
    await using cluster = await ErlangCluster.start({ cookie });
    const names = Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, '0')}@127.0.0.1`);
    const [first = ''] = names;
    const nodes: ErlangNode[] = [];
    for (const name of names) {
      const node = await cluster.erlang(name);
      if (name !== first) assert.equal(await node.eval(`net_adm:ping('${first}')`), 'pong');
      nodes.push(node);
    }
    // On a busy machine a dial between two of them can take too long, and they do not try again by themselves.
    const missing = `[N || N <- ['${names.join("','")}'] -- [node() | nodes()], net_kernel:connect_node(N) =/= true]`;
    for (const node of nodes) {
      await eventually('the nodes to be a mesh', 60_000, async () =>
        assert.equal(await node.eval(missing), '[]', node.name),
      );
    }
    await using convoy = await AttachingConsole.start();
    const view = await convoy.attach({ name: 'big', nodes: [first], cookie, epmdPort: cluster.epmdPort });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(await namesIn(convoy, 'big'), names);
    const views = await convoy.nodes('big');
    assert.deepEqual(new Set(views.map(({ peers }) => peers.length)), new Set([29]));
  });
});
