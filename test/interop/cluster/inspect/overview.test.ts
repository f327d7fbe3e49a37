/** The overview of real nodes, and what questions leave behind on them: nothing. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { installWorker } from '@convoy/cluster/worker';
import { bootScript } from '../../../support/members/boot-script.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { problemOf, startInspected, valueOf } from '../../../support/members/inspected-node.ts';

for (const release of testedReleases()) {
  describe(`the overview of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('has memory, load, limits, versions and applications, and a cost', async (t) => {
      const { target, inspector, direct } = await startInspected(t, { release });
      const answer = await inspector.overview(target.name);
      const overview = valueOf(answer);
      assert.deepEqual(overview.problems, {});
      const { memory, processes, ports, atoms, tables, uptimeMs = 0, reductions = 0, io } = overview;
      for (const kind of ['total', 'processes', 'system', 'atom', 'binary', 'code', 'ets']) {
        assert.ok((memory[kind] ?? 0) > 0, kind);
      }
      for (const { count = 0, limit = 0 } of [processes, ports, atoms]) assert.ok(count > 0 && limit > count);
      assert.ok((tables.count ?? 0) > 5 && uptimeMs > 0 && reductions > 0 && (io?.outBytes ?? 0) > 0);
      assert.ok((overview.runQueues?.each.length ?? 0) > 0 && (overview.garbageCollections ?? 0) > 0);
      assert.equal(overview.versions['otp'], release);
      assert.ok(overview.applications.some(({ name }) => name === 'kernel'));
      assert.ok((answer.cost.reductions ?? 0) > 0 && (answer.cost.busyMs ?? -1) >= 0);
      assert.equal(answer.cost.questions, 1);
      assert.deepEqual(Object.keys(valueOf(await direct.overview(target.name))), Object.keys(overview));
    });

    test('has the use of schedulers if they measure it, and switches it on only for the question', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      const useOf = async (measureSchedulers: boolean): Promise<unknown> =>
        valueOf(await inspector.overview(target.name, { sampleMs: 50, measureSchedulers })).schedulers?.use;
      assert.equal(await useOf(false), 'off');
      const use = await useOf(true);
      assert.ok(use instanceof Object && 'each' in use && Array.isArray(use.each) && use.each.length > 0);
      await eventuallyEqual(() => target.eval('erlang:statistics(scheduler_wall_time)'), 'undefined');
      assert.equal(await useOf(false), 'off');
    });

    test('questions leave nothing behind: no process, name, table, module of ours or line in a log', async (t) => {
      const { target, inspector, direct } = await startInspected(t, { release });
      const ask = async (): Promise<void> => {
        for (const one of [inspector, direct]) {
          valueOf(await one.overview(target.name));
          valueOf(await one.processes(target.name, { windowMs: 10, filter: 'kernel' }));
          valueOf(await one.applications(target.name));
          valueOf(await one.supervisionTree(target.name, 'kernel'));
          valueOf(await one.ets(target.name));
          valueOf(await one.ports(target.name, { filter: '127.0.0.1' }));
          valueOf(await one.names(target.name));
          valueOf(await one.groups(target.name));
          valueOf(await one.modules(target.name, { filter: 'lists' }));
          valueOf(await one.module(target.name, 'lists', { doc: 'map/2' }));
          valueOf(await one.codeFingerprint(target.name));
        }
      };
      await ask();
      await target.eval('Processes = processes(), Names = registered(), Tables = ets:all(), ok');
      const { length } = target.output;
      await ask();
      const added = '{processes() -- Processes, registered() -- Names, ets:all() -- Tables}';
      await eventuallyEqual(() => target.eval(added), '{[],[],[]}');
      assert.doesNotMatch(target.output.slice(length), /REPORT|Error in process|crash/);
      const foreign = `[M || {M, F} <- code:all_loaded(), is_list(F), not lists:prefix(code:lib_dir(), F), not lists:prefix("/usr/lib/elixir", F)]`;
      assert.equal(await target.eval(foreign), '[]');
    });

    test('a question that takes too long is ended there', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval('sys:suspend(kernel_safe_sup), Processes = processes(), ok');
      const answer = await inspector.supervisionTree(target.name, 'kernel', { timeoutMs: 50 });
      assert.equal(problemOf(answer), 'slow');
      await eventuallyEqual(() => target.eval('processes() -- Processes'), '[]');
    });

    test('a node that is frozen is slow, one that has left is unknown, and one in embedded mode answers', async (t) => {
      const { target, inspector, watched } = await startInspected(t, {
        release,
        args: ['-mode', 'embedded'],
      });
      assert.equal(valueOf(await inspector.overview(target.name)).kind, 'erlang');
      assert.ok(valueOf(await inspector.processes(target.name, { sort: 'memory' })).rows.length > 20);
      assert.equal(valueOf(await inspector.supervisionTree(target.name, 'kernel')).name, 'kernel_sup');
      process.kill(target.osPid, 'SIGSTOP');
      // A signal may take a while to stop all threads.
      await eventually('it to be slow', 60_000, async () => {
        return problemOf(await inspector.overview(target.name, { timeoutMs: 100 })) === 'slow';
      });
      process.kill(target.osPid, 'SIGCONT');
      await target[Symbol.asyncDispose]();
      await eventually('it to leave', 60_000, () => watched.member(target.name) === undefined);
      await assert.rejects(inspector.overview(target.name), { code: 'MEMBERS_UNKNOWN_NODE' });
    });
  });
}

describe('the overview of a TypeScript node', { skip: missingPeer('25') }, () => {
  test('has what it knows, and everything else says that it does not evaluate Erlang', async (t) => {
    const { cluster, watched, inspector } = await startInspected(t, { release: '25' });
    const own = await cluster.own('ts');
    installWorker(own, { print: () => undefined });
    await own.connect('entry@127.0.0.1');
    await eventually('it to be known', 60_000, () => watched.member(own.name)?.kind === 'typescript');
    const overview = valueOf(await inspector.overview(own.name));
    assert.equal(overview.kind, 'typescript');
    assert.ok((overview.memory['heap'] ?? 0) > 0 && (overview.uptimeMs ?? 0) > 0);
    assert.ok((overview.eventLoopUse ?? -1) >= 0 && (overview.connections ?? 0) > 0);
    const answers = [
      await inspector.processes(own.name),
      await inspector.process(own.name, '<0.1.0>'),
      await inspector.applications(own.name),
      await inspector.supervisionTree(own.name, 'kernel'),
      await inspector.ets(own.name),
      await inspector.rows(own.name, 'code'),
      await inspector.mnesia(own.name),
      await inspector.mnesiaRows(own.name, 'orders'),
      await inspector.ports(own.name),
      await inspector.names(own.name),
      await inspector.groups(own.name),
      await inspector.modules(own.name),
      await inspector.module(own.name, 'lists'),
      await inspector.codeFingerprint(own.name),
    ];
    assert.deepEqual(
      answers.map(problemOf),
      answers.map(() => 'unsupported'),
    );
  });
});

describe('the inside of an Elixir release in embedded mode', { skip: missingPeer('25', 'elixir') }, () => {
  test('is seen, although nothing can be loaded there', async (t) => {
    const script = await bootScript(t, { release: '25', elixir: true });
    const args = ['-boot', script, '-mode', 'embedded'];
    const { target, inspector } = await startInspected(t, { release: '25', args });
    assert.equal(await target.eval('code:get_mode()'), 'embedded');
    const { versions, applications } = valueOf(await inspector.overview(target.name));
    assert.ok(versions['elixir'] !== undefined && applications.some(({ name }) => name === 'logger'));
    const list = valueOf(await inspector.processes(target.name, { sort: 'memory', filter: 'logger' }));
    assert.ok(list.matching > 0 && list.matching < list.total);
    const details = valueOf(
      await inspector.process(target.name, list.rows[0]?.pid ?? '', { withState: true }),
    );
    assert.ok(details.links.count > 0);
    const tree = valueOf(await inspector.supervisionTree(target.name, 'elixir'));
    assert.deepEqual([tree.kind, tree.source], ['supervisor', 'asked']);
    const tables = valueOf(await inspector.ets(target.name)).rows;
    assert.ok(tables.some(({ name }) => name === 'elixir_config'));
    assert.ok(valueOf(await inspector.rows(target.name, 'elixir_config')).rows.length > 0);
  });
});

describe('the overview of an Elixir node', { skip: missingPeer('25', 'elixir') }, () => {
  test('has the version of Elixir, and its processes are found by their modules', async (t) => {
    const { target, inspector, direct } = await startInspected(t, { release: '25', kind: 'elixir' });
    assert.match(valueOf(await inspector.overview(target.name)).versions['elixir'] ?? '', /^1\./);
    await target.eval('{:ok, _} = Agent.start(fn -> %{carts: 7} end, name: Shop.Agent)');
    const list = valueOf(await inspector.processes(target.name, { filter: 'shop.agent', windowMs: 0 }));
    assert.deepEqual(
      list.rows.map(({ name }) => name),
      ['Elixir.Shop.Agent'],
    );
    const pid = list.rows[0]?.pid ?? '';
    const details = valueOf(await direct.process(target.name, pid, { withState: true }));
    assert.equal(details.state, '#{carts => 7}');
  });
});
