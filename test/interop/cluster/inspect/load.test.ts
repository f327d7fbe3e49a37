/** What questions cost a node with 100,000 processes, one of them with a million messages in its queue. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type InspectAnswer, isProblem } from '@convoy/cluster/inspect';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';
import { startInspected, valueOf } from '../../../support/members/inspected-node.ts';
import { mayTake } from '../../../support/time-limit.ts';

/** CPU time of the node in milliseconds, and its schedulers. */
async function runtimeOf(node: ErlangNode): Promise<number> {
  return Number(await node.eval('element(1, erlang:statistics(runtime))'));
}

for (const release of testedReleases()) {
  const skip = onlyInAll(missingPeer(release));
  describe(`the load of questions on a node of OTP ${release}`, { skip }, () => {
    test('with 100,000 processes and a queue of a million messages', async (t) => {
      mayTake(t, { seconds: 180, because: 'it starts 100,000 processes and sends a million messages' });
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        lists:foreach(fun(_) -> spawn(timer, sleep, [infinity]) end, lists:seq(1, 100000)),
        register(queue, spawn(timer, sleep, [infinity])),
        lists:foreach(fun(N) -> queue ! {message, N} end, lists:seq(1, 1000000))`);
      const schedulers = Number(await target.eval('erlang:system_info(schedulers_online)'));
      const memoryOf = (): Promise<string> => target.eval('process_info(whereis(queue), total_heap_size)');
      const pid = (await target.eval('list_to_atom(pid_to_list(whereis(queue)))')).replaceAll("'", '');
      const heap = await memoryOf();
      const measured = async <Value>(
        what: string,
        ask: () => Promise<InspectAnswer<Value>>,
      ): Promise<Value> => {
        const before = await runtimeOf(target);
        const answer = await ask();
        const cpuMs = (await runtimeOf(target)) - before;
        const { elapsedMs = 0, busyMs = 0, restMs = 0, reductions = 0 } = answer.cost;
        const load = (100 * cpuMs) / ((elapsedMs + restMs || 1) * schedulers);
        t.diagnostic(
          `OTP ${release}, ${what}: ${cpuMs} ms of CPU, ${busyMs.toFixed(1)} of ${elapsedMs.toFixed(1)} ms busy, ` +
            `${reductions} reductions; again after ${restMs} ms: ${load.toFixed(2)} % of ${schedulers} schedulers`,
        );
        return valueOf(answer);
      };
      await measured('overview', () => inspector.overview(target.name));
      const sorts = [
        { sort: 'queue' },
        { sort: 'memory' },
        { sort: 'reductions', windowMs: 0 },
        { sort: 'reductions', windowMs: 1000 },
        { sort: 'queue', filter: 'queue' },
      ] as const;
      for (const options of sorts) {
        const list = await measured(`processes ${JSON.stringify(options)}`, () =>
          inspector.processes(target.name, { ...options, maxProcesses: 200_000, timeoutMs: 60_000 }),
        );
        assert.ok(list.total > 100_000 && list.seen === list.total);
        if (options.sort === 'queue') assert.equal(list.rows[0]?.messageQueueLength, 1_000_000);
      }
      const details = await measured('one process', () =>
        inspector.process(target.name, pid, { withState: true }),
      );
      assert.equal(details.messageQueueLength, 1_000_000);
      assert.ok(isProblem(details.messages) && isProblem(details.state));
      await measured('tables', () => inspector.ets(target.name));
      await measured('ports', () => inspector.ports(target.name, { filter: '127.0.0.1' }));
      await measured('names', () => inspector.names(target.name));
      await measured('modules', () => inspector.modules(target.name));
      // Nothing has been copied in the process with the queue.
      assert.equal(await memoryOf(), heap);
    });
  });
}
