/** A page that stays open inside a node: however often it asks, nothing of it piles up. */

import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { onlyInAll } from '../../support/extent.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { answerAll, answerTo } from './inside-script.ts';
import { answered, overview, processList } from '../../../packages/console-web/test/inside-scenes.ts';

const rounds = onlyInAll() === false ? 1800 : 120;

interface Held {
  readonly nodes: number;
  readonly listeners: number;
  readonly heapBytes: number;
}

/** What the page holds after its garbage was collected. */
async function heldBy(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { nodes: value('Nodes'), listeners: value('JSEventListeners'), heapBytes: value('JSHeapUsedSize') };
}

/** Has the panel ask that often, each time with another answer. */
async function refresh(page: Page, counter: { asked: number }, times: number): Promise<void> {
  const wanted = counter.asked + times;
  await page.evaluate(`globalThis.pressing = setInterval(() =>
    document.querySelector('[data-testid="panel-refresh"][aria-busy="false"]')?.click(), 5)`);
  await until(`${times} answers`, () => counter.asked >= wanted);
  await page.evaluate('clearInterval(globalThis.pressing)');
}

for (const { panel, question, answer } of [
  { panel: 'processes', question: 'processes', answer: processList },
  { panel: 'overview', question: 'overview', answer: overview },
])
  pageTest(`${rounds} answers of ${panel} leave nothing behind`, {}, async ({ visit, browserName }) => {
    // Firefox does not tell what its page holds.
    if (browserName === 'firefox') return;
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    const counter = answerTo(scripted, question, answered(answer));
    await page.goto(`${scripted.origin}/#/nodes/${app}/${panel}`);
    await page.getByTestId(`panel-${panel}`).getByTestId('answer').waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await refresh(page, counter, 20);
    const before = await heldBy(session);
    await refresh(page, counter, rounds);
    const afterwards = await heldBy(session);
    const text = `${JSON.stringify(before)}, then ${JSON.stringify(afterwards)}`;
    assert.ok(afterwards.nodes <= before.nodes * 1.1 + 50, text);
    assert.ok(afterwards.listeners <= before.listeners + 20, text);
    assert.ok(afterwards.heapBytes <= before.heapBytes * 1.25 + 500_000, text);
  });
