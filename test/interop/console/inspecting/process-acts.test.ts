/** Acting on processes of nodes: who may, what it does there, and what the audit log has of it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterView } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { InspectingConsole } from '../../../support/members/inspecting-console.ts';

for (const release of testedReleases()) {
  describe(`acting on a process of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('kills it and has it collect garbage, each with its target and outcome in the audit log', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      await scene.target.eval('register(shop_cache, spawn(timer, sleep, [infinity]))');
      const pid = await scene.pidOf('shop_cache');
      const collected = await scene.act(pid, 'collect');
      assert.equal(collected.status, 200, collected.text);
      assert.equal(collected.json.value.wasAlive, true);
      assert.ok(collected.json.value.memoryBefore > 0 && collected.json.value.memoryAfter > 0);
      const killed = await scene.act(pid, 'kill');
      assert.deepEqual([killed.status, killed.json.value?.wasAlive], [200, true], killed.text);
      assert.equal(await scene.target.eval('whereis(shop_cache)'), 'undefined');
      const again = await scene.act(pid, 'kill');
      assert.equal(again.json.value?.wasAlive, false, again.text);
      await eventuallyEqual(
        () => scene.audited(),
        [
          ['process.collect', scene.id, pid, undefined],
          ['process.outcome', scene.id, pid, 'collected'],
          ['process.kill', scene.id, pid, undefined],
          ['process.outcome', scene.id, pid, 'killed: shop_cache'],
          ['process.kill', scene.id, pid, undefined],
          ['process.outcome', scene.id, pid, 'there was no such process'],
        ],
      );
    });
  });
}

describe('the switch for acting', { skip: missingPeer('25') }, () => {
  test('is off in production, refuses before anything is done or asked, and is kept by the store', async (t) => {
    const scene = await InspectingConsole.start(t, '25');
    const change = async (body: object): Promise<ClusterView> =>
      (await scene.convoy.client.ask('/api/clusters/prod', { method: 'PATCH', body })).json as ClusterView;
    assert.equal((await scene.convoy.cluster('prod')).acting, true);
    const marked = await change({ production: true });
    assert.deepEqual([marked.production, marked.acting], [true, false]);
    await scene.target.eval('register(shop_cache, spawn(timer, sleep, [infinity]))');
    const pid = await scene.pidOf('shop_cache');
    for (const act of ['kill', 'collect'] as const) {
      const { status, json } = await scene.act(pid, act);
      assert.deepEqual([status, json.error.code], [403, 'CONSOLE_ACTING_OFF']);
      assert.match(json.error.message, /prod is switched off, as it is at first in a production cluster/);
      assert.match(json.error.remedy, /settings of the cluster.*convoy clusters set prod --acting/);
    }
    assert.match(await scene.target.eval('whereis(shop_cache)'), /^<0\.\d+\.\d+>$/);
    assert.deepEqual(await scene.audited(), []);
    await scene.valueOf('overview');

    await change({ acting: true });
    await scene.convoy.restart();
    const view = await scene.convoy.settled('prod');
    assert.deepEqual([view.state, view.production, view.acting], ['up', true, true]);
    assert.equal((await scene.act(pid, 'kill')).json.value?.wasAlive, true);
    assert.equal((await change({ acting: false })).acting, false);
    assert.equal((await scene.act(pid, 'kill')).status, 403);
  });

  test('what is not a pid of the node is refused before it is written anywhere', async (t) => {
    const scene = await InspectingConsole.start(t, '25');
    for (const wrong of ['init', '<1.2.3>', `<0.1.0>${'x'.repeat(1000)}`]) {
      const { status, json } = await scene.act(wrong, 'kill');
      assert.deepEqual([status, json.error.code], [400, 'CONSOLE_BAD_REQUEST'], wrong);
    }
    assert.deepEqual(await scene.audited(), []);
  });
});
