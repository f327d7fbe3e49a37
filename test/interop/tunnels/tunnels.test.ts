/** Tunnels over a real sshd, and nodes behind them: equal names, a hundred tunnels at once, ports that change. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTunnelResolver } from '@convoy/cluster';
import { openSshTunnel, parseSshTarget, type SshTunnel, type SshTunnelOptions } from '@convoy/cluster/ssh';
import { startNode } from '@convoy/node';
import { testTunnel } from '../../conformance/tunnel.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';

const skip = missingSshd() ?? missingPeer('25') ?? false;
const cookie = 'cookie_behind_tunnels';

function tunnelOptions(server: SshServer): SshTunnelOptions {
  return { ...server.options, keepaliveIntervalMs: 500, retryFirstMs: 50, retryMaxMs: 200 };
}

function openTunnel(server: SshServer): Promise<SshTunnel> {
  return openSshTunnel(parseSshTarget(server.target), tunnelOptions(server));
}

if (skip === false) {
  testTunnel('by SSH', async () => {
    const server = await startSshServer();
    const tunnel = await openTunnel(server);
    return {
      tunnel,
      cut: () => server.stop(),
      mend: () => server.start(),
      async [Symbol.asyncDispose]() {
        await tunnel.close();
        await server[Symbol.asyncDispose]();
      },
    };
  });
}

describe('nodes behind tunnels', { skip }, () => {
  let server: SshServer;
  before(async () => {
    server = await startSshServer();
  });
  after(() => server[Symbol.asyncDispose]());

  test('two hosts with an app@ node each are two nodes', async () => {
    await using near = await ErlangCluster.start({ cookie });
    await using far = await ErlangCluster.start({ cookie: 'other' });
    const first = await near.erlang('app@db1');
    const second = await far.erlang('app@db2');
    await using other = await startSshServer();
    await using tunnelA = await openTunnel(server);
    await using tunnelB = await openTunnel(other);
    const routes = createTunnelResolver();
    routes.add(first.name, { tunnel: tunnelA, epmdPort: near.epmdPort });
    routes.add(second.name, { tunnel: tunnelB, epmdPort: far.epmdPort });
    await using node = await startNode({
      name: 'me@here',
      cookie,
      hidden: true,
      listen: false,
      epmd: 'none',
      routes,
    });
    node.setCookie(second.name, 'other');
    await Promise.all([node.connect(first.name), node.connect(second.name)]);
    assert.deepEqual(node.list('hidden').toSorted(), ['app@db1', 'app@db2']);
    for (const peer of [first, second]) {
      const answer = (await node.rpc(peer.name, 'os', 'getpid', [])) as number[];
      assert.equal(Number(String.fromCodePoint(...answer)), peer.osPid);
    }
    assert.deepEqual(await routes.names('db1', {}), [
      { name: 'app', port: await portOf(first.eval.bind(first)) },
    ]);
  });

  test('an unreachable node in the table is an error, and is not looked up elsewhere', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    await using tunnel = await openTunnel(server);
    const routes = createTunnelResolver();
    routes.add('gone@db1', { tunnel, epmdPort: cluster.epmdPort });
    routes.add('nowhere@db1', { tunnel, epmdPort: 1 });
    await assert.rejects(routes.resolve('gone@db1', {}), { code: 'CONNECTION_NAME_UNKNOWN' });
    await assert.rejects(routes.resolve('nowhere@db1', {}), {
      code: 'EPMD_UNREACHABLE',
      message: /no EPMD runs behind/,
    });
    assert.equal(await routes.resolve('other@db1', {}), undefined);
    assert.equal(routes.delete('gone@db1'), true);
    assert.equal(await routes.resolve('gone@db1', {}), undefined);
  });

  test('a node that was restarted on another port is found again', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    await using tunnel = await openTunnel(server);
    const routes = createTunnelResolver();
    routes.add('app@db1', { tunnel, epmdPort: cluster.epmdPort });
    await using node = await startNode({
      name: 'me@here',
      cookie,
      hidden: true,
      listen: false,
      epmd: 'none',
      routes,
    });
    for (let turn = 0; turn < 2; turn += 1) {
      const peer = await cluster.erlang('app@db1');
      await node.connect(peer.name);
      const down = new Promise<void>((resolve) => {
        const stop = node.onNodeDown(() => (stop(), resolve()));
      });
      await peer[Symbol.asyncDispose]();
      await down;
    }
  });

  test('a hundred tunnels at once, and nothing is left', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const peer = await cluster.erlang('app@db1');
    const before = server.sessions.length;
    const tunnels = await Promise.all(Array.from({ length: 100 }, () => openTunnel(server)));
    try {
      const ports = await Promise.all(
        tunnels.map(async (tunnel) => {
          const routes = createTunnelResolver();
          routes.add(peer.name, { tunnel, epmdPort: cluster.epmdPort });
          return (await routes.resolve(peer.name, {}))?.port;
        }),
      );
      assert.equal(new Set(ports).size, 1);
    } finally {
      await Promise.all(tunnels.map((tunnel) => tunnel.close()));
    }
    await eventually('the sessions to end', 30_000, () => server.sessions.length <= before);
  });
});

/** The port of the node, as the node itself reports it. */
async function portOf(evaluate: (expression: string) => Promise<string>): Promise<number> {
  return Number(
    await evaluate(
      'element(2, inet:port(hd([P || P <- erlang:ports(), erlang:port_info(P, name) =:= {name, "tcp_inet"}, ' +
        'element(1, inet:peername(P)) =:= error])))',
    ),
  );
}
