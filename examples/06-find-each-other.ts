/**
 * Finds nodes of this computer by its EPMD, and others by gossip on the local network, and stays connected to them.
 *
 *   iex --name app@127.0.0.1 --cookie secret
 *   COOKIE=secret node 06-find-each-other.ts
 *
 * You will see which nodes are found and connected. The program ends once one is connected; without `ready` it would keep running.
 */

import {
  createGossipStrategy,
  createLocalEpmdStrategy,
  startDiscovery,
  subscribeDiscovery,
} from '@convoy/cluster/discovery';
import { startNode } from '@convoy/node';

const node = await startNode({
  name: 'example06@127.0.0.1',
  cookie: process.env['COOKIE'] ?? '',
});

subscribeDiscovery('convoy:discovery.discovered', ({ topology, peer }) =>
  console.log(`${topology}: ${peer}`),
);
subscribeDiscovery('convoy:discovery.connected', ({ peer }) => console.log('connected:', peer));
subscribeDiscovery('convoy:discovery.failed', ({ topology, peer, error }) =>
  console.log('failed:', topology ?? peer, error.message),
);

const discovery = startDiscovery({
  joiner: node,
  topologies: {
    // Leave out the temporary nodes of commands, and other examples.
    here: { strategy: createLocalEpmdStrategy(), exclude: ['convoy_*', 'example*'] },
    network: { strategy: createGossipStrategy({ mode: 'broadcast', address: '127.255.255.255' }) },
  },
});

await discovery.ready({ timeoutMs: 30_000 }); // throws with the reasons
console.log('peers:', node.list());
await discovery.close();
await node.close();
