/** The processes of real nodes: the top ones, and single ones, with what is too large to be read. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProblem } from '@convoy/cluster/inspect';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { problemOf, startInspected, startShop, valueOf } from '../../../support/members/inspected-node.ts';

const pidOf = (node: ErlangNode, name: string): Promise<string> =>
  node.eval(`list_to_atom(pid_to_list(whereis(${name})))`).then((text) => text.replaceAll("'", ''));

for (const release of testedReleases()) {
  describe(`the top processes of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('are those that work most, have most memory or the longest queues', async (t) => {
      const { target, inspector, direct } = await startInspected(t, { release });
      await target.eval(`
        Me = self(),
        register(large, spawn(fun() -> L = lists:seq(1, 3000000), Me ! made, receive stop -> length(L) end end)),
        receive made -> ok end,
        register(queue, spawn(timer, sleep, [infinity])),
        [queue ! {message, N} || N <- lists:seq(1, 5000)],
        Work = fun Work() -> lists:sum(lists:seq(1, 20000)), receive stop -> ok after 2 -> Work() end end,
        register(worker, spawn(Work)), ok`);
      const top = async (options: object): Promise<string | undefined> =>
        valueOf(await inspector.processes(target.name, { limit: 3, ...options })).rows[0]?.name;
      assert.equal(await top({ sort: 'queue' }), 'queue');
      assert.equal(await top({ sort: 'memory' }), 'large');
      assert.equal(await top({ sort: 'reductions', windowMs: 300 }), 'worker');
      const answer = await direct.processes(target.name, { windowMs: 0, limit: 500 });
      const { total, seen, matching, rows } = valueOf(answer);
      assert.ok(total > 30 && seen === total && matching === total && rows.length > 30);
      assert.ok((rows[0]?.reductions ?? 0) >= (rows.at(-1)?.reductions ?? Infinity));
      assert.equal(rows[0]?.reductionsPerSecond, undefined);
      assert.ok(rows.every(({ pid, status }) => /^<0\.\d+\.\d+>$/.test(pid) && status !== undefined));
      assert.ok((answer.cost.restMs ?? -1) >= 0 && answer.cost.questions === 1);
      const rates = valueOf(await inspector.processes(target.name, { windowMs: 100, limit: 500 }));
      assert.ok(rates.rows.length > 30);
    });

    test('are found by name, initial call or label, and only so many are looked at', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await startShop(target, 5);
      const find = async (filter: string): Promise<(string | undefined)[]> => {
        const { rows, matching } = valueOf(
          await inspector.processes(target.name, { filter, sort: 'memory' }),
        );
        assert.equal(rows.length, matching);
        return rows.map(({ name, initialCall }) => name ?? initialCall);
      };
      assert.deepEqual(await find('SHOP_sup'), ['shop_sup']);
      const carts = Array.from({ length: 7 }, () => 'shop:loop/0');
      assert.deepEqual(await find('shop:loop'), carts);
      assert.deepEqual(await find('nothing of this name'), []);
      const few = valueOf(await inspector.processes(target.name, { maxProcesses: 10, sort: 'queue' }));
      assert.ok(few.seen === 10 && few.total > 30);
      if (Number(release) < 27) return;
      await target.eval(`spawn(fun() -> proc_lib:set_label({cart, "Anna"}), timer:sleep(infinity) end)`);
      const [labelled] = valueOf(
        await inspector.processes(target.name, { filter: 'anna', windowMs: 0 }),
      ).rows;
      assert.equal(labelled?.label, '{cart,"Anna"}');
    });
  });

  describe(`one process of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('has its links, monitors, ancestors, stack, dictionary, messages and state', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        Me = self(),
        register(server, spawn(fun() ->
          put(secret, lists:seq(1, 100000)), link(whereis(user)), monitor(process, kernel_sup),
          self() ! "hello", Me ! made, timer:sleep(infinity) end)),
        receive made -> ok end`);
      const server = await pidOf(target, 'server');
      const ask = async (pid: string, withState = false) =>
        valueOf(await inspector.process(target.name, pid, { withState }));
      const details = await ask(server);
      assert.equal(details.name, 'server');
      assert.deepEqual(details.links, { count: 1, items: [await pidOf(target, 'user')] });
      assert.equal(details.monitors.count, 1);
      assert.ok(details.stack.some(({ function: name }) => name.startsWith('timer:sleep/')));
      assert.ok(!isProblem(details.messages) && !isProblem(details.dictionary));
      assert.deepEqual(details.messages.items, ['"hello"']);
      const secret = details.dictionary.items.find(({ key }) => key === 'secret')?.value ?? '';
      assert.ok(secret.startsWith('[') && secret.length <= 600, secret);
      assert.equal(details.state, undefined);
      const plain = await ask(server, true);
      assert.ok(isProblem(plain.state) && plain.state.problem.kind === 'unsupported');
      const supervisor = await ask(await pidOf(target, 'kernel_sup'), true);
      assert.match(String(supervisor.state), /^\{state,\{local,kernel_sup\}/);
      assert.match(supervisor.initialCall ?? '', /^supervisor:kernel\/1$/);
      assert.ok(supervisor.ancestors.length > 0 && supervisor.links.count > 3);
    });

    test('is not read where that would copy much, and may be gone or slow', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        Me = self(),
        register(large, spawn(fun() -> L = lists:seq(1, 3000000), Me ! made, receive stop -> length(L) end end)),
        receive made -> ok end,
        register(queue, spawn(timer, sleep, [infinity])),
        [queue ! {message, N} || N <- lists:seq(1, 5000)],
        sys:suspend(kernel_safe_sup), ok`);
      const ask = async (name: string) =>
        valueOf(await inspector.process(target.name, await pidOf(target, name), { withState: true }));
      const queue = await ask('queue');
      assert.equal(queue.messageQueueLength, 5000);
      assert.ok(isProblem(queue.messages) && queue.messages.problem.kind === 'too-large');
      assert.ok(isProblem(queue.state) && !isProblem(queue.dictionary));
      const large = await ask('large');
      assert.ok(isProblem(large.dictionary) && isProblem(large.messages) && isProblem(large.state));
      assert.equal(problemOf(await inspector.process(target.name, '<0.999999.0>')), 'gone');
      // A supervisor that is suspended answers requests of `sys`, so its state is told nevertheless.
      const suspended = await ask('kernel_safe_sup');
      assert.ok(!isProblem(suspended.state));
      const never = await target.eval(`
        P = spawn(fun() -> put('$initial_call', {shop, loop, 0}), Me ! made, timer:sleep(infinity) end),
        receive made -> ok end,
        list_to_atom(pid_to_list(P))`);
      const frozen = valueOf(
        await inspector.process(target.name, never.replaceAll("'", ''), { withState: true }),
      );
      assert.ok(isProblem(frozen.state) && frozen.state.problem.kind === 'slow');
    });
  });
}
