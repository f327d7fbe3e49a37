/** Stock erl and iex reach a node behind a tunnel with the command lines that a bridge prints, unchanged. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openEpmdModuleBridge } from '../../../packages/cluster/src/bridge/epmd-module-bridge.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { createStockUser } from '../../support/erlang/stock-node.ts';
import { TcpTunnel } from '../../support/network/tcp-tunnel.ts';

const cookie = 'remote_cookie_of_the_bridge';

/** The name of the remote node, and the family of local nodes: long and short names, and one that is a local address too. */
const ways = [
  { name: 'app@db1.far.example', family: 'inet' },
  { name: 'app@db1', family: 'inet' },
  { name: 'app@127.0.0.1', family: 'inet' },
  { name: 'app@db1.far.example', family: 'inet6' },
  { name: 'app@db1', family: 'inet6' },
] as const;

for (const release of testedReleases()) {
  describe(`EPMD module bridge for OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    for (const { name, family } of ways) {
      test(`erl and iex call ${name} over ${family}`, async () => {
        await using cluster = await ErlangCluster.start({ cookie });
        const remote = await cluster.erlang(name);
        await using tunnel = new TcpTunnel();
        using user = createStockUser(release, 'own_cookie_of_the_user');
        const options = { node: name, epmdPort: cluster.epmdPort, cookie, family, env: user.env };
        await using bridge = await openEpmdModuleBridge(tunnel, options);

        await using erl = user.start(bridge.commands.erl);
        erl.write(`rpc:call('${name}', erlang, node, []) =:= '${name}' andalso {got, node()}.\n`);
        await erl.waitFor(/\{got,'?erl_[0-9a-f]{6}@/);
        assert.match(await remote.eval('nodes(hidden).'), /erl_[0-9a-f]{6}@/);

        await using iex = user.start(bridge.commands.iex);
        iex.write(`:rpc.call(:"${name}", :erlang, :node, []) == :"${name}" && {:got, node()}\n`);
        await iex.waitFor(/\{:got, :"?iex_[0-9a-f]{6}@/);

        assert.doesNotMatch(JSON.stringify([bridge.commands, bridge.environment]), new RegExp(cookie));
      });
    }

    test('both shells of the remote node open, with the cookie of the user', async () => {
      const name = 'app@db1.far.example';
      await using cluster = await ErlangCluster.start({ cookie });
      const remote = await cluster.erlang(name, { release, kind: 'elixir' });
      await using tunnel = new TcpTunnel();
      using user = createStockUser(release, cookie);
      const options = { node: remote.name, epmdPort: cluster.epmdPort, env: user.env };
      await using bridge = await openEpmdModuleBridge(tunnel, options);
      await using iex = user.start(bridge.commands.iexRemote, { isTerminal: true });
      await iex.waitFor(/iex\(app@db1\.far\.example\)1>/);
      await using erl = user.start(bridge.commands.erlRemote, { isTerminal: true });
      await erl.waitFor(/\(app@db1\.far\.example\)1>/);
    });
  });
}
