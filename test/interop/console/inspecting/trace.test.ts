/** Traces over the live socket: what is sent, who may, one for each node, and what the audit log has of them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuditPage, ServerMessage, TraceStartMessage } from '@convoy/console/protocol';
import type { LiveClient } from '../../../support/console/live-client.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { InspectingConsole } from '../../../support/members/inspecting-console.ts';
import { checkNothingIsLeft, loadTracedShop, shown } from '../../../support/members/traced-node.ts';

type Started = Extract<ServerMessage, { type: 'trace.started' }>;

let requests = 0;

function ask(live: LiveClient, node: string, wish: Partial<TraceStartMessage> = {}): string {
  requests += 1;
  const requestId = `r${requests}`;
  live.send({
    type: 'trace.start',
    requestId,
    node,
    function: 'traced_shop:add/2',
    maxSeconds: 300,
    ...wish,
  });
  return requestId;
}

async function start(
  live: LiveClient,
  node: string,
  wish: Partial<TraceStartMessage> = {},
): Promise<Started> {
  const requestId = ask(live, node, wish);
  return live.message('trace.started', (message) => message.requestId === requestId);
}

async function refusalOf(
  live: LiveClient,
  node: string,
  wish: Partial<TraceStartMessage> = {},
): Promise<string> {
  const requestId = ask(live, node, wish);
  const { problem } = await live.message('problem', (message) => message.requestId === requestId);
  return problem.code;
}

const endOf = async (live: LiveClient, { traceId }: Started) =>
  (await live.message('trace.ended', (message) => message.traceId === traceId)).end;

/** The traces in the audit log, the oldest first: what was done, on which node, to which function, and what has become of it. */
async function audited(scene: InspectingConsole): Promise<(readonly unknown[])[]> {
  const { entries } = (await scene.convoy.client.ask('/api/audit?act=trace')).json as AuditPage;
  return entries
    .toReversed()
    .map(({ event, node, detail }) => [event, node, detail['function'], detail['outcome']]);
}

async function startScene(...args: Parameters<typeof InspectingConsole.start>): Promise<InspectingConsole> {
  const scene = await InspectingConsole.start(...args);
  await loadTracedShop(scene.target);
  return scene;
}

for (const release of testedReleases()) {
  describe(`a trace of the console on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('sends calls and returns, ends as asked for, and stands in the audit log with its outcome', async (t) => {
      const scene = await startScene(t, release);
      await using live = await scene.convoy.client.live();
      const started = await start(live, scene.id, { maxCalls: 2 });
      assert.deepEqual(
        [started.node, started.function, started.arities],
        [scene.id, 'traced_shop:add/2', [2]],
      );
      await scene.target.eval('traced_shop:work(3)');
      const end = await endOf(live, started);
      assert.deepEqual([end.reason, end.traced, end.dropped], ['calls', 2, 0]);
      const events = live.messages.flatMap((message) =>
        message.type === 'trace.events' ? message.events : [],
      );
      assert.deepEqual(shown(events), [
        '1: ({cart,1},3)',
        '1: return {{cart,1},3}',
        '2: ({cart,2},3)',
        '2: return {{cart,2},3}',
      ]);
      assert.equal(
        await refusalOf(live, scene.id, { function: 'traced_shop:nothing' }),
        'INSPECT_NO_FUNCTION',
      );
      assert.equal(await refusalOf(live, scene.id, { function: 'nothing' }), 'INSPECT_BAD_OPTION');
      await eventuallyEqual(
        () => audited(scene),
        [
          ['trace.start', scene.id, 'traced_shop:add/2', undefined],
          ['trace.outcome', scene.id, 'traced_shop:add/2', `calls: 2 of ${end.calls}`],
          ['trace.start', scene.id, 'traced_shop:nothing', undefined],
          ['trace.outcome', scene.id, 'traced_shop:nothing', 'not started: INSPECT_NO_FUNCTION'],
        ],
      );
      await checkNothingIsLeft(scene.target);
    });

    test('is the only one of its node, belongs to its socket, and is gone when that is closed or vanishes', async (t) => {
      const scene = await startScene(t, release);
      await using other = await scene.convoy.client.live();
      for (const leave of ['closes', 'vanishes'] as const) {
        await using live = await scene.convoy.client.live();
        const { traceId } = await start(live, scene.id);
        assert.equal(await refusalOf(other, scene.id), 'CONSOLE_TOO_MANY');
        other.send({ type: 'trace.stop', traceId });
        await other.message('problem', ({ problem }) => problem.code === 'CONSOLE_NOT_FOUND');
        if (leave === 'closes') await live[Symbol.asyncDispose]();
        else live.connection.destroy();
        await checkNothingIsLeft(scene.target);
      }
      const started = await start(other, scene.id);
      other.send({ type: 'trace.stop', traceId: started.traceId });
      assert.equal((await endOf(other, started)).reason, 'stopped');
    });
  });
}

describe('the switch for acting', { skip: missingPeer('25') }, () => {
  test('refuses a trace, and ends one that is running', async (t) => {
    const scene = await startScene(t, '25');
    await using live = await scene.convoy.client.live();
    const started = await start(live, scene.id);
    await scene.convoy.client.ask('/api/clusters/prod', { method: 'PATCH', body: { production: true } });
    assert.equal((await endOf(live, started)).reason, 'stopped');
    await checkNothingIsLeft(scene.target);
    const before = (await audited(scene)).length;
    assert.equal(await refusalOf(live, scene.id), 'CONSOLE_ACTING_OFF');
    assert.equal((await audited(scene)).length, before);
  });
});
