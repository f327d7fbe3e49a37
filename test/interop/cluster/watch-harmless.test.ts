/**
 * Watching a cluster changes nothing in it: what each member sees, names and logs before, meanwhile and afterwards is equal, apart
 * from one hidden connection on the member that we entered by.
 */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { watchCluster } from '@convoy/cluster/members';
import { startNode } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import type { OtpRelease } from '../../support/erlang/erlang-release.ts';
import {
  assertUnchanged,
  meshOf,
  settledStates,
  startMember,
  type WatchedMember,
} from '../../support/members/watched-mesh.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../support/extent.ts';
import { mayTake } from '../../support/time-limit.ts';

const cookie = 'watched-cluster';

/** A mesh of visible nodes, one of them Elixir's, and a hidden node that is connected to the first. */
async function startMesh(
  context: TestContext,
  { release, count }: { readonly release: OtpRelease; readonly count: number },
): Promise<{ cluster: ErlangCluster; members: WatchedMember[] }> {
  const cluster = await ErlangCluster.start({ cookie, release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const visible: WatchedMember[] = [];
  for (let index = 1; index < count; index += 1) {
    const kind = index === 2 && missingPeer(release, 'elixir') === false ? 'elixir' : 'erl';
    visible.push(await startMember(cluster, `n${index}`, { release, kind }));
  }
  await meshOf(visible);
  const hidden = await startMember(cluster, 'hidden', { release, args: ['-hidden'] });
  await visible[0]?.run(`pong = net_adm:ping('${hidden.name}')`);
  await visible[1]?.run('yes = global:register_name(shop, whereis(init))');
  return { cluster, members: [...visible, hidden] };
}

async function watchAndLeave(
  context: TestContext,
  options: { release: OtpRelease; count: number },
): Promise<void> {
  const { cluster, members } = await startMesh(context, options);
  const [entry, second] = members;
  assert.ok(entry !== undefined && second !== undefined);
  await using visitor = await startNode({
    name: 'visitor@127.0.0.1',
    cookie,
    hidden: true,
    isolated: true,
    listen: false,
    epmd: 'none',
    epmdPort: cluster.epmdPort,
  });
  const before = await settledStates(members);
  const [ofEntry = [], ofSecond = []] = before;
  // The mesh is kept complete, and overlapping partitions are prevented.
  if (options.release !== '23') assert.match(ofEntry.join(' '), /\{conf,true,true\}/);
  const watched = await watchCluster(visitor, { entries: [entry.name], idleMs: 1 });
  assert.equal(watched.members().length, members.length);
  for (const member of watched.members()) assert.equal(member.state, 'answering', JSON.stringify(member));
  await watched.refresh();
  const call = { module: 'erlang', function: 'node', args: [] };
  await Promise.all(watched.members().map(({ name }) => watched.ask(name, call)));
  await assertUnchanged(members, before, { visitor, visited: [entry.name] });

  const visit = await watched.visit(second.name);
  await assertUnchanged(members, before, { visitor, visited: [entry.name, second.name] });
  visit.close();
  await eventually('the visit to end', 30_000, () => !visitor.list('connected').includes(second.name));
  await eventuallyEqual(() => second.visibleState(), ofSecond);
  await assertUnchanged(members, before, { visitor, visited: [entry.name] });

  await watched.close();
  await eventuallyEqual(() => entry.visibleState(), ofEntry);
  await eventuallyEqual(() => entry.remoteCalls(), '[]');
  await assertUnchanged(members, before, { visitor, visited: [] });

  // What runs on the entry for us ends with the watching, even if the connection stays.
  await visitor.connect(entry.name);
  await (await watchCluster(visitor, { entries: [entry.name] })).close();
  await eventuallyEqual(() => entry.remoteCalls(), '[]');
  assert.deepEqual(visitor.list('connected'), [entry.name]);
}

for (const release of testedReleases()) {
  describe(`watching changes nothing, on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('a mesh of five, with prevent_overlapping_partitions as it is by default', async (t) => {
      mayTake(t, { seconds: 90, because: 'five nodes start, and each is read six times' });
      await watchAndLeave(t, { release, count: 5 });
    });
  });
}

describe('watching changes nothing in a large mesh', () => {
  test('of thirty nodes', { skip: onlyInAll(missingPeer('25')) }, async (t) => {
    mayTake(t, { seconds: 300, because: 'thirty nodes start' });
    await watchAndLeave(t, { release: '25', count: 30 });
  });
});
