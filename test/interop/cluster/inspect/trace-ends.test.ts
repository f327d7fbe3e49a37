/** A trace ends and leaves nothing on its node when the program, the connection or a process of the trace is gone or frozen. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import { endProcess, ProcessOutput } from '../../../support/child-process.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { type TracedNode, startTraced, tracedCookie } from '../../../support/members/traced-node.ts';
import type { TracingWork } from '../../../support/members/tracing-program.ts';
import { mayTake } from '../../../support/time-limit.ts';

const program = new URL('../../../support/members/tracing-program.ts', import.meta.url).pathname;
/** Processes on the node by what only they have: the tracer has a dictionary, and both wait in an evaluated `receive`. */
const helpers = `
  Helpers = [{P, D} || P <- processes() -- [self()], {current_function, {prim_eval, _, _}} <- [process_info(P, current_function)],
    {dictionary, D} <- [process_info(P, dictionary)]],
  Tracers = [P || {P, [_ | _]} <- Helpers], Guards = [P || {P, []} <- Helpers]`;

async function startProgram(
  context: TestContext,
  { target, epmdPort }: TracedNode,
): Promise<{ readonly child: ChildProcess; readonly output: ProcessOutput }> {
  const child = spawn(process.execPath, ['--conditions=@convoy/source', program], { stdio: 'pipe' });
  const output = new ProcessOutput(child, 'the program that traces');
  context.after(() => endProcess(child));
  const what = { module: 'traced_shop', function: 'add' };
  const work: TracingWork = { cookie: tracedCookie, epmdPort, target: target.name, ...what };
  child.stdin.end(JSON.stringify(work));
  await output.waitForMatch(/^tracing$/m, 60_000);
  return { child, output };
}

for (const release of testedReleases()) {
  describe(`a trace on OTP ${release} ends`, { skip: missingPeer(release) }, () => {
    test('when the program that traces is killed', async (t) => {
      const traced = await startTraced(t, release);
      const { child } = await startProgram(t, traced);
      await traced.target.eval('traced_shop:work(100)');
      await endProcess(child, 'SIGKILL');
      await traced.checkNothingIsLeft();
    });

    test('when the program that traces is frozen, although its connection stays', async (t) => {
      mayTake(t, { seconds: 60, because: 'a trace that is not renewed ends after ten seconds' });
      const traced = await startTraced(t, release);
      const { child, output } = await startProgram(t, traced);
      process.kill(child.pid ?? -1, 'SIGSTOP');
      await traced.target.eval('traced_shop:work(100)');
      await traced.checkNothingIsLeft();
      process.kill(child.pid ?? -1, 'SIGCONT');
      await output.waitForMatch(/^ended: (lapsed|node-gone)$/m, 60_000);
    });

    test('when the connection is lost, or the node', async (t) => {
      const { target, visitor, start, checkNothingIsLeft } = await startTraced(t, release);
      const lost = await start('traced_shop:add', { maxMs: 600_000 });
      visitor.disconnect(target.name);
      assert.equal((await lost.trace.ended).reason, 'node-gone');
      await checkNothingIsLeft();
      const gone = await start('traced_shop:add', { maxMs: 600_000 });
      process.kill(target.osPid, 'SIGKILL');
      assert.equal((await gone.trace.ended).reason, 'node-gone');
    });

    test('when the tracer or its guard is killed, or both at once', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      for (const [who, reason] of [
        ['Tracers', 'memory'],
        ['Guards', 'failed'],
        ['Tracers ++ Guards', 'failed'],
      ] as const) {
        const { trace } = await start('traced_shop:add', { maxMs: 600_000 });
        const killed = await target.eval(
          `(fun() -> ${helpers}, [exit(P, kill) || P <- ${who}], length(${who}) end)()`,
        );
        assert.equal(killed, who.includes('++') ? '2' : '1');
        assert.equal((await trace.ended).reason, reason);
        await checkNothingIsLeft();
      }
    });

    test('and what others have killed is cleared by the next one', async (t) => {
      const { target, visitor, start, checkNothingIsLeft } = await startTraced(t, release);
      await start('traced_shop:add', { maxMs: 600_000 });
      await target.eval(`(fun() -> ${helpers}, erlang:suspend_process(hd(Tracers)), erlang:suspend_process(hd(Guards)),
        [exit(P, kill) || P <- Tracers ++ Guards], erlang:disconnect_node('${visitor.name}') end)()`);
      await eventually('the loss to be noticed', 30_000, () => !visitor.list().includes(target.name));
      // Until net_kernel has noticed it, too, it takes the next connection for one that replaces the lost one, and may close both.
      await eventuallyEqual(() => target.eval(`ets:lookup(sys_dist, '${visitor.name}')`), '[]');
      const next = await start('traced_shop:add', { maxCalls: 1 });
      await target.eval('traced_shop:add(1, 2)');
      assert.equal((await next.trace.ended).reason, 'calls');
      await checkNothingIsLeft();
    });
  });
}
