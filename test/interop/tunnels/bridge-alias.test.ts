/** Stock erl and iex reach a node behind a tunnel without our code: with an address, a file and our EPMD. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tunnel } from '@convoy/cluster';
import { type Bridge, type BridgeOptions, openAliasBridge } from '@convoy/cluster/bridge';
import { testBridge } from '../../conformance/bridge.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { createStockUser } from '../../support/erlang/stock-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { TcpTunnel } from '../../support/network/tcp-tunnel.ts';

async function open(tunnel: Tunnel, options: BridgeOptions): Promise<Bridge> {
  const bridge = await openAliasBridge(tunnel, options);
  assert.match(bridge.hosts.join(), /^127\.0\.\d+\.\d+$/);
  return bridge;
}

for (const release of testedReleases()) {
  testBridge('alias bridge', release, [
    { node: 'app@db1.far.example', open },
    { node: 'app@db1', open },
  ]);
}

test(
  'the home folder changes only for a cookie that the user does not have',
  { skip: missingPeer('25') },
  async () => {
    const [own, another] = ['own_cookie_of_the_user', 'another_cookie'];
    await using cluster = await ErlangCluster.start({ cookie: own });
    const { name: node } = await cluster.erlang('app@db1');
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', own);
    const homeWith = async (cookie: string | undefined): Promise<string | undefined> => {
      await using bridge = await open(tunnel, { node, epmdPort: cluster.epmdPort, cookie, env: user.env });
      return bridge.environment['HOME'];
    };
    assert.equal(await homeWith(undefined), undefined);
    assert.equal(await homeWith(own), undefined);
    assert.notEqual(await homeWith(another), undefined);
  },
);
