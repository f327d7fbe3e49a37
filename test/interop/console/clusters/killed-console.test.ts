/** A console that is killed while it attaches and detaches clusters: the next one finds what was saved, and the cluster nothing of it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ClusterView } from '@convoy/console/protocol';
import { startConsoleProcess } from '../../../support/console/console-process.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { runsOf } from '../../../support/extent.ts';
import { ClusterClient } from '../../../support/members/attaching-console.ts';
import { mayTake } from '../../../support/time-limit.ts';

const cookie = 'cookie-of-a-cluster-that-stays';
const rounds = runsOf(12);

/** Resolves at some moment of the first 400 ms, at another one in each round. */
function someMoment(round: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, (round * 137) % 400);
  return promise;
}

describe('a console that is killed', { skip: missingPeer('25') }, () => {
  test('while it attaches and detaches, loses and leaves behind nothing', async (t) => {
    mayTake(t, { seconds: 20 * rounds, because: 'a console is started in each round' });
    await using cluster = await ErlangCluster.start({ cookie });
    const node = await cluster.erlang('stays');
    const dataDir = mkdtempSync(join(tmpdir(), 'convoy-killed-'));
    t.after(() => rmSync(dataDir, { recursive: true, force: true }));
    const request = { nodes: [node.name], cookie, epmdPort: cluster.epmdPort };
    for (let round = 0; round < rounds; round += 1) {
      await using convoy = await startConsoleProcess({ args: ['--data-dir', dataDir] });
      const user = new ClusterClient(convoy.url);
      const known = (await user.client.ask('/api/clusters')).json as ClusterView[];
      const attached = known.filter(({ kind }) => kind === 'attached');
      for (const { id } of attached) assert.equal((await user.settled(id)).state, 'up', id);
      // One that has been answered for is still there at the next start.
      await user.attach({ ...request, name: `kept-${round}` });
      const others = attached.filter(({ id }) => id.startsWith('kept-'));
      assert.equal(others.length, round === 0 ? 0 : 1, JSON.stringify(attached));
      const detached = others.map(({ id }) => user.client.ask(`/api/clusters/${id}`, { method: 'DELETE' }));
      assert.deepEqual(
        (await Promise.all(detached)).map(({ status }) => status),
        detached.map(() => 204),
      );
      // These are under way when it is killed.
      const going = user.client.ask('/api/clusters', { body: { ...request, name: 'going' } });
      const leaving = user.client.ask('/api/clusters/going', { method: 'DELETE' });
      void Promise.allSettled([going, leaving]);
      await someMoment(round);
      convoy.process.kill('SIGKILL');
      await once(convoy.process, 'exit');
      await eventually(
        'the cluster to be left alone',
        60_000,
        async () => (await node.eval('nodes(hidden)')) === '[]',
      );
    }
    assert.equal(await node.eval('nodes()'), '[]');
  });
});
