/** The page inside real nodes: an attached cluster of each release, an Elixir node, a TypeScript node, and one that ends while it is shown. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible } from '../../support/console/axe.ts';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { picture } from '../../support/console/console-page.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../support/extent.ts';
import { AttachingConsole } from '../../support/members/attaching-console.ts';
import { startShop } from '../../support/members/inspected-node.ts';

const cookie = 'inside-the-page';

/** Goes to a place inside a node of the console with this link. */
async function openInside(page: Page, link: string, place: string): Promise<void> {
  const { origin, search } = new URL(link);
  await page.goto(`${origin}/${search}#/nodes/${place}`);
}

/** From the overview through the processes to one of them, as somebody does who looks for what has the memory. */
async function findTheLargest(page: Page): Promise<void> {
  await page.getByTestId('card-memory').getByText('Processes').waitFor({ timeout: 60_000 });
  await page.getByRole('meter', { name: 'Processes' }).waitFor();
  await page
    .getByTestId('cost')
    .getByText(/This overview took/)
    .waitFor();
  await page.getByTestId('tab-processes').click();
  await page.getByText('Most memory').click();
  await page.locator('th[aria-sort]', { hasText: 'Memory' }).waitFor();
  await page.getByTestId('process-filter').fill('shop:loop');
  await page.getByTestId('process-summary').getByText('42 of 42 processes that match').waitFor();
  await page.getByTestId('process-row').first().getByRole('link').click();
  await page
    .getByTestId('card-relations')
    .getByText(/^shop_(?:sup|many|slow)/)
    .first()
    .waitFor();
  await page.getByTestId('card-stack').getByText('shop:loop/0').waitFor();
}

async function actOnIt(page: Page, node: ErlangNode): Promise<void> {
  await page.getByTestId('ask-state').click();
  await page
    .getByTestId('card-state')
    .getByTestId('part-problem')
    .or(page.getByTestId('process-state'))
    .waitFor();
  await page.getByTestId('collect').click();
  await page
    .getByTestId('toast')
    .getByText(/has collected its garbage/)
    .waitFor();
  await page.getByTestId('kill').click();
  await page.getByTestId('confirm-kill').click();
  await page
    .getByTestId('toast')
    .getByText(/^Killed <0/)
    .waitFor();
  await page
    .getByTestId('panel-process')
    .getByTestId('trouble')
    .getByText('It does not exist any more')
    .first()
    .waitFor();
  const running =
    '[proplists:get_value(active, supervisor:count_children(S)) || S <- [shop_sup, shop_many, shop_slow]]';
  assert.equal(await node.eval(`lists:sum(${running})`), '44', 'its supervisor has started it again');
}

async function walkTheTree(page: Page): Promise<void> {
  await page.getByTestId('tab-applications').click();
  await page.getByTestId('application-shop').click();
  const root = page.getByRole('treeitem', { name: /^shop_sup <0/ });
  await root.focus();
  await page.keyboard.type('shop_many');
  const many = page.getByRole('treeitem', { name: /^shop_many <0.*supervisor, 40 children/ });
  await many.waitFor();
  assert.equal(await many.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('treeitem', { expanded: true, name: /^shop_many/ }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page
    .getByTestId('panel-process')
    .getByTestId('card-relations')
    .getByText('shop_many')
    .first()
    .waitFor();
}

async function readTables(page: Page): Promise<void> {
  await page.getByTestId('tab-tables').click();
  await page.getByTestId('table-row').first().waitFor();
  await page.locator('[data-table="inside_rows"]').getByRole('link').first().click();
  await page
    .getByTestId('ets-row')
    .first()
    .getByText(/\{key,\d+\}/)
    .waitFor();
  await page.getByTestId('panel-back').click();
  await page.locator('[data-table="inside_private"]').getByText('private: not readable').waitFor();
  await page.locator('[data-table="inside_private"]').getByRole('link').first().click();
  await page.getByTestId('trouble').getByText('only its owner can read its rows').waitFor();
}

// What is asked of a node is held on every release where the asking is: here one stands for all in `npm test`.
for (const release of someOf(testedReleases(), 1)) {
  const skip = withoutBrowser || missingPeer(release);
  describe(`the page inside a node of OTP ${release}`, { skip }, () => {
    const stack = new AsyncDisposableStack();
    let browser: Browser;
    before(async () => {
      browser = await startBrowser();
      stack.defer(() => browser.close());
    });
    after(() => stack.disposeAsync());

    test('leads from what has the memory to its process, through trees and tables', async () => {
      const cluster = stack.use(await ErlangCluster.start({ cookie, release }));
      const node = await cluster.erlang('app');
      await startShop(node, 40);
      await node.eval(`
        register(keeper, spawn(fun() ->
          ets:new(inside_rows, [named_table, public]), ets:insert(inside_rows, [{key, N} || N <- lists:seq(1, 500)]),
          ets:new(inside_private, [named_table, private]),
          ets:insert(inside_private, [{key, N} || N <- lists:seq(1, 5000)]), timer:sleep(infinity) end))`);
      const convoy = stack.use(await AttachingConsole.start());
      await convoy.attach({ name: 'prod', nodes: [node.name], cookie, epmdPort: cluster.epmdPort });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await openInside(page, convoy.url, `prod:${node.name}/overview`);
      await findTheLargest(page);
      await picture(page, `inside-process-${release}`);
      await assertAccessible(page);
      await actOnIt(page, node);
      await walkTheTree(page);
      await readTables(page);
      // It ends while its processes are shown.
      await page.getByTestId('tab-processes').click();
      await page.getByTestId('process-row').first().waitFor();
      await node[Symbol.asyncDispose]();
      await page.getByTestId('trouble').waitFor({ timeout: 60_000 });
      await page.locator('.is-stale [data-testid="process-row"]').first().waitFor();
      assert.deepEqual(complaints, []);
    });
  });
}

describe(
  'the page inside nodes of other kinds',
  { skip: withoutBrowser || missingPeer('25', 'elixir') },
  () => {
    let convoy: ConsoleInProcess;
    let browser: Browser;
    before(async () => {
      convoy = await startConsoleInProcess();
      browser = await startBrowser();
    });
    after(async () => {
      await browser?.close();
      await convoy?.[Symbol.asyncDispose]();
    });

    test('an Elixir node shows its applications and its versions', async () => {
      const node = await convoy.launch('elixir');
      const page = await browser.newPage();
      await openInside(page, convoy.url, `${node}/overview`);
      await page.getByTestId('card-versions').getByText('Elixir').waitFor({ timeout: 60_000 });
      await page
        .getByTestId('card-applications')
        .getByRole('link', { name: /^elixir/ })
        .waitFor();
      await page.getByTestId('tab-applications').click();
      await page.getByTestId('application-logger').click();
      await page.getByRole('treeitem', { name: /^Elixir\.Logger\.Supervisor/ }).waitFor();
      await picture(page, 'inside-elixir-tree');
      await page.close();
    });

    test('a TypeScript node shows its heap and its event loop, and says that it answers nothing else', async () => {
      const node = await convoy.launch('typescript');
      const page = await browser.newPage();
      await openInside(page, convoy.url, `${node}/overview`);
      await page.getByTestId('card-memory').getByText('JavaScript heap').waitFor({ timeout: 60_000 });
      await page.getByTestId('card-load').getByText('at work').waitFor();
      await page.getByTestId('meter-connections').waitFor();
      await picture(page, 'inside-typescript');
      await page.getByTestId('tab-processes').click();
      await page.getByTestId('trouble').getByText('This node does not answer this question').waitFor();
      await page.close();
    });
  },
);
