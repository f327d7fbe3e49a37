/** Stock erl and iex reach a node behind a tunnel with an EPMD module, over both address families. */

import { openEpmdModuleBridge } from '@convoy/cluster/bridge';
import { type BridgeWay, testBridge } from '../../conformance/bridge.ts';
import { testedReleases } from '../../support/extent.ts';

/** `family` is that of the local nodes. */
function over(family: 'inet' | 'inet6', node: string): BridgeWay {
  return {
    title: `${node} over ${family}`,
    node,
    open: (tunnel, options) => openEpmdModuleBridge(tunnel, { ...options, family }),
  };
}

for (const release of testedReleases()) {
  testBridge('EPMD module bridge', release, [
    over('inet', 'app@db1.far.example'),
    over('inet', 'app@db1'),
    // A name that is a local address, too.
    over('inet', 'app@127.0.0.1'),
    over('inet6', 'app@db1.far.example'),
    over('inet6', 'app@db1'),
  ]);
}
