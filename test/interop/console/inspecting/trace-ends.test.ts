/** A trace does not outlive the console that has started it, killed or frozen. */

import { describe, test } from 'node:test';
import { ConsoleClient, type LiveClient } from '../../../support/console/live-client.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { someOf, testedReleases } from '../../../support/extent.ts';
import { AttachScene } from '../../../support/members/attach-scene.ts';
import { checkNothingIsLeft, loadTracedShop } from '../../../support/members/traced-node.ts';
import { mayTake } from '../../../support/time-limit.ts';

async function startTrace(live: LiveClient, node: string): Promise<void> {
  const wish = { node, function: 'traced_shop:add', maxSeconds: 600, maxCalls: 10_000 };
  live.send({ type: 'trace.start', requestId: 'one', ...wish });
  await live.message('trace.started');
}

// What is asked of a node is held on every release where the asking is: here one stands for all in `npm test`.
for (const release of someOf(testedReleases(), 1)) {
  describe(`a trace on OTP ${release} is gone`, { skip: missingPeer(release) }, () => {
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      test(`when the console is ${signal === 'SIGKILL' ? 'killed' : 'frozen'}`, async (t) => {
        mayTake(t, { seconds: 60, because: 'a trace that is not renewed ends after ten seconds' });
        await using scene = new AttachScene();
        const convoy = await scene.startConsole();
        const { nodes, way } = await scene.startCluster({ cookie: 'traced-prod', release });
        // The console waits at the first one for changes of the cluster, in a process there.
        const [entry, node] = nodes;
        if (entry === undefined || node === undefined) throw new Error('a node is missing');
        await loadTracedShop(node);
        await scene.run('attach', entry.name, ...way, '--name', 'prod');
        const client = new ConsoleClient(convoy.url);
        await eventually('the member to be up', 60_000, async () =>
          (await client.ask('/api/nodes')).json.some(
            ({ name, status }: { name: string; status: string }) => name === node.name && status === 'up',
          ),
        );
        await using live = await client.live();
        await startTrace(live, `prod:${node.name}`);
        await node.eval('traced_shop:work(50)');
        convoy.process.kill(signal);
        try {
          // It is called all the while.
          await node.eval('traced_shop:work(50)');
          await checkNothingIsLeft(node);
        } finally {
          convoy.process.kill('SIGCONT');
        }
      });
    }
  });
}
