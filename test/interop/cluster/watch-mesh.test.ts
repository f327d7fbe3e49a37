/** Disconnecting two members of a cluster: what is foretold is what OTP does, and the mesh is completed again on request. */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { foreseeDisconnect, reconnectAll, watchCluster, type WatchedCluster } from '@convoy/cluster/members';
import { startNode } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { someOf, testedReleases } from '../../support/extent.ts';

const cookie = 'meshes';
const full = (name: string): string => `${name}@127.0.0.1`;
const names = ['a', 'b', 'c', 'd', 'e'] as const;
const allowed = ['-kernel', 'prevent_overlapping_partitions', 'false'];

interface Mesh {
  readonly nodes: readonly ErlangNode[];
  readonly watched: WatchedCluster;
}

/** A complete mesh that is watched through `e`. Nodes in `off` do not prevent overlapping partitions. */
async function startMesh(context: TestContext, release: OtpRelease, off: string): Promise<Mesh> {
  const cluster = await ErlangCluster.start({ cookie, release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const nodes = await Promise.all(
    names.map((name) => cluster.erlang(name, off.includes(name) ? { args: allowed } : {})),
  );
  for (const { name } of nodes.slice(1)) await nodes[0]?.eval(`net_adm:ping('${name}')`);
  await eventually('a complete mesh', 60_000, async () => (await links(nodes)).length === 20);
  for (const node of nodes) await node.eval('global:sync()');
  const visitor = await startNode({
    name: full('visitor'),
    cookie,
    hidden: true,
    isolated: true,
    listen: false,
    epmdPort: cluster.epmdPort,
  });
  context.after(() => visitor.close());
  const watched = await watchCluster(visitor, { entries: [full('e')], answerMs: 20_000 });
  context.after(() => watched.close());
  return { nodes, watched };
}

/** All connections, each way, as `a>b`. */
async function links(nodes: readonly ErlangNode[]): Promise<string[]> {
  const seen = await Promise.all(nodes.map((node) => node.eval('lists:sort(nodes())')));
  return seen.flatMap((text, index) =>
    Array.from(text.matchAll(/'(\w)@/g), ([, peer]) => `${names[index]}>${peer}`),
  );
}

/** Whether a node still has a connection to each of the two that were disconnected. */
function isConnectedToBoth(left: readonly string[], name: string): boolean {
  return ['b', 'c'].every((other) => left.includes(`${name}>${other}`) || left.includes(`${other}>${name}`));
}

const cases = [
  { off: '', title: 'all prevent overlapping partitions' },
  { off: 'abcde', title: 'none does' },
  { off: 'b', title: 'one of the two does not' },
  { off: 'a', title: 'a third node does not' },
] as const;

for (const release of testedReleases().filter((release) => release !== '23')) {
  describe(`disconnecting two nodes of OTP ${release}`, { skip: missingPeer(release) }, () => {
    for (const { off, title } of someOf(cases, 2)) {
      test(`does what was foretold when ${title}, and the mesh is complete again on request`, async (t) => {
        const { nodes, watched } = await startMesh(t, release, off);
        const [first, second] = [full('b'), full('c')];
        const forecast = await foreseeDisconnect(watched, first, second);
        assert.equal(forecast.isCertain, true);
        const before = await links(nodes);
        const lost = new Set(
          forecast.lost.flatMap(([one, other]) => [`${one[0]}>${other[0]}`, `${other[0]}>${one[0]}`]),
        );
        await nodes[1]?.eval(`erlang:disconnect_node('${second}')`);
        const kept = before.filter((link) => !lost.has(link)).sort();
        await eventually('what was foretold', 60_000, async () => {
          const left = await links(nodes);
          const isKept = kept.every((link) => left.includes(link));
          if (!forecast.isRace) return isKept && left.length === kept.length;
          // A node that does not prevent partitions keeps both.
          const preventing = ['a', 'd', 'e'].filter((name) => !off.includes(name));
          return isKept && preventing.every((name) => !isConnectedToBoth(left, name));
        });

        const left = await links(nodes);
        await eventually('the members to be those that are left', 60_000, () =>
          ['b', 'c'].every((name) => left.includes(`e>${name}`) || watched.member(full(name)) === undefined),
        );
        const { connected, missing, absent } = await reconnectAll(watched);
        assert.deepEqual([missing, absent], [[], []]);
        assert.ok(connected.length > 0, 'what was connected is told');
        await eventuallyEqual(async () => (await links(nodes)).length, 20);
      });
    }
  });
}

describe('what is foretold about a mesh', { skip: missingPeer('25') }, () => {
  test('names must be of members, and foretelling changes nothing', async (t) => {
    const { nodes, watched } = await startMesh(t, '25', '');
    await foreseeDisconnect(watched, full('a'), full('b'));
    await assert.rejects(foreseeDisconnect(watched, full('a'), full('x')), { code: 'MEMBERS_UNKNOWN_NODE' });
    await assert.rejects(reconnectAll(watched, { include: [full('x')] }), { code: 'MEMBERS_UNKNOWN_NODE' });
    assert.equal((await links(nodes)).length, 20);
  });
});
