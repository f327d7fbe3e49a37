import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BlockedReport, type Clock, type NodeEvents, subscribeEvent } from '@convoy/node';
import { createMemoryCluster, ManualClock } from '@convoy/node/testing';
import { createBlockedPrinter } from '../../../src/node/options/blocked-printer.ts';
import { watchEventLoop } from '../../../src/node/runtime/event-loop-watch.ts';

/** A clock whose timers run late by what `block` adds. */
function createLateClock(): { clock: Clock; manual: ManualClock; block: (ms: number) => void } {
  const manual = new ManualClock();
  let late = 0;
  return {
    manual,
    block: (ms) => {
      late += ms;
    },
    clock: { now: () => manual.now() + late, after: (delayMs, action) => manual.after(delayMs, action) },
  };
}

describe('the watch of the event loop', () => {
  test('tells of a block longer than a quarter of the tick time, once, and of no shorter one', () => {
    const { clock, manual, block } = createLateClock();
    const told: number[] = [];
    const stop = watchEventLoop({ clock, netTickTimeMs: 60_000, onBlocked: (ms) => told.push(ms) });
    manual.advance(60_000);
    block(15_000);
    manual.advance(60_000);
    assert.deepEqual(told, []);
    block(15_001);
    manual.advance(60_000);
    assert.deepEqual(told, [15_001]);
    stop();
    block(100_000);
    manual.advance(60_000);
    assert.deepEqual(told, [15_001]);
  });

  test('is one line for all nodes of the process', () => {
    const clock = new ManualClock();
    clock.advance(1_000_000);
    const lines: string[] = [];
    const report = { node: 'web@127.0.0.1', blockedMs: 16_200, netTickTimeMs: 60_000 };
    for (const node of ['web@127.0.0.1', 'other@127.0.0.1']) {
      createBlockedPrinter(clock, (text) => lines.push(text))({ ...report, node });
    }
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /^web@127\.0\.0\.1: the event loop was blocked for 16\.2 s.*after 60\.0 s.*worker thread\.$/,
    );
    clock.advance(20_000);
    createBlockedPrinter(clock, (text) => lines.push(text))(report);
    assert.equal(lines.length, 2);
  });

  test('reports a loop that computes, as an event and to onBlocked', async () => {
    const reports: BlockedReport[] = [];
    const events: NodeEvents['convoy:event-loop.blocked'][] = [];
    const stop = subscribeEvent('convoy:event-loop.blocked', (event) => events.push(event));
    const told = Promise.withResolvers<void>();
    await using cluster = createMemoryCluster();
    const node = await cluster.start('busy', {
      netTickTimeMs: 400,
      onBlocked: (report) => {
        reports.push(report);
        told.resolve();
      },
    });
    const until = performance.now() + 150;
    while (performance.now() < until);
    // The timers of a node do not keep the process alive.
    const alive = setInterval(() => undefined, 1000);
    await told.promise;
    clearInterval(alive);
    stop();
    assert.deepEqual(events, reports);
    assert.equal(reports[0]?.node, node.name);
    assert.ok((reports[0]?.blockedMs ?? 0) > 100);
  });
});
