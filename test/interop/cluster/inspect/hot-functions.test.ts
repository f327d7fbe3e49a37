/** Tracing functions that are called all the time, or with much: the node is not flooded. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { startTraced } from '../../../support/members/traced-node.ts';

for (const release of testedReleases()) {
  describe(`a trace of a hot function on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('sends the tracer as many calls as it was granted, of a million', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const { trace, events } = await start('traced_shop:add/2', { maxMs: 600_000 });
      // A tracer that does not run grants nothing. The node itself counts what was sent to it.
      const sent = await target.eval(`
        [Tracer] = [P || P <- processes() -- [self()],
          {current_function, {prim_eval, _, _}} <- [process_info(P, current_function)],
          {dictionary, [_ | _]} <- [process_info(P, dictionary)]],
        erlang:suspend_process(Tracer),
        Workers = [spawn_monitor(traced_shop, hot, [500000]) || _ <- [1, 2]],
        [receive {'DOWN', M, _, _, _} -> ok end || {_, M} <- Workers],
        {message_queue_len, Sent} = process_info(Tracer, message_queue_len),
        erlang:resume_process(Tracer),
        Sent`);
      t.diagnostic(`OTP ${release}: of 1,000,000 calls and returns, ${sent} were sent`);
      // Calls and returns; a few more if two schedulers have taken the same number.
      assert.ok(Number(sent) >= 40 && Number(sent) <= 60, sent);
      const end = await trace.stop();
      assert.deepEqual([end.reason, end.calls, end.dropped], ['stopped', 1_000_000, 0]);
      assert.ok((end.traced ?? 0) >= 20 && events.length === 2 * (end.traced ?? 0));
      await checkNothingIsLeft();
    });

    test('ends after as many calls as were asked for, and clears the pattern', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const { trace, events } = await start('traced_shop:add/2', { maxCalls: 200, maxMs: 600_000 });
      await target.eval('Hot = spawn(fun L() -> traced_shop:hot(100000), L() end), ok');
      const end = await trace.ended;
      assert.deepEqual([end.reason, end.traced, end.dropped], ['calls', 200, 0]);
      assert.equal(events.length, 400);
      t.diagnostic(`OTP ${release}: 200 of ${end.calls} calls were traced`);
      await checkNothingIsLeft();
      await target.eval('exit(Hot, kill)');
    });

    test('asks for less at once when arguments are large, and ends before they are too much', async (t) => {
      const { target, start, checkNothingIsLeft } = await startTraced(t, release);
      const { trace, events } = await start('traced_shop:read/1', { maxCalls: 10_000, maxMs: 600_000 });
      // Each argument has 3 MB, and there is no end of calls.
      await target.eval('Reader = spawn(fun L() -> traced_shop:large(100), L() end), ok');
      const end = await trace.ended;
      await target.eval('exit(Reader, kill)');
      const calls = events.filter(({ kind }) => kind === 'call').length;
      t.diagnostic(`OTP ${release}: ${end.reason} after ${calls} calls with 3 MB each`);
      assert.ok(end.reason === 'size' || end.reason === 'memory', end.reason);
      assert.ok(calls > 0 && calls < 100, `${calls}`);
      await checkNothingIsLeft();
    });
  });
}
