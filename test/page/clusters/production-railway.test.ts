/** An environment of Railway that is marked as production: what changes its nodes asks first, and names it. */

import assert from 'node:assert/strict';
import type { ClusterView, RailwayPlaceView } from '@convoy/console/protocol';
import type { Page } from 'playwright-core';
import { ownCluster } from '../../../packages/console-web/test/cluster-scenes.ts';
import { openRailway } from '../../../packages/console-web/test/host-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { type PageTest, pageTest } from '../page-test.ts';
import { until, type Visit } from '../page-visit.ts';

const place = { key: 'railway:shop/production', kind: 'railway' } as const;
const shop: ClusterView = {
  ...ownCluster,
  id: place.key,
  kind: 'place',
  label: 'shop/production',
  production: true,
};
const first = 'shop-1@shop-1.railway.internal';
const onRailway = nodeNamed(first, { place, provider: place.key, cluster: place.key });

/** The page with the environment open, and what it answers to acts there. */
async function visitRailway(visit: PageTest['visit'], cluster = shop): Promise<Visit> {
  const visited = await visit({ clusters: [ownCluster, cluster], nodes: [onRailway] });
  const { page, scripted } = visited;
  const [view] = openRailway().places;
  const answers = (answer: RailwayPlaceView | undefined) => () => ({ status: 200, answer });
  scripted.answers.set('GET /api/railway', () => ({ status: 200, answer: openRailway() }));
  scripted.answers.set('POST /api/railway/places/place-1/refresh', answers(view));
  scripted.answers.set('POST /api/railway/places/place-1/control', answers(view));
  await page.reload();
  await page.getByTestId('railway-chip').waitFor();
  return visited;
}

async function openPanel(page: Page): Promise<void> {
  await page.getByTestId('railway-chip').click();
  await page.getByTestId('railway-panel').waitFor();
}

/** What was asked for, but refreshing what is shown. */
function acts({ scripted }: Visit): unknown[] {
  return scripted.requests
    .filter(({ path }) => !path.endsWith('/refresh'))
    .map(({ method, path, body }) => [method, decodeURIComponent(path), body]);
}

function nodeOf(page: Page, node: string): ReturnType<Page['locator']> {
  return page.locator(`[data-testid="railway-node"][data-node="${node}"]`);
}

pageTest('acts on its nodes ask first; Cancel changes nothing', { isSample: true }, async ({ visit }) => {
  await using visited = await visitRailway(visit);
  const { page } = visited;
  await openPanel(page);
  const control = ['POST', '/api/railway/places/place-1/control'] as const;
  for (const [button, act] of [
    ['Restart', 'restart'],
    ['Redeploy', 'redeploy'],
    ['Stop', 'stop'],
  ] as const) {
    const before = acts(visited).length;
    const question = page.getByRole('alertdialog', { name: `${button} in shop/production?` });
    await nodeOf(page, first).getByTestId(`railway-${act}`).click();
    await question.getByText(`This applies to ${first}.`).waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal(acts(visited).length, before, `${act} was not confirmed`);
    await nodeOf(page, first).getByTestId(`railway-${act}`).click();
    await page.getByTestId('confirm-production').click();
    await until(act, () => acts(visited).length === before + 1);
    assert.deepEqual(acts(visited).at(-1), [...control, { node: first, action: act }]);
  }
});

pageTest('deleting, launching and closing there ask first', {}, async ({ visit }) => {
  await using visited = await visitRailway(visit);
  const { page } = visited;
  await openPanel(page);
  const second = 'shop-2@shop-2.railway.internal';
  // One that the console does not show is asked about here, the other by the question of every deletion.
  await nodeOf(page, second).getByTestId('railway-delete').click();
  await page.getByRole('alertdialog', { name: 'Delete in shop/production?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('railway-close').click();
  await page.getByRole('alertdialog', { name: 'Close the environment in shop/production?' }).waitFor();
  await page.keyboard.press('Escape');
  await nodeOf(page, first).getByTestId('railway-delete').click();
  await page.getByRole('alertdialog', { name: 'Delete a node of shop/production?' }).waitFor();
  await page.getByTestId('production-note').waitFor();
  await page.keyboard.press('Escape');
  await openPanel(page);
  await page.getByTestId('railway-launch-elixir').click();
  await page.getByTestId('confirm-launch').click();
  await page.getByRole('alertdialog', { name: 'Launch in shop/production?' }).waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(acts(visited), []);
});

pageTest('its nodes are restarted together after one question', {}, async ({ visit }) => {
  await using visited = await visitRailway(visit);
  const { page, scripted } = visited;
  scripted.answers.set(`POST /api/nodes/${encodeURIComponent(first)}/restart`, () => ({
    status: 202,
    answer: { id: 'launch-3', node: first, kind: 'elixir', state: 'ready', steps: [] },
  }));
  await page.getByTestId('select-all').click();
  await page.getByTestId('bulk-restart').click();
  await page.getByRole('alertdialog', { name: 'Restart in shop/production?' }).waitFor();
  await page.getByTestId('confirm-production').click();
  await until('the request', () => acts(visited).length === 1);
  assert.deepEqual(acts(visited), [['POST', `/api/nodes/${first}/restart`, undefined]]);
});

pageTest('without the mark nothing is asked', {}, async ({ visit }) => {
  await using visited = await visitRailway(visit, { ...shop, production: false });
  const { page } = visited;
  await openPanel(page);
  await nodeOf(page, first).getByTestId('railway-restart').click();
  await until('the request', () => acts(visited).length === 1);
  assert.equal(await page.getByTestId('production-dialog').count(), 0);
});
