/** A page that stays open inside a node: however often it asks, nothing of it piles up. */

import type { Page } from 'playwright-core';
import {
  answered,
  overview,
  processDetails,
  processList,
  tables,
  tree,
} from '../../../packages/console-web/test/inside-scenes.ts';
import { modules, names, ports } from '../../../packages/console-web/test/part-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { onlyInAll } from '../../support/extent.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { assertFlat, HeldMemory } from './held-memory.ts';
import { answerAll, answerTo } from './inside-script.ts';

const isLong = onlyInAll() === false;
const rounds = isLong ? 900 : 120;
const walks = isLong ? 60 : 8;

/** Has the panel ask that often, each time with another answer. */
async function refresh(page: Page, counter: { asked: number }, times: number): Promise<void> {
  const wanted = counter.asked + times;
  await page.evaluate(`globalThis.pressing = setInterval(() =>
    document.querySelector('[data-testid="panel-refresh"][aria-busy="false"]')?.click(), 5)`);
  await until(`${times} answers`, () => counter.asked >= wanted);
  await page.evaluate('clearInterval(globalThis.pressing)');
}

const ofProcess = `processes/${processDetails.pid}`;

for (const { panel, question, answer } of [
  { panel: 'processes', question: 'processes', answer: processList },
  { panel: 'overview', question: 'overview', answer: overview },
  { panel: ofProcess, question: ofProcess, answer: processDetails },
  { panel: 'applications/shop', question: 'applications/shop/tree', answer: tree },
  { panel: 'tables', question: 'tables', answer: tables },
  { panel: 'ports', question: 'ports', answer: ports },
  { panel: 'names', question: 'names', answer: names },
  { panel: 'modules', question: 'modules', answer: modules },
])
  pageTest(`${rounds} answers of ${question} leave nothing behind`, {}, async ({ visit, browserName }) => {
    if (browserName === 'firefox') return;
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    const counter = answerTo(scripted, question, answered(answer));
    await page.goto(`${scripted.origin}/#/nodes/${app}/${panel}`);
    await page.getByTestId('answer').first().waitFor();
    const memory = await HeldMemory.of(page);
    await refresh(page, counter, 20);
    const before = await memory.now();
    for (let asked = 0; asked < rounds; asked += 60) await refresh(page, counter, 60);
    assertFlat(before, await memory.now());
  });

/** Places inside a node, and the panel that each shows. */
const places = [
  ['overview', 'overview'],
  ['processes', 'processes'],
  [ofProcess, 'process'],
  ['applications/shop', 'tree'],
  ['tables', 'tables'],
  ['ports', 'ports'],
  ['names', 'names'],
  ['modules', 'modules'],
  ['mnesia', 'mnesia'],
] as const;

async function walk(page: Page, times: number): Promise<void> {
  for (let round = 0; round < times; round += 1)
    for (const [place, panel] of places) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/nodes/${app}/${place}`)}`);
      await page.getByTestId(`panel-${panel}`).getByTestId('answer').first().waitFor();
    }
}

pageTest(`${walks} walks through the panels leave nothing behind`, {}, async ({ visit, browserName }) => {
  if (browserName === 'firefox') return;
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  await page.goto(`${scripted.origin}/#/nodes/${app}/overview`);
  const memory = await HeldMemory.of(page);
  await walk(page, 5);
  const before = await memory.now();
  await walk(page, walks);
  assertFlat(before, await memory.now());
});
