/** Looking into real nodes by the HTTP API of a console: members of an attached cluster, through another member. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  HistorySample,
  NodeOverviewView,
  ProcessDetailsView,
  ProcessListView,
  StartedApplicationView,
  TableRowView,
  TreeNodeView,
} from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { InspectingConsole, pathOf } from '../../../support/members/inspecting-console.ts';

for (const release of testedReleases()) {
  describe(`a member of OTP ${release} is looked into by the API`, { skip: missingPeer(release) }, () => {
    test('overview, processes, one process, applications, a tree, tables and rows', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      await scene.target.eval(`
        register(shop_queue, spawn(timer, sleep, [infinity])),
        [shop_queue ! N || N <- lists:seq(1, 50)],
        shop_stock = ets:new(shop_stock, [named_table, public]),
        ets:insert(shop_stock, [{N, apple} || N <- lists:seq(1, 30)]), ok`);
      const overview = await scene.valueOf<NodeOverviewView>('overview');
      assert.equal(overview.versions['otp'], release);
      assert.ok((overview.memory['total'] ?? 0) > 1e6 && (overview.runQueues?.each.length ?? 0) > 0);
      assert.ok(typeof overview.schedulers?.use === 'object', 'the schedulers were measured');
      const quiet = await scene.valueOf<NodeOverviewView>('overview?schedulers=false');
      assert.equal(quiet.schedulers?.use, 'off', 'and are not measured any longer');

      const list = await scene.valueOf<ProcessListView>('processes?sort=queue&limit=3');
      const [first] = list.rows;
      assert.deepEqual([list.rows.length, first?.name, first?.messageQueueLength], [3, 'shop_queue', 50]);
      const found = await scene.valueOf<ProcessListView>('processes?sort=memory&filter=SHOP_');
      assert.deepEqual([found.matching, found.rows[0]?.name], [1, 'shop_queue']);

      const pid = await scene.pidOf('shop_queue');
      const details = await scene.valueOf<ProcessDetailsView>(`processes/${encodeURIComponent(pid)}`);
      assert.deepEqual([details.name, details.state], ['shop_queue', undefined]);
      assert.ok('items' in details.messages && details.messages.items[0] === '1');
      const kernel = encodeURIComponent(await scene.pidOf('kernel_sup'));
      const { state } = await scene.valueOf<ProcessDetailsView>(`processes/${kernel}?state=true`);
      assert.ok(typeof state === 'string' && state.includes('kernel'), JSON.stringify(state));

      const applications = await scene.valueOf<StartedApplicationView[]>('applications');
      assert.ok(applications.some(({ name, root }) => name === 'kernel' && root !== undefined));
      const tree = await scene.valueOf<TreeNodeView>('applications/kernel/tree');
      assert.deepEqual([tree.name, tree.kind], ['kernel_sup', 'supervisor']);
      assert.ok(tree.children.length > 3);

      const { rows } = await scene.valueOf<{ rows: TableRowView[] }>('tables?sort=size&limit=500');
      assert.ok(rows.some(({ name, size }) => name === 'shop_stock' && size === 30));
      const content = await scene.valueOf<{ total: number; rows: string[] }>(
        'tables/shop_stock/rows?limit=2',
      );
      assert.deepEqual([content.total, content.rows.length], [30, 2]);
      assert.match(content.rows[0] ?? '', /^\{\d+,apple\}$/);
    });

    test('a process that does not answer by sys is slow alone, and what does not exist is gone', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      await scene.target.eval('erlang:suspend_process(whereis(kernel_safe_sup))');
      const pid = await scene.pidOf('kernel_safe_sup');
      const path = `processes/${encodeURIComponent(pid)}?state=true`;
      const { value } = await scene.ask<ProcessDetailsView>(path);
      assert.equal(value.name, 'kernel_safe_sup');
      assert.ok(typeof value.state === 'object' && value.state.problem.kind === 'slow');
      for (const missing of [
        `processes/${encodeURIComponent('<0.99999.0>')}`,
        'applications/nothing/tree',
        'tables/nothing/rows',
      ]) {
        const { state, problem } = await scene.ask(missing);
        assert.deepEqual([state, problem.kind], ['unavailable', 'gone'], missing);
      }
    });

    test('a node that ends in the middle of a question is unreachable, and then not up', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      const asked = scene.ask('processes?sort=reductions&windowMs=60000');
      // The process that answers is the only one of low priority.
      await scene.target.eval(`
        (fun Until() ->
          case lists:any(fun(P) -> erlang:process_info(P, priority) =:= {priority, low} end, processes()) of
            true -> ok;
            false -> erlang:yield(), Until()
          end
        end)()`);
      await scene.target[Symbol.asyncDispose]();
      const { state, problem } = await asked;
      assert.deepEqual([state, problem.kind], ['unavailable', 'unreachable'], JSON.stringify(problem));
      assert.match(problem.remedy ?? '', /doctor/);
      await eventually('it to have left', 60_000, async () =>
        (await scene.convoy.nodes('prod')).some(({ id, status }) => id === scene.id && status === 'left'),
      );
      for (const path of ['overview', 'processes', 'applications']) {
        const { status, json } = await scene.convoy.client.ask(pathOf(scene.id, path));
        assert.deepEqual([status, json.error.code], [409, 'CONSOLE_NODE_NOT_UP'], path);
      }
      assert.equal((await scene.convoy.client.ask(pathOf(scene.id, 'history'))).status, 200);
    });
  });
}

describe('questions to the console about a node', { skip: missingPeer('25') }, () => {
  test('are asked once for ten pages, with a history of the last hour, and refused if they make no sense', async (t) => {
    const scene = await InspectingConsole.start(t, '25');
    const path = 'processes?sort=reductions&windowMs=500';
    const all = await Promise.all(Array.from({ length: 10 }, () => scene.ask<ProcessListView>(path)));
    const times = new Set(all.map(({ cost }) => cost.answeredAt));
    assert.equal(times.size, 1, 'one answer serves all ten');
    const [one] = all;
    assert.deepEqual([one?.cost.questions, (one?.cost.restMs ?? -1) >= 0], [1, true]);

    await scene.valueOf('overview');
    const { samples } = (await scene.convoy.client.ask(pathOf(scene.id, 'history'))).json as {
      samples: HistorySample[];
    };
    const last = samples.at(-1);
    assert.ok((last?.memoryBytes ?? 0) > 1e6 && (last?.processes ?? 0) > 20, JSON.stringify(samples));
    assert.ok((last?.load ?? -1) >= 0 && (last?.runQueue ?? -1) >= 0);

    for (const [wrong, status, code] of [
      ['processes?limit=501', 400, 'INSPECT_BAD_OPTION'],
      ['processes?limit=many', 400, 'CONSOLE_BAD_REQUEST'],
      ['processes?sort=age', 400, 'CONSOLE_BAD_REQUEST'],
      ['processes/shell', 400, 'INSPECT_BAD_OPTION'],
    ] as const) {
      const { status: given, json } = await scene.convoy.client.ask(pathOf(scene.id, wrong));
      assert.deepEqual([given, json.error?.code], [status, code], wrong);
    }
    const stranger = await scene.convoy.client.ask(pathOf('prod:stranger@127.0.0.1', 'overview'));
    assert.deepEqual([stranger.status, stranger.json.error.code], [404, 'CONSOLE_NOT_FOUND']);
    const anyone = await fetch(`${scene.convoy.client.base}${pathOf(scene.id, 'overview')}`);
    assert.equal(anyone.status, 401);
  });
});
