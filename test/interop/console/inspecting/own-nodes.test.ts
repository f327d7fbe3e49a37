/** Looking into nodes that the console has launched, over its own connections, and into TypeScript nodes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeOverviewView, NodeView, ProcessListView } from '@convoy/console/protocol';
import { startConsoleInProcess } from '../../../support/console/console-in-process.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { pathOf } from '../../../support/members/inspecting-console.ts';

describe('nodes that the console has launched', () => {
  test(
    'an Erlang node is asked directly, and has short histories in its view',
    { skip: missingPeer('25') },
    async () => {
      await using convoy = await startConsoleInProcess();
      const name = await convoy.launch('erlang');
      const ask = async (path: string) => (await convoy.client.ask(pathOf(name, path))).json;
      const { state, value } = await ask('processes?sort=memory&limit=2');
      assert.deepEqual([state, (value as ProcessListView).rows.length], ['answered', 2]);
      assert.equal(((await ask('overview')).value as NodeOverviewView).kind, 'erlang');
      let view: NodeView | undefined;
      await eventually('three probes of it', 60_000, async () => {
        const all = (await convoy.client.ask('/api/nodes')).json as NodeView[];
        view = all.find(({ id }) => id === name);
        return (view?.processHistory?.length ?? 0) >= 3;
      });
      assert.equal(view?.runQueueHistory?.length, view?.processHistory?.length);
      const { samples } = await ask('history');
      assert.ok(samples.length > 0 && samples.at(-1).memoryBytes > 1e6 && samples.at(-1).runQueue >= 0);
      assert.equal((await convoy.client.ask(`/api/nodes/${name}`, { method: 'DELETE' })).status, 204);
      assert.equal((await convoy.client.ask(pathOf(name, 'overview'))).status, 404);
    },
  );

  test('a TypeScript node has an overview and the load of its event loop, and answers nothing else', async () => {
    await using convoy = await startConsoleInProcess();
    const name = await convoy.launch('typescript');
    const ask = async (path: string) => (await convoy.client.ask(pathOf(name, path))).json;
    const overview = (await ask('overview')).value as NodeOverviewView;
    assert.equal(overview.kind, 'typescript');
    assert.ok((overview.memory['heap'] ?? 0) > 0 && overview.eventLoopUse !== undefined);
    for (const path of [
      'processes',
      'applications',
      'applications/kernel/tree',
      'tables',
      'tables/code/rows',
    ]) {
      const { state, problem } = await ask(path);
      assert.deepEqual([state, problem.kind], ['unavailable', 'unsupported'], path);
    }
    let load: number[] | undefined;
    await eventually('its load to be known', 60_000, async () => {
      const all = (await convoy.client.ask('/api/nodes')).json as NodeView[];
      load = all.find(({ id }) => id === name)?.loadHistory;
      return (load?.length ?? 0) > 0;
    });
    assert.ok(
      load?.every((percent) => percent >= 0 && percent <= 100),
      JSON.stringify(load),
    );
    const { samples } = await ask('history');
    assert.ok(samples.some((sample: { load?: number }) => sample.load !== undefined));
  });
});
