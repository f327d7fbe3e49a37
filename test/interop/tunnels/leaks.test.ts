/** A thousand connections through one tunnel leak nothing: no memory, no stream, no process on either side. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTunnelResolver } from '@convoy/cluster';
import { openSshTunnel, parseSshTarget } from '@convoy/cluster/ssh';
import { type Node, startNode } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll } from '../../support/extent.ts';
import { missingSshd, startSshServer } from '../../support/network/ssh-server.ts';

const skip = missingSshd() ?? missingPeer('25') ?? false;
const connects = 1000;
/** Allowed heap growth per connection; a leaked stream costs a hundred times as much. */
const allowedBytes = 2048;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function heapAfterCollection(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

async function connectOften(node: Node, peer: string, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await node.connect(peer);
    assert.equal(node.disconnect(peer), true);
  }
}

test('a thousand connects and disconnects leak nothing', { skip: onlyInAll(skip) }, async () => {
  await using cluster = await ErlangCluster.start({ cookie: 'leaks' });
  await using server = await startSshServer();
  const peer = await cluster.erlang('app@db1');
  await using tunnel = await openSshTunnel(parseSshTarget(server.target), server.options);
  const routes = createTunnelResolver();
  routes.add(peer.name, { tunnel, epmdPort: cluster.epmdPort });
  const options = { hidden: true, listen: false, epmd: 'none', routes } as const;
  await using node = await startNode({ name: 'me@here', cookie: 'leaks', ...options });
  await connectOften(node, peer.name, 200);
  const peerProcesses = async (): Promise<number> =>
    Number(await peer.eval('erlang:system_info(process_count)'));
  const [heap, processes] = [await heapAfterCollection(), await peerProcesses()];
  const resources = process.getActiveResourcesInfo().length;
  await connectOften(node, peer.name, connects);
  await eventually('the peer to forget us', 30_000, async () => (await peer.eval('nodes(hidden)')) === '[]');
  const grown = (await heapAfterCollection()) - heap;
  assert.ok(grown < connects * allowedBytes, `${grown} bytes after ${connects} connections`);
  await eventually('its processes to end', 30_000, async () => (await peerProcesses()) <= processes + 2);
  await eventually(
    'timers and streams to end',
    30_000,
    () => process.getActiveResourcesInfo().length <= resources + 3,
  );
});
