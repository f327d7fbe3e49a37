/**
 * What pages that look into a node cost it: several pages ask a console everything again and again, as fast as they get answers, and the
 * node says how long its processors have worked.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProcessDetailsView, ProcessListView } from '@convoy/console/protocol';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';
import { InspectingConsole, pathOf } from '../../../support/members/inspecting-console.ts';
import { mayTake } from '../../../support/time-limit.ts';

const pages = 3;
const watchedMs = 120_000;

/** CPU time and wall-clock time of the node, in milliseconds. */
async function clocksOf(node: ErlangNode): Promise<readonly [cpu: number, wall: number]> {
  const text = await node.eval(
    '[element(1, erlang:statistics(runtime)), erlang:monotonic_time(millisecond)]',
  );
  const [cpu = 0, wall = 0] = (JSON.parse(text) as number[]).map(Number);
  return [cpu, wall];
}

/** Asks each of the paths in turn, as often as there are answers. Resolves with the number of answers. */
async function watchPage(scene: InspectingConsole, paths: readonly string[], until: number): Promise<number> {
  let answers = 0;
  while (Date.now() < until) {
    for (const path of paths) {
      const { status } = await scene.convoy.client.ask(pathOf(scene.id, path));
      assert.ok(status === 200 || status === 429, path);
      answers += 1;
    }
  }
  return answers;
}

for (const release of testedReleases()) {
  const skip = onlyInAll(missingPeer(release));
  describe(`pages that look into a node of OTP ${release}`, { skip }, () => {
    test('take less than 2 % of its schedulers, and copy nothing of a queue of a million messages', async (t) => {
      mayTake(t, { seconds: 300, because: 'it starts 100,000 processes and watches them for two minutes' });
      const scene = await InspectingConsole.start(t, release);
      const { target } = scene;
      await target.eval(`
        register(queue, spawn(timer, sleep, [infinity])),
        lists:foreach(fun(_) -> spawn(timer, sleep, [infinity]) end, lists:seq(1, 100000)),
        lists:foreach(fun(N) -> queue ! {message, N} end, lists:seq(1, 1000000))`);
      const schedulers = Number(await target.eval('erlang:system_info(schedulers_online)'));
      const heap = (): Promise<string> => target.eval('process_info(whereis(queue), total_heap_size)');
      const before = await heap();
      const pid = encodeURIComponent(await scene.pidOf('queue'));
      const details = await scene.valueOf<ProcessDetailsView>(`processes/${pid}?state=true`);
      assert.equal(details.messageQueueLength, 1_000_000);
      assert.ok('problem' in details.messages && typeof details.state === 'object');
      // Questions have a low priority there: a list that takes a moment may be late on a machine that is busy with other tests.
      let list: ProcessListView | undefined;
      await eventually('the list of 100,000 processes', 120_000, async () => {
        const { json } = await scene.convoy.client.ask(pathOf(scene.id, 'processes?sort=queue&limit=1'));
        if (json.state === 'answered') list = json.value as ProcessListView;
        return list !== undefined;
      });
      assert.deepEqual([list?.rows[0]?.name, list?.rows[0]?.messageQueueLength], ['queue', 1_000_000]);

      const paths = ['overview', 'processes?sort=reductions', 'applications', `processes/${pid}`, 'tables'];
      const [cpu, wall] = await clocksOf(target);
      const until = Date.now() + watchedMs;
      const answers = await Promise.all(Array.from({ length: pages }, () => watchPage(scene, paths, until)));
      const [cpuAfter, wallAfter] = await clocksOf(target);
      const share = (100 * (cpuAfter - cpu)) / ((wallAfter - wall) * schedulers);
      t.diagnostic(
        `OTP ${release}: ${pages} pages had ${answers.reduce((sum, one) => sum + one, 0)} answers in ` +
          `${(wallAfter - wall) / 1000} s, for ${cpuAfter - cpu} ms of CPU: ${share.toFixed(2)} % of ${schedulers} schedulers`,
      );
      assert.equal(await heap(), before, 'nothing of the million messages was copied');
    });
  });
}
