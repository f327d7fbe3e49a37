/**
 * Gossip and DNS in one cluster: Convoy nodes and real Erlang nodes with libcluster's protocols find each other in any order
 * of start; a failing name server disconnects no node; and a stock node is connected on its behalf.
 */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import {
  createBeamJoiner,
  createDnsStrategy,
  createGossipStrategy,
  createStaticStrategy,
  type Discovery,
  startDiscovery,
} from '@convoy/cluster/discovery';
import { createStaticPortResolver, type Node, startNode } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { startDnsServer } from '../../support/network/dns-server.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import { startLibcluster } from '../../support/erlang/libcluster-peer.ts';

const cookie = 'discovery-cookie';
const query = 'mesh.test';
const broadcast = { mode: 'broadcast', address: '127.255.255.255' } as const;
const quick = { retryMs: { first: 50, last: 400 } };

function find(node: Node, gossipPort: number, server: string): Discovery {
  return startDiscovery({
    joiner: node,
    topologies: {
      gossip: { strategy: createGossipStrategy({ ...broadcast, port: gossipPort, intervalMs: 200 }) },
      dns: {
        strategy: createDnsStrategy({ query, basename: 'app', server, intervalMs: 100 }),
        prune: 'missing',
      },
    },
    ...quick,
  });
}

function waitForMesh(node: Node, names: readonly string[]): Promise<void> {
  return eventually(`${node.name} to see ${names.join(', ')}`, 30_000, () => {
    return names.every((name) => name === node.name || node.list('connected').includes(name));
  });
}

for (const release of testedReleases()) {
  describe(`discovery with OTP ${release}`, { skip: missingPeer(release) }, () => {
    // All on one port, each on its own address, and no EPMD.
    let port: number;
    beforeEach(async () => (port = await freePort()));

    const startOwn = (name: string): Promise<Node> => {
      const { host } = splitNodeName(name);
      const resolver = createStaticPortResolver({ port });
      return startNode({ name, cookie, resolver, listen: { host, port } });
    };
    const startPeer = async (name: string): Promise<ErlangNode> => {
      const here = `{${splitNodeName(name).host.replaceAll('.', ',')}}`;
      const args = ['-erl_epmd_port', String(port), '-kernel', 'inet_dist_use_interface', here];
      // Unused: with one port for all nodes, no EPMD is asked.
      return startErlangNode({ name, cookie, epmdPort: await freePort(), release, args });
    };

    test('gossip and DNS connect two Convoy nodes and two libcluster nodes', async () => {
      const gossipPort = await freePort();
      await using dns = await startDnsServer({ [query]: ['127.0.0.2', '127.0.0.3'] });
      await using dnsPeer = await startPeer('app@127.0.0.2');
      await using gossipPeer = await startPeer('talker@127.0.0.5');
      await using first = await startOwn('app@127.0.0.3');
      await using second = await startOwn('other@127.0.0.4');
      await startLibcluster(dnsPeer, {
        strategy: 'dns_poll',
        query,
        nodeBasename: 'app',
        pollingInterval: 100,
        nameserver: dns.address,
      });
      const talker = await startLibcluster(gossipPeer, {
        strategy: 'gossip',
        port: gossipPort,
        broadcastOnly: true,
        multicastAddr: broadcast.address,
        interval: 200,
      });
      await using one = find(first, gossipPort, dns.address);
      await using two = find(second, gossipPort, dns.address);
      const all = [first.name, second.name, dnsPeer.name, gossipPeer.name];
      await Promise.all([waitForMesh(first, all), waitForMesh(second, all)]);
      await talker.waitFor({ event: 'heartbeat', node: second.name });
      await Promise.all([
        one.ready({ peers: 3, timeoutMs: 10_000 }),
        two.ready({ peers: 3, timeoutMs: 10_000 }),
      ]);

      // libcluster treats this as an empty answer, so it is stopped first.
      await dnsPeer[Symbol.asyncDispose]();
      await eventually('the peer to be gone', 30_000, () => !first.list().includes(dnsPeer.name));
      dns.zone.set(query, 'SERVFAIL');
      await eventually('failures', 30_000, () => one.topologies().some(({ failures }) => failures >= 5));
      const left = [first.name, second.name, gossipPeer.name];
      for (const node of [first, second]) {
        assert.deepEqual([...node.list(), node.name].toSorted(), left.toSorted());
      }

      // A node that starts under the same name is found although the name server still fails.
      await using replaced = await startPeer('app@127.0.0.2');
      await Promise.all([waitForMesh(first, [replaced.name]), waitForMesh(second, [replaced.name])]);
      dns.zone.set(query, ['127.0.0.3']);
      await eventually('the one that left the answers to be disconnected', 30_000, () => {
        return !first.list().includes(replaced.name);
      });
    });

    test('a stock node is connected on its behalf, and reconnected after it was disconnected', async () => {
      await using stock = await startPeer('stock@127.0.0.2');
      await using peer = await startPeer('peer@127.0.0.3');
      await using own = await startOwn('own@127.0.0.4');
      await using helper = await startNode({
        name: 'helper@127.0.0.6',
        cookie,
        resolver: createStaticPortResolver({ port }),
        listen: false,
        hidden: true,
      });
      const joiner = createBeamJoiner({ node: helper, target: stock.name, pollMs: 50 });
      const strategy = createStaticStrategy({ nodes: [peer.name, own.name, 'away@127.0.0.9', stock.name] });
      await using discovery = startDiscovery({ joiner, topologies: { all: { strategy } }, ...quick });
      await discovery.ready({ peers: 2, timeoutMs: 20_000 });
      assert.match(await stock.eval('lists:sort(nodes()).'), /'own@127\.0\.0\.4','peer@127\.0\.0\.3'/);
      const away = discovery.peers().find(({ node }) => node === 'away@127.0.0.9');
      assert.ok(away?.state !== 'up');
      await eventually('a reason', 30_000, () => {
        const error = discovery.peers().find(({ node }) => node === 'away@127.0.0.9')?.lastError;
        return error?.message === 'stock@127.0.0.2 cannot connect to away@127.0.0.9';
      });
      await stock.eval("erlang:disconnect_node('own@127.0.0.4').");
      await eventually('own to be cut off', 30_000, () => !own.list().includes(stock.name));
      await eventually('own to be back', 30_000, () => own.list().includes(stock.name));
      assert.deepEqual(helper.list('connected'), [stock.name]);
    });
  });
}
