/** Ids of nodes and the names in them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { idOfPeer, nameOfId } from '../../../src/state/nodes/node-ids.ts';
import { edgesOf, peersOf, strangersOf } from '../../../src/state/nodes/mesh-edges.ts';
import { askedOf, peeringOf } from '../../../src/state/nodes/peering.ts';
import { memberOf } from '../../cluster-scenes.ts';
import { nodeNamed } from '../../scenes.ts';

const app = 'app@10.0.0.5';
const web = 'web@10.0.0.6';

test('the id of a peer has the cluster of the node that reports it', () => {
  assert.equal(idOfPeer(nodeNamed(app), web), web);
  assert.equal(idOfPeer(memberOf('prod', app), web), `prod:${web}`);
});

test('the name in an id is what follows the cluster, whatever is in the host', () => {
  for (const name of [app, 'app@fe80::1', 'Odd:name@h'])
    for (const id of [name, `prod:${name}`]) assert.equal(nameOfId(id), name);
});

describe('nodes of two clusters with the same names', () => {
  const nodes = ['prod', 'staging'].flatMap((cluster) => [
    memberOf(cluster, app, { peers: [web, 'far@10.0.0.9'] }),
    memberOf(cluster, web, { peers: [app] }),
  ]);
  const [prodApp, prodWeb, stagingApp] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];

  test('have connections of their own', () => {
    assert.deepEqual(
      edgesOf(nodes)
        .filter(({ kind }) => kind === 'mutual')
        .map(({ from, to }) => `${from} ${to}`),
      [`prod:${app} prod:${web}`, `staging:${app} staging:${web}`],
    );
    assert.deepEqual(strangersOf(nodes), ['prod:far@10.0.0.9', 'staging:far@10.0.0.9']);
    assert.deepEqual(
      peersOf(prodWeb, nodes).map(({ id, kind }) => `${id} ${kind}`),
      [`prod:${app} mutual`],
    );
  });

  test('are disconnected within their cluster only, by the id of one and the name of the other', () => {
    assert.deepEqual(
      peeringOf(prodApp, nodes).connected.map(({ id }) => id),
      [prodWeb.id],
    );
    assert.deepEqual(peeringOf(prodApp, [prodApp, stagingApp]), { joinable: [], connected: [] });
    assert.deepEqual(askedOf(prodApp, prodWeb), { asked: prodApp.id, peer: web });
  });
});
