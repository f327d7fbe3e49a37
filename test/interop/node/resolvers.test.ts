/** Nodes that are found without EPMD, or with EPMD as the last of a chain, among real Erlang nodes; in both directions. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createChainResolver,
  createEpmdResolver,
  createNameEncodedResolver,
  createStaticPortResolver,
  type Node,
  startNode,
} from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import {
  type ErlangNode,
  freePort,
  missingPeer,
  type OtpRelease,
  startErlangNode,
  startTestEpmd,
} from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testResolver } from '../../conformance/resolver.ts';

const cookie = 'resolver-interop';

/** A node without EPMD: on `port` of 127.0.0.1 only, so that others can have that port at other addresses. */
function startWithoutEpmd(release: OtpRelease, options: { name: string; port: number }): Promise<ErlangNode> {
  return startErlangNode({
    name: options.name,
    release,
    cookie,
    // No EPMD listens there.
    epmdPort: 1,
    args: [
      ...['-erl_epmd_port', String(options.port)],
      ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
    ],
  });
}

async function waitForGone(erl: ErlangNode, node: Node): Promise<void> {
  const wait =
    'Wait = fun Wait(0) -> timeout; Wait(N) -> ' +
    `case lists:member('${node.name}', nodes([hidden, visible])) of ` +
    'false -> gone; true -> receive after 20 -> Wait(N - 1) end end end, Wait(500)';
  assert.equal(await erl.eval(wait), 'gone');
}

for (const release of testedReleases().filter((one) => one !== '23')) {
  describe(`resolvers with OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('nodes that all listen on one port find each other without EPMD', async () => {
      const port = await freePort();
      await using erl = await startWithoutEpmd(release, { name: `erl${release}@127.0.0.1`, port });
      await using node = await startNode({
        name: `ts${release}@127.0.0.2`,
        cookie,
        resolver: createStaticPortResolver({ port }),
      });
      assert.equal(node.port, port);
      await node.connect(erl.name);
      await eventuallyEqual(() => erl.eval('nodes()'), `['${node.name}']`);
      node.disconnect(erl.name);
      await waitForGone(erl, node);
      assert.equal(await erl.eval(`net_adm:ping('${node.name}')`), 'pong');
      assert.deepEqual(node.list(), [erl.name]);
    });

    test('a node is dialled at the port in its name, whatever its host part is', async () => {
      const port = await freePort();
      const name = `remote_${port}@machine1.vm.app.internal`;
      await using erl = await startWithoutEpmd(release, { name, port });
      await using node = await startNode({
        name: `ts${release}@127.0.0.1`,
        cookie,
        listen: false,
        resolver: createChainResolver([createNameEncodedResolver(), createEpmdResolver({ port: 1 })]),
      });
      await node.connect(erl.name);
      await eventuallyEqual(() => erl.eval('nodes()'), `['${node.name}']`);
    });

    test('a chain falls through to EPMD, registers there and listens where a name says', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const port = await freePort();
      const erl = await cluster.erlang(`remote_x${release}`);
      await using node = await startNode({
        name: `remote_${port}@127.0.0.1`,
        cookie,
        resolver: createChainResolver([
          createNameEncodedResolver(),
          createEpmdResolver({ port: cluster.epmdPort }),
        ]),
      });
      assert.equal(node.port, port);
      assert.equal(await erl.eval(`net_adm:ping('${node.name}')`), 'pong');
      node.disconnect(erl.name);
      await waitForGone(erl, node);
      await node.connect(erl.name);
      assert.deepEqual(node.list(), [erl.name]);
    });
  });
}

describe('with the stock daemon', { skip: missingPeer() }, () => {
  testResolver(
    async () => {
      const epmd = await startTestEpmd();
      return {
        resolver: createEpmdResolver({ port: epmd.port }),
        [Symbol.asyncDispose]: () => epmd[Symbol.asyncDispose](),
      };
    },
    { title: 'epmd, with the daemon of Erlang', publishes: true },
  );
});
