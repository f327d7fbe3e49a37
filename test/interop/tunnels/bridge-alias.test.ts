/** Stock erl and iex reach a node behind a tunnel without our code: with an address, a file and our EPMD. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openAliasBridge } from '../../../packages/cluster/src/bridge/alias-bridge.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { createStockUser } from '../../support/erlang/stock-node.ts';
import { TcpTunnel } from '../../support/network/tcp-tunnel.ts';

const cookie = 'remote_cookie_of_the_bridge';

for (const release of testedReleases()) {
  describe(`alias bridge for OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    for (const name of ['app@db1.far.example', 'app@db1']) {
      test(`erl and iex call ${name}`, async () => {
        await using cluster = await ErlangCluster.start({ cookie });
        const remote = await cluster.erlang(name);
        await using tunnel = new TcpTunnel();
        using user = createStockUser(release, 'own_cookie_of_the_user');
        const options = { node: name, epmdPort: cluster.epmdPort, cookie, env: user.env };
        await using bridge = await openAliasBridge(tunnel, options);
        assert.match(bridge.hosts.join(), /^127\.0\.\d+\.\d+$/);

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
      const options = { node: remote.name, epmdPort: cluster.epmdPort, cookie, env: user.env };
      await using bridge = await openAliasBridge(tunnel, options);
      // The user already has that cookie, so the home folder does not change.
      assert.equal(bridge.environment['HOME'], undefined);
      await using iex = user.start(bridge.commands.iexRemote, { isTerminal: true });
      await iex.waitFor(/iex\(app@db1\.far\.example\)1>/);
      await using erl = user.start(bridge.commands.erlRemote, { isTerminal: true });
      await erl.waitFor(/\(app@db1\.far\.example\)1>/);
    });
  });
}
