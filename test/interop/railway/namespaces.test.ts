/**
 * A simulated Railway whose containers run in private networks: services find each other by name over IPv6, nothing gets in or
 * out, lookups can fail, and nothing is left afterwards.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTunnelResolver } from '@convoy/cluster';
import { createRailwayClient, type RailwayEnvironment } from '@convoy/cluster/railway';
import { openSshTunnel, type SshTarget, type SshTunnel } from '@convoy/cluster/ssh';
import { missingNamespaces, openNamespaceRuntime, startRailwaySimulator } from '@convoy/railway-simulator';
import { startNode } from '@convoy/node';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

const images = { typescript: 'convoy-node', elixir: 'elixir', erlang: 'erlang' } as const;
const distPort = '9100';

async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
  const simulator = await startRailwaySimulator({
    runtime: await openNamespaceRuntime({ folder, convoyCommand }),
  });
  const client = createRailwayClient({ endpoint: simulator.endpoint, token: simulator.token });
  const namespaces = (): string[] => {
    return readdirSync('/run/netns').filter((name) => name.startsWith(`convoy-sim-${process.pid}-`));
  };
  return {
    simulator,
    environment: client.environment(simulator.places[0]),
    namespaces,
    async [Symbol.asyncDispose]() {
      await client.close();
      await simulator.close();
      assert.deepEqual(namespaces(), [], 'no namespace is left');
      const resolvers = existsSync('/etc/netns') ? readdirSync('/etc/netns') : [];
      assert.deepEqual(
        resolvers.filter((name) => name.startsWith(`convoy-sim-${process.pid}-`)),
        [],
        'no resolver is left',
      );
      assert.deepEqual(readdirSync(folder), [], 'nothing is left in the folder');
      rmSync(folder, { recursive: true });
    },
  };
}

interface Deployed {
  readonly node: string;
  readonly deploymentId: string;
  readonly serviceId: string;
  readonly log: string[];
}

async function deploy(
  environment: RailwayEnvironment,
  name: string,
  more: { readonly kind?: keyof typeof images; readonly variables?: Record<string, string> } = {},
): Promise<Deployed> {
  const { kind = 'typescript', variables = {} } = more;
  const { serviceId } = await environment.createService({
    name,
    settings: { source: { image: images[kind] }, restartPolicyType: 'NEVER' },
    variables: {
      RELEASE_NODE: `${name}@\${{RAILWAY_PRIVATE_DOMAIN}}`,
      RELEASE_COOKIE: 'cookie-of-this-cluster',
      ERL_DIST_PORT: distPort,
      ...(kind === 'typescript' ? { CONVOY_LISTEN_HOST: '::' } : { ERL_AFLAGS: '-proto_dist inet6_tcp' }),
      ...variables,
    },
  });
  const deploymentId = await environment.deploy(serviceId);
  const signal = AbortSignal.timeout(30_000);
  for await (const { status } of environment.watchDeployment(deploymentId, { signal })) {
    assert.ok(!['FAILED', 'CRASHED', 'REMOVED'].includes(status), status);
    if (status === 'SUCCESS') break;
  }
  const { RELEASE_NODE: node = '' } = await environment.variables(serviceId);
  const log: string[] = [];
  void (async () => {
    for await (const { text } of environment.deploymentLogs(deploymentId)) log.push(text);
  })().catch(() => undefined);
  return { node, deploymentId, serviceId, log };
}

async function waitForLog({ node, log }: Deployed, pattern: RegExp): Promise<void> {
  const seen = (): string => `${node} to say ${String(pattern)}; it said:\n${log.join('\n')}`;
  await eventually(seen, 30_000, () => log.some((line) => pattern.test(line)));
}

const skip = missingNamespaces() ?? missingPeer('25');

describe('private networks of the simulator', { skip }, () => {
  test('nodes of all kinds find each other by name over IPv6, and only there', async () => {
    await using world = await startWorld();
    const { environment, simulator } = world;
    const first = await deploy(environment, 'ts-1');
    assert.equal(first.node, 'ts-1@ts-1.railway.internal');
    const discover = { CONVOY_DISCOVER: 'railway-dns:interval=300,services=ts-1@ts-1.railway.internal' };
    const second = await deploy(environment, 'ts-2', { variables: discover });
    const elixir = await deploy(environment, 'elixir-1', {
      kind: 'elixir',
      variables: { CONVOY_CONNECT: `${first.node} ${second.node}` },
    });
    await waitForLog(second, /ts-1@ts-1\.railway\.internal is connected/);
    for (const node of [first, second])
      await waitForLog(node, /elixir-1@elixir-1\.railway\.internal is connected/);

    const deployment = await environment.deployment(elixir.deploymentId);
    assert.ok(
      deployment.sockets.some(({ port, isIpv6 }) => port === 9100 && isIpv6),
      'its port is seen',
    );
    const [namespace = ''] = world.namespaces().filter((name) => existsSync(`/etc/netns/${name}`));
    const inside = (...words: string[]): string =>
      execFileSync('ip', ['netns', 'exec', namespace, ...words], { encoding: 'utf8' });
    assert.match(inside('getent', 'ahosts', 'elixir-1.railway.internal'), /^fd12:/);
    assert.equal(inside('ip', '-4', 'route').trim(), '');
    assert.doesNotMatch(inside('ip', '-6', 'route'), /default/);

    // Failing lookups do not disconnect any node.
    await simulator.dns?.fail('SERVFAIL');
    await waitForLog(second, /discovery by railway-dns failed: .*ESERVFAIL/);
    await simulator.dns?.mend();
    const gone = [first, second].flatMap(({ log }) => log.filter((line) => line.includes('is gone')));
    assert.deepEqual(gone, []);

    await environment.deleteService(elixir.serviceId);
    for (const node of [first, second])
      await waitForLog(node, /elixir-1@elixir-1\.railway\.internal is gone/);
    await eventually('its namespace to go', 30_000, () => world.namespaces().length === 3);
  });

  test('a name disappears with its service, and returns with another address', async () => {
    await using world = await startWorld();
    const { environment } = world;
    const watcher = await deploy(environment, 'watcher', {
      variables: { CONVOY_DISCOVER: 'railway-dns:interval=200,services=late@late.railway.internal' },
    });
    const late = await deploy(environment, 'late');
    await waitForLog(watcher, /late@late\.railway\.internal is connected/);
    await environment.deleteService(late.serviceId);
    await waitForLog(watcher, /railway-dns no longer has late@/);
    const count = (): number => watcher.log.filter((line) => /late@.* is connected/.test(line)).length;
    assert.equal(count(), 1);
    await deploy(environment, 'late');
    await eventually('the new node to be connected', 30_000, () => count() === 2);
  });

  test('the relay leads to 127.0.0.1 of a service, for clients with a key', async () => {
    await using world = await startWorld();
    const { environment, simulator } = world;
    const { relay } = simulator;
    const web = await deploy(environment, 'web');
    const { serviceInstanceId: user } = await environment.service(web.serviceId);
    const folder = mkdtempSync(join(tmpdir(), 'convoy-relay-key-'));
    const identityFile = join(folder, 'id_ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identityFile]);
    try {
      const routes = createTunnelResolver();
      await using node = await startNode({
        name: 'visitor@127.0.0.1',
        cookie: 'cookie-of-this-cluster',
        hidden: true,
        listen: false,
        epmd: 'none',
        routes,
      });
      const open = (name: string): Promise<SshTunnel> => {
        const target: SshTarget = { hops: [{ user: name, host: relay.host, port: relay.port }] };
        const ssh = { identityFiles: [identityFile], agent: false, configFile: false } as const;
        return openSshTunnel(target, {
          ...ssh,
          noDelay: false,
          acceptNewHostKey: true,
          knownHostsFiles: [join(folder, 'known')],
        });
      };
      await assert.rejects(open(user), { code: 'SSH_AUTH_REFUSED' });
      relay.addKey(readFileSync(`${identityFile}.pub`, 'utf8'));
      await assert.rejects(open('unknown'), { code: 'SSH_AUTH_REFUSED' });
      await using tunnel = await open(user);
      routes.add(web.node, { tunnel, port: Number(distPort) });
      // The platform reports a container as running before the node in it listens.
      await waitForLog(web, /is up/);
      await node.connect(web.node);
      assert.ok((await node.rpc(web.node, 'convoy', 'info', [])) !== undefined);
      await assert.rejects(tunnel.open({ host: '127.0.0.1', port: 1 }, {}), { code: 'SSH_FORWARD_REFUSED' });
      await assert.rejects(tunnel.open({ host: '::1', port: 9100 }, {}), { code: /SSH_FORWARD/ });
      simulator.crash(web.deploymentId);
      await eventually('the node to be gone', 30_000, () => node.list('connected').length === 0);
      await assert.rejects(tunnel.open({ host: '127.0.0.1', port: Number(distPort) }, {}));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
