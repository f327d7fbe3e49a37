/** `convoy attach --via railway:project/environment`: a cluster that somebody deployed on Railway, with the simulator of `convoy up`. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { AttachScene } from '../../../support/members/attach-scene.ts';
import { DeployedCluster } from '../../../support/members/deployed-cluster.ts';

const via = ['--via', 'railway:convoy/production'];

test(
  'convoy attach reaches a cluster through an environment of Railway',
  { skip: missingPeer() },
  async () => {
    await using scene = new AttachScene();
    const convoy = await scene.startConsole(['--simulate', 'railway']);
    const [endpoint] = /http:\/\/127\.0\.0\.1:\d+\/\S*?(?=;)/.exec(convoy.output()) ?? [];
    assert.ok(endpoint !== undefined, convoy.output());
    const token = readFileSync(join(convoy.dataDir, 'simulator', 'token'), 'utf8');
    const isIpv6 = !convoy.output().includes('instead of a private network');
    const options = { names: ['app', 'web'], cookie: 'cookie-of-the-services', isIpv6 };
    await using cluster = await DeployedCluster.deploy({ endpoint, token }, options);
    const [app, web] = cluster.nodes.map(({ name }) => name);
    assert.ok(app !== undefined && web !== undefined);

    const malformed = await scene.run('attach', app, '--via', 'railway:app');
    assert.equal(malformed.code, 2, malformed.stderr);
    assert.match(
      malformed.stderr,
      /does not name an environment of Railway[\s\S]*railway:project\/environment/,
    );
    const unknown = await scene.run('attach', 'other@other.railway.internal', ...via);
    assert.equal(unknown.code, 3, unknown.stderr);
    assert.match(unknown.stderr, new RegExp(`no service of this environment runs other@[\\s\\S]*${app}`));

    const attached = await scene.json<{ cluster: ClusterView; nodes: NodeView[] }>('attach', app, ...via);
    assert.deepEqual(
      [attached.cluster.state, attached.nodes.map(({ name, status }) => [name, status])],
      [
        'up',
        [
          [app, 'up'],
          [web, 'up'],
        ],
      ],
    );
    const detached = await scene.run('detach', attached.cluster.id, '--yes');
    assert.equal(detached.code, 0, detached.stderr);
  },
);
