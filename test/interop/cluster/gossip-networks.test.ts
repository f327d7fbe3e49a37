/**
 * Gossip between two networks connected by a cable: a Convoy node on one side, on the other a node with libcluster's strategy.
 * They hear each other on the configured interface, and connect.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { createGossipStrategy, type GossipStrategyOptions, startDiscovery } from '@convoy/cluster/discovery';
import { createStaticPortResolver, startNode } from '@convoy/node';
import { freePort, missingPeer, type OtpRelease, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import { type GossipTopology, startLibcluster } from '../../support/erlang/libcluster-peer.ts';
import { layCable, missingNamespaces, Namespace } from '../../support/network/namespaces.ts';

const secret = 'shared by both';

interface Way {
  readonly title: string;
  readonly ours: (near: string) => GossipStrategyOptions;
  readonly theirs: (far: string) => Partial<GossipTopology>;
}

const ways: readonly Way[] = [
  {
    title: 'multicast in clear',
    ours: (near) => ({ interface: near }),
    theirs: (far) => ({ multicastIf: far }),
  },
  {
    title: 'multicast with a secret',
    ours: (near) => ({ interface: near, secret }),
    theirs: (far) => ({ multicastIf: far, secret }),
  },
  {
    title: 'broadcast with a secret',
    ours: (near) => ({ mode: 'broadcast', address: broadcastOf(near), secret }),
    theirs: (far) => ({ broadcastOnly: true, multicastAddr: broadcastOf(far), secret }),
  },
];

for (const release of testedReleases()) {
  describe(`gossip over a cable with OTP ${release}`, { skip: missing(release) }, () => {
    for (const { title, ours, theirs } of ways) {
      test(title, async () => {
        using network = new Namespace();
        const { near, far } = layCable(undefined, network);
        const [distPort, port] = [await freePort(), await freePort()];
        const cookie = randomBytes(12).toString('hex');
        await using peer = await startErlangNode({
          name: `app@${far}`,
          cookie,
          // Unused: with a fixed port the node needs no EPMD.
          epmdPort: await freePort(),
          release,
          namespace: network,
          args: ['-erl_epmd_port', String(distPort)],
        });
        await using own = await startNode({
          name: `web@${near}`,
          cookie,
          listen: { host: near, port: distPort },
          resolver: createStaticPortResolver({ port: distPort }),
        });
        await using discovery = startDiscovery({
          joiner: own,
          topologies: { mesh: { strategy: createGossipStrategy({ ...ours(near), port, intervalMs: 200 }) } },
        });
        const cluster = await startLibcluster(peer, {
          strategy: 'gossip',
          port,
          interval: 200,
          ...theirs(far),
        });
        await cluster.waitFor({ event: 'heartbeat', node: own.name });
        await discovery.ready({ timeoutMs: 10_000 });
        await eventually('both to be connected', 30_000, async () =>
          (await cluster.nodes()).includes(own.name),
        );
        assert.deepEqual(own.list(), [peer.name]);
        assert.deepEqual(
          discovery.peers().map(({ node, state, topologies }) => ({ node, state, topologies })),
          [{ node: peer.name, state: 'up', topologies: ['mesh'] }],
        );
      });
    }
  });
}

function missing(release: OtpRelease): string | false {
  return missingNamespaces() ?? missingPeer(release);
}

/** The last address of a cable's network of four. */
function broadcastOf(address: string): string {
  const parts = address.split('.').map(Number);
  const last = parts.at(-1) ?? 0;
  return [...parts.slice(0, -1), last | 3].join('.');
}
