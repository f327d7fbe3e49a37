/** Nodes with libcluster's DNSPoll find Convoy nodes through the same name server, and disconnect them as libcluster does. */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createStaticPortResolver, type Node, startNode } from '@convoy/node';
import { startDnsServer } from '../../support/network/dns-server.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import {
  type DnsPollTopology,
  type LibclusterPeer,
  startLibcluster,
} from '../../support/erlang/libcluster-peer.ts';

const cookie = 'dns-cookie';
const query = 'mesh.test';

for (const release of testedReleases()) {
  describe(`libcluster's DNSPoll with OTP ${release}`, { skip: missingPeer(release) }, () => {
    // All on one port, each on its own address, so that no EPMD per address is needed for equal names before the @.
    let port: number;
    beforeEach(async () => (port = await freePort()));

    const startOwn = (address: string): Promise<Node> => {
      const resolver = createStaticPortResolver({ port });
      return startNode({ name: `app@${address}`, cookie, resolver, listen: { host: address, port } });
    };
    const startPeer = (address: string): Promise<ErlangNode> => {
      const here = `{${address.replaceAll('.', ',')}}`;
      // Only libcluster connects: a message of `global` that is still on its way must not connect the nodes once more.
      const kernel = ['-kernel', 'inet_dist_use_interface', here, 'dist_auto_connect', 'never'];
      const args = ['-erl_epmd_port', String(port), ...kernel];
      return startErlangNode({ name: `app@${address}`, cookie, epmdPort: port, release, args });
    };
    const topology = (nameserver: string): DnsPollTopology => {
      return { strategy: 'dns_poll', query, nodeBasename: 'app', pollingInterval: 100, nameserver };
    };

    test('connects the nodes in the answer except itself, and disconnects those that are no longer in it', async () => {
      await using dns = await startDnsServer({ [query]: ['127.0.0.2', '127.0.0.3', '127.0.0.4'] });
      await using first = await startOwn('127.0.0.3');
      await using second = await startOwn('127.0.0.4');
      await using node = await startPeer('127.0.0.2');
      const peer = await startLibcluster(node, topology(dns.address));
      await peer.waitFor({ event: 'connected', node: first.name });
      await peer.waitFor({ event: 'connected', node: second.name });
      assert.deepEqual(first.list(), [node.name]);
      dns.zone.set(query, ['127.0.0.2', '127.0.0.4']);
      await peer.waitFor({ event: 'disconnected', node: first.name });
      await waitForAlone(first);
      assert.deepEqual(second.list(), [node.name]);
      assert.deepEqual(await peer.nodes(), [second.name]);
      assert.ok((await polledNodes(peer)).every((name) => name !== node.name));
    });

    test('treats a failure of the name server as an empty answer', async () => {
      await using dns = await startDnsServer({ [query]: ['127.0.0.3'] });
      await using own = await startOwn('127.0.0.3');
      await using node = await startPeer('127.0.0.2');
      const peer = await startLibcluster(node, topology(dns.address));
      const connected = await peer.waitFor({ event: 'connected', node: own.name });
      dns.zone.set(query, 'SERVFAIL');
      await peer.waitFor({ event: 'disconnected', node: own.name }, { after: connected });
      await waitForAlone(own);
      dns.zone.set(query, ['127.0.0.3']);
      // Without an event when a message of its `global` was still on its way, and has reconnected the nodes before it.
      await eventually('the peer to be connected again', 30_000, async () => {
        return (await peer.nodes()).includes(own.name);
      });
    });
  });
}

/** Every name in any answer. */
async function polledNodes(peer: LibclusterPeer): Promise<string[]> {
  return (await peer.events()).flatMap((event) => event.nodes ?? []);
}

async function waitForAlone(node: Node): Promise<void> {
  await eventually(`${node.name} to lose its peers`, 30_000, () => node.list().length === 0);
}
