/** The page inside a node: how one gets there and back, and what it says of addresses that lead nowhere. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { answered, overview, processDetails } from '../../../packages/console-web/test/inside-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';
import { answerAll, answerTo, routeTo } from './inside-script.ts';

const { pid } = processDetails;

/** Goes to a place inside of `app` on the page that is open. */
async function follow({ page, scripted }: Visit, place: string, node = app): Promise<void> {
  await page.goto(`${scripted.origin}/#/nodes/${node}/${place}`);
}

function fragmentOf(page: Page): string {
  return decodeURIComponent(new URL(page.url()).hash);
}

async function titled(page: Page, title: string): Promise<void> {
  await until(`the title ${title}`, async () => (await page.title()) === `${title} · Convoy`);
}

pageTest(
  'the name of a node leads inside, and every place there has an address',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    await page.locator(`[data-node="${app}"]`).getByTestId('look-inside').click();
    await page.getByTestId('panel-overview').getByTestId('card-limits').waitFor();
    assert.equal(fragmentOf(page), `#/nodes/${app}/overview`);
    await titled(page, `Overview of ${app}`);
    await page.getByTestId('tab-processes').click();
    await page.locator(`[data-testid="process-row"][data-pid="${pid}"]`).getByRole('link').click();
    await page.getByTestId('panel-process').getByText('Shop.Import.read_line/2').first().waitFor();
    assert.equal(fragmentOf(page), `#/nodes/${app}/processes/${pid}`);
    await titled(page, `${pid} of ${app}`);
    await page.reload();
    await page.getByTestId('panel-process').getByTestId('card-stack').waitFor();
    await page.getByTestId('panel-back').click();
    await page.getByTestId('panel-processes').waitFor();
    await page.goBack();
    await page.getByTestId('panel-process').waitFor();
    await page.getByTestId('inside-back').click();
    await page.locator(`[data-node="${app}"]`).getByText('Connections', { exact: true }).waitFor();
  },
);

pageTest('keys and the palette lead inside', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  answerAll(scripted);
  await page.keyboard.press('j');
  await page.keyboard.press('i');
  await page.getByTestId('panel-overview').waitFor();
  await follow(visited, 'tables');
  await page.getByTestId('panel-tables').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill(`look inside ${app}`);
  await page.keyboard.press('Enter');
  await page.getByTestId('panel-overview').waitFor();
});

pageTest('an address inside that leads nowhere says so', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  await follow(visited, 'phantoms');
  await page.getByTestId('dead-end').getByText('There is no such page').waitFor();
  await titled(page, 'Not found');
  await page.getByRole('link', { name: `Go to the overview of ${app}` }).click();
  await page.getByTestId('dead-end').waitFor({ state: 'detached' });
  await page.getByTestId('card-memory').waitFor();
  await follow(visited, 'processes', 'nobody@127.0.0.1');
  await page.getByTestId('dead-end').getByText('There is no node nobody@127.0.0.1').waitFor();
  assert.equal(await page.getByTestId('panel-processes').count(), 0);
});

pageTest(
  'a node that is deleted while its inside is shown stays, greyed, with the news',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    await follow(visited, 'processes');
    await page.getByTestId('process-row').first().waitFor();
    scripted.answers.delete(routeTo('processes'));
    scripted.drop(app);
    await page.getByTestId('dead-end').getByText(`There is no node ${app}`).waitFor();
    await page.getByTestId('panel-refresh').click();
    await page.getByTestId('trouble').getByText('The console could not ask the node').waitFor();
    await page.locator('.is-stale').getByText('Elixir.Shop.Pricing').first().waitFor();
    assert.equal(fragmentOf(page), `#/nodes/${app}/processes`);
  },
);

pageTest('nothing of the inside is loaded before it is opened', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  const files = (): Promise<number> =>
    page.evaluate<number>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/')).length`,
    );
  answerTo(scripted, 'overview', answered(overview));
  const before = await files();
  await follow(visited, 'overview');
  await page.getByTestId('card-memory').waitFor();
  assert.ok((await files()) > before, `${await files()} files`);
  // The charts alone are larger than the rest of what was added.
  assert.equal(await page.locator('.uplot').count(), 0, 'without an hour there is no chart');
});
