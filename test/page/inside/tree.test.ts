/** A supervision tree in the page: keys, lines, what is said of supervisors that were not asked, and the way to a process. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { answered, tree } from '../../../packages/console-web/test/inside-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';
import { answerAll, answerTo } from './inside-script.ts';

async function openTree({ page, scripted }: Visit): Promise<void> {
  answerAll(scripted);
  await page.goto(`${scripted.origin}/#/nodes/${app}/applications/shop`);
  await page.getByRole('treeitem').first().waitFor();
}

async function focused(page: Page, name: string): Promise<void> {
  const label = (): Promise<string> => page.evaluate<string>('document.activeElement?.textContent ?? ""');
  await until(`the focus on ${name}`, async () => (await label()).startsWith(name));
}

pageTest(
  'keys walk the tree, open and close it, and lead to a process',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page } = visited;
    await openTree(visited);
    await page.getByRole('treeitem').first().focus();
    await page.keyboard.press('ArrowDown');
    await focused(page, 'Elixir.Shop.Repo, supervisor, 2 children');
    await page.keyboard.press('ArrowRight');
    await focused(page, 'Elixir.Shop.Repo.Pool');
    await page.keyboard.press('ArrowLeft');
    await focused(page, 'Elixir.Shop.Repo,');
    const before = await page.getByRole('treeitem').count();
    await page.keyboard.press('ArrowLeft');
    await until('two rows fewer', async () => (await page.getByRole('treeitem').count()) === before - 2);
    await page.keyboard.press('End');
    await focused(page, 'Elixir.ShopWeb.Endpoint');
    await page.keyboard.press('Home');
    await focused(page, 'Elixir.Shop.Supervisor');
    await page.keyboard.type('shop.m');
    await focused(page, 'Shop.Mailer.Queue.init/1');
    await page.keyboard.press('Home');
    await page.keyboard.type('shop.i');
    await focused(page, 'Shop.Import.run/1');
    // The tree has one place in the order of Tab.
    assert.equal(await page.locator('[role="treeitem"][tabindex="0"]').count(), 1);
    await page.keyboard.press('Enter');
    await page.getByTestId('panel-process').getByText('<0.1207.0>').first().waitFor();
  },
);

pageTest('what is not known for sure is said beside its supervisor', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page } = visited;
  await openTree(visited);
  const row = (name: string): ReturnType<Page['locator']> => page.getByRole('treeitem', { name });
  await row('Elixir.Shop.Mailer').getByText('did not answer').waitFor();
  await row('Elixir.Shop.Import.Supervisor').getByText('busy, not asked').waitFor();
  await row('Elixir.Shop.Import.Supervisor').getByText('812 waiting').waitFor();
  await row('Elixir.Shop.Carts').getByText('very many children').waitFor();
  await row('Elixir.Shop.Carts').getByText('3 of 11,204 shown').waitFor();
  await row('Elixir.ShopWeb.Endpoint').getByText('cut').waitFor();
  await row('Elixir.Shop.Reports').getByText('not running').waitFor();
});

pageTest('a refreshed tree keeps what is open, and the focus', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await openTree(visited);
  await page.getByRole('treeitem', { name: 'Elixir.Shop.Carts' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByText('Shop.Cart.init/1').first().waitFor({ state: 'detached' });
  const more = { pid: '<0.777.0>', name: 'newcomer', kind: 'worker', children: [] } as const;
  answerTo(scripted, 'applications/shop/tree', answered({ ...tree, children: [more, ...tree.children] }));
  await page.getByTestId('panel-refresh').click();
  await page.getByText('newcomer').waitFor();
  assert.equal(await page.getByText('Shop.Cart.init/1').count(), 0);
  assert.equal(await page.locator('[role="treeitem"][tabindex="0"]').getAttribute('data-pid'), '<0.410.0>');
});
