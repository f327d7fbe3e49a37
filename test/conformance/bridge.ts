/**
 * The rules for every `Bridge`, as one suite: stock erl and iex reach a node behind a tunnel with the printed command lines, unchanged.
 * The test of a bridge calls `testBridge` with the names that it can reach, and how it is opened for each.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tunnel } from '@convoy/cluster';
import type { Bridge, BridgeOptions } from '@convoy/cluster/bridge';
import { ErlangCluster } from '../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import type { OtpRelease } from '../support/erlang/erlang-release.ts';
import { createStockUser } from '../support/erlang/stock-node.ts';
import { TcpTunnel } from '../support/network/tcp-tunnel.ts';

/** One way to use the bridge. */
export interface BridgeWay {
  /** What the title says about it, if the name of the node does not say everything. */
  readonly title?: string;
  /** Full name of the remote node. */
  readonly node: string;
  open(tunnel: Tunnel, options: BridgeOptions): Promise<Bridge>;
}

const cookie = 'remote_cookie_of_the_bridge';

/** Registers the tests. The first way is also used for the shells of the remote node. */
export function testBridge(
  title: string,
  release: OtpRelease,
  ways: readonly [BridgeWay, ...BridgeWay[]],
): void {
  describe(`${title} for OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    for (const way of ways) {
      const { node } = way;
      test(`erl and iex call ${way.title ?? node}`, async () => {
        await using cluster = await ErlangCluster.start({ cookie });
        const remote = await cluster.erlang(node);
        await using tunnel = new TcpTunnel();
        using user = createStockUser(release, 'own_cookie_of_the_user');
        const options = { node, epmdPort: cluster.epmdPort, cookie, env: user.env };
        await using bridge = await way.open(tunnel, options);

        await using erl = user.start(bridge.commands.erl);
        erl.write(`rpc:call('${node}', erlang, node, []) =:= '${node}' andalso {got, node()}.\n`);
        await erl.waitFor(/\{got,'?erl_[0-9a-f]{6}@/);
        assert.match(await remote.eval('nodes(hidden).'), /erl_[0-9a-f]{6}@/);

        await using iex = user.start(bridge.commands.iex);
        iex.write(`:rpc.call(:"${node}", :erlang, :node, []) == :"${node}" && {:got, node()}\n`);
        await iex.waitFor(/\{:got, :"?iex_[0-9a-f]{6}@/);

        assert.doesNotMatch(JSON.stringify([bridge.commands, bridge.environment]), new RegExp(cookie));
      });
    }

    test('both shells of the remote node open, with the cookie of the user', async () => {
      const [{ node, open }] = ways;
      await using cluster = await ErlangCluster.start({ cookie });
      await cluster.erlang(node, { release, kind: 'elixir' });
      await using tunnel = new TcpTunnel();
      using user = createStockUser(release, cookie);
      await using bridge = await open(tunnel, { node, epmdPort: cluster.epmdPort, env: user.env });
      const prompt = `\\(${node.replaceAll('.', '\\.')}\\)1>`;
      await using iex = user.start(bridge.commands.iexRemote, { isTerminal: true });
      await iex.waitFor(new RegExp(`iex${prompt}`));
      await using erl = user.start(bridge.commands.erlRemote, { isTerminal: true });
      await erl.waitFor(new RegExp(prompt));
    });
  });
}
