/** Tracing the calls of a function on real nodes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { traceCalls } from '@convoy/cluster/inspect';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { bootScript } from '../../../support/members/boot-script.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { shown, startTraced } from '../../../support/members/traced-node.ts';

for (const release of testedReleases()) {
  describe(`a trace on a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('shows who called with what, what it returned or raised, and after how long', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const { trace, events } = await start('traced_shop:add/2', { maxCalls: 2 });
      assert.deepEqual(trace.arities, [2]);
      await target.eval(
        'traced_shop:add({cart, "Anna"}, 3), traced_shop:add(<<"b">>, [1, 2]), traced_shop:add(1, 1)',
      );
      const end = await trace.ended;
      assert.deepEqual(shown(events), [
        '1: ({cart,"Anna"},3)',
        '1: return {{cart,"Anna"},3}',
        '2: (<<"b">>,[1,2])',
        '2: return {<<"b">>,[1,2]}',
      ]);
      assert.deepEqual([end.reason, end.traced, end.dropped], ['calls', 2, 0]);
      assert.ok(
        events.every(({ at, pid }) => Math.abs(Date.now() - at) < 3_600_000 && /^<0\.\d+\.0>$/.test(pid)),
      );
      const failing = await start('traced_shop:fails', { maxCalls: 1 });
      await target.eval('catch traced_shop:fails(42)');
      await failing.trace.ended;
      assert.deepEqual(shown(failing.events), ['1: (42)', '1: exception {error,{bad,42}}']);
      await checkNothingIsLeft();
    });

    test('ends after its time, when it is stopped, and waits for calls to return', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const short = await start('traced_shop:add', { maxMs: 50 });
      assert.deepEqual(short.trace.arities, [2, 3]);
      assert.equal((await short.trace.ended).reason, 'time');
      const slow = await start('traced_shop:sleep/1', { maxCalls: 1, maxMs: 60_000 });
      await target.eval('traced_shop:sleep(300)');
      assert.equal((await slow.trace.ended).reason, 'calls');
      assert.deepEqual(shown(slow.events), ['1: (300)', '1: return slept']);
      const controller = new AbortController();
      const aborted = await start('traced_shop:work/1', { maxMs: 60_000, signal: controller.signal });
      controller.abort();
      assert.equal((await aborted.trace.ended).reason, 'stopped');
      const stopped = await start('traced_shop:work/1', { maxMs: 60_000, withReturns: false });
      await target.eval('traced_shop:work(3)');
      const end = await stopped.trace.stop();
      assert.deepEqual([end.reason, end.calls, end.traced], ['stopped', 1, 1]);
      assert.deepEqual(shown(stopped.events), ['1: (3)']);
      await checkNothingIsLeft();
    });

    test('is of chosen processes, and cuts what is long', async (t) => {
      const { target, start } = await startTraced(t, release);
      const pid = (
        await target.eval(`
        Other = spawn(fun L() -> receive {run, From} -> traced_shop:add(lists:seq(1, 100000), $\\e), From ! done, L() end end),
        list_to_atom(pid_to_list(Other))`)
      ).replaceAll("'", '');
      const { trace, events } = await start('traced_shop:add/2', {
        pids: [pid],
        maxCalls: 1,
        maxCharacters: 50,
      });
      await target.eval('traced_shop:add(1, 1), Other ! {run, self()}, receive done -> ok end');
      assert.equal((await trace.ended).reason, 'calls');
      assert.ok(events.length === 2 && events.every((event) => event.pid === pid));
      const [call, answer] = shown(events);
      assert.ok(call !== undefined && call.startsWith('1: ([1,2,3,4') && call.length < 70, call);
      assert.ok(answer !== undefined && answer.length < 80, answer);
      const gone = start('traced_shop:add/2', { pids: ['<0.99999.0>'] });
      await assert.rejects(gone, { code: 'INSPECT_TRACE_FAILED', message: /none of the processes exists/ });
    });

    test('is refused for what is not there, or while another program traces', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const arities = { code: 'INSPECT_NO_FUNCTION', remedy: /arities 2, 3/ };
      await assert.rejects(start('traced_shop:add/7'), arities);
      await assert.rejects(start('Traced.Shop.add/2'), {
        code: 'INSPECT_NO_FUNCTION',
        remedy: /name of the module/,
      });
      await assert.rejects(start('traced_shop:add', { maxCalls: 0 }), { code: 'INSPECT_BAD_OPTION' });
      await target.eval(`
        Tracer = spawn(fun() -> receive stop -> ok end end),
        erlang:trace(whereis(user), true, [call, {tracer, Tracer}])`);
      const beside = start('traced_shop:add/2', { maxMs: 50 });
      // From OTP 27 on a trace has a session of its own.
      if (Number(release) >= 27) assert.equal((await (await beside).trace.ended).reason, 'time');
      else
        await assert.rejects(beside, {
          code: 'INSPECT_TRACED_ALREADY',
          message: /another program is tracing/,
        });
      assert.equal(await target.eval('erlang:trace_info(whereis(user), flags)'), '{flags,[call]}');
      await target.eval('exit(Tracer, kill)');
      await checkNothingIsLeft();
    });
  });
}

for (const release of testedReleases()) {
  describe(
    `an Elixir release in embedded mode on OTP ${release}`,
    { skip: missingPeer(release, 'elixir') },
    () => {
      test('is traced, although nothing can be loaded there', async (t) => {
        const script = await bootScript(t, { release, elixir: true });
        const args = ['-boot', script, '-mode', 'embedded'];
        const { target, start, checkNothingIsLeft } = await startTraced(t, release, args);
        assert.equal(await target.eval('code:get_mode()'), 'embedded');
        const { trace, events } = await start('String.upcase/1', { maxCalls: 1 });
        await target.eval(`'Elixir.String':upcase(<<"anna">>)`);
        assert.equal((await trace.ended).reason, 'calls');
        assert.deepEqual(shown(events), ['1: (<<"anna">>)', '1: return <<"ANNA">>']);
        await checkNothingIsLeft();
      });
    },
  );
}

test('a TypeScript node cannot be traced, and says so', async (t) => {
  const cluster = await ErlangCluster.start({ cookie: 'ts-cookie' });
  t.after(() => cluster[Symbol.asyncDispose]());
  const [target, visitor] = [await cluster.own('typescript'), await cluster.own('visitor')];
  const trace = traceCalls(visitor, target.name, { module: 'lists', function: 'last' }, () => undefined);
  await assert.rejects(trace, { code: 'INSPECT_TRACE_FAILED', message: /does not evaluate Erlang/ });
});
