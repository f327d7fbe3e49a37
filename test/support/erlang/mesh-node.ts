/**
 * A program for a test: a node that finds the others by gossip and reports on standard output whenever the number of its peers
 * changes. `ping` on standard input sends a message to each; received messages are counted. It ends with its standard input.
 */

import { createInterface } from 'node:readline';
import { createGossipStrategy, startDiscovery, subscribeDiscovery } from '@convoy/cluster/discovery';
import { atom, createStaticPortResolver, startNode } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';

export interface MeshNodeSettings {
  readonly name: string;
  readonly cookie: string;
  readonly distPort: number;
  readonly gossipPort: number;
  readonly netTickTimeMs: number;
}

/** Its output, one JSON document per line. */
export interface MeshNodeReport {
  readonly peers: number;
  readonly received: number;
  readonly dials: number;
  readonly failedDials: number;
}

const settings = JSON.parse(process.env['MESH_NODE'] ?? '') as MeshNodeSettings;
const { host } = splitNodeName(settings.name);
await using node = await startNode({
  name: settings.name,
  cookie: settings.cookie,
  listen: { host, port: settings.distPort },
  resolver: createStaticPortResolver({ port: settings.distPort }),
  netTickTimeMs: settings.netTickTimeMs,
});
let received = 0;
let dials = 0;
let failedDials = 0;
const report = (): void => {
  const told: MeshNodeReport = { peers: node.list().length, received, dials, failedDials };
  console.log(JSON.stringify(told));
};
node.register(
  'collector',
  node.spawn(async (self) => {
    for (;;) {
      await self.receive();
      received += 1;
      report();
    }
  }),
);
node.onNodeUp(report);
node.onNodeDown((name, reason) => {
  if (process.env['MESH_LOG'] !== undefined)
    console.error(Date.now() % 1000000, node.name, 'down', name, reason);
  report();
});
subscribeDiscovery('convoy:discovery.connected', ({ durationMs }) => (dials += durationMs > 0 ? 1 : 0));
subscribeDiscovery('convoy:discovery.failed', ({ peer }) => (failedDials += peer === undefined ? 0 : 1));
await using _discovery = startDiscovery({
  joiner: node,
  topologies: { mesh: { strategy: createGossipStrategy({ port: settings.gossipPort, intervalMs: 2000 }) } },
});
report();
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'ping') continue;
  for (const peer of node.list()) node.send({ name: 'collector', node: peer }, atom('ping'));
}
process.exit(0);
