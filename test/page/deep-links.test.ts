/** Addresses that people send each other: they open what they name, after a login too, and say so when they lead nowhere. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { pageTest } from './page-test.ts';
import { app, until, type Visit } from './page-visit.ts';
import { busyCluster, nodeNamed } from '../../packages/console-web/test/scenes.ts';

const store = 'store@127.0.0.1';

/** Goes to an address of the page that is already open, as a link in a chat does. */
async function follow({ page, scripted }: Visit, fragment: string): Promise<void> {
  await page.goto(`${scripted.origin}/${fragment}`);
}

async function deadEnd(page: Page, text: string): Promise<void> {
  await page.getByTestId('dead-end').getByText(text).first().waitFor();
}

function fragmentOf(page: Page): string {
  return new URL(page.url()).hash;
}

pageTest('the address of a node opens its details and takes the focus there', {}, async ({ visit }) => {
  const many = Array.from({ length: 30 }, (_, at) =>
    nodeNamed(`worker-${at}@127.0.0.1`, { startedAt: at + 1 }),
  );
  await using visited = await visit({ nodes: [...many, nodeNamed(store, { startedAt: 1000 })] });
  const { page } = visited;
  await follow(visited, `#/nodes/${store}`);
  const row = page.locator(`[data-testid="node-card"][data-node="${store}"]`);
  await row.getByText('Connections', { exact: true }).waitFor();
  await until('the row to be in view', () =>
    row.evaluate((card) => card.getBoundingClientRect().top < innerHeight),
  );
  await until('the focus', async () =>
    page.evaluate<boolean>(`document.activeElement?.getAttribute('aria-label') === 'Details of ${store}'`),
  );
  // The same address again, after the details were closed.
  await page.keyboard.press('Enter');
  assert.equal(await row.getByText('Connections', { exact: true }).count(), 0);
  assert.equal(fragmentOf(page), '#/nodes');
  await follow(visited, `#/nodes/${store}`);
  await row.getByText('Connections', { exact: true }).waitFor();
});

pageTest('details that are opened by hand can be linked to, also past a filter', {}, async ({ visit }) => {
  const many = Array.from({ length: 8 }, (_, at) =>
    nodeNamed(`worker-${at}@127.0.0.1`, { startedAt: at + 1 }),
  );
  await using visited = await visit({ nodes: many });
  const { page } = visited;
  await page.locator('[data-node="worker-3@127.0.0.1"]').getByTestId('node-details').click();
  assert.equal(fragmentOf(page), '#/nodes/worker-3@127.0.0.1');
  await page.getByRole('searchbox').fill('worker-5');
  await until('the filter', async () => (await page.getByTestId('node-card').count()) === 2);
  await follow(visited, '#/nodes/worker-7@127.0.0.1');
  await page.locator('[data-node="worker-7@127.0.0.1"]').getByText('Connections', { exact: true }).waitFor();
});

pageTest('an address opens what it names after the login', {}, async ({ browser, visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { scripted, openShell } = visited;
  scripted.print(store, 'a line of store');
  await openShell();
  const stranger = await (await browser.newContext()).newPage();
  const logIn = async (fragment: string): Promise<void> => {
    await stranger.context().clearCookies();
    await stranger.goto('about:blank');
    await stranger.goto(`${scripted.origin}/${fragment}`);
    await stranger.getByTestId('login-token').fill(scripted.token);
    await stranger.keyboard.press('Enter');
  };
  await logIn(`#/logs/${store}`);
  await stranger.getByText('a line of store').waitFor();
  assert.equal(fragmentOf(stranger), `#/logs/${store}`);
  await logIn('#/shells/s1');
  await stranger.getByTestId('terminal').getByText('echo>').first().waitFor();
  await logIn(`#/mesh/${store}`);
  await stranger.getByRole('complementary', { name: `Node ${store}` }).waitFor();
  await logIn('#/nodes/nobody@127.0.0.1');
  await deadEnd(stranger, 'There is no node nobody@127.0.0.1');
  await stranger.goto('about:blank');
  await stranger.goto(`${scripted.url}#/logs/${store}`);
  await stranger.getByText('a line of store').waitFor();
  await stranger.context().close();
});

pageTest('the address of a shell shows that shell', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, openShell } = visited;
  await openShell();
  await openShell('web@127.0.0.1');
  const seen = (node: string): Promise<void> =>
    page.locator(`[data-testid="terminal"][data-shell-node="${node}"]`).waitFor();
  await follow(visited, '#/shells/s1');
  await seen(app);
  await follow(visited, '#/shells/s2');
  await seen('web@127.0.0.1');
  // On the page of shells the address follows the shell that is worked in.
  await page.locator(`[data-testid="shell-tab"][data-shell-node="${app}"]`).click();
  await until('the address', () => fragmentOf(page) === '#/shells/s1');
  await page.reload();
  await seen(app);
  // A tab that was closed here, while the shell stays open.
  await page.locator(`[data-testid="shell-tab"][data-shell-node="${app}"]`).focus();
  await page.keyboard.press('Delete');
  await page.locator(`[data-testid="shell-tab"][data-shell-node="${app}"]`).waitFor({ state: 'detached' });
  await follow(visited, '#/shells/s1');
  await seen(app);
});

pageTest('an address that leads nowhere says so, on every page', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page } = visited;
  const nowhere: readonly (readonly [string, string, string])[] = [
    ['#/nodes/gone@h', 'There is no node gone@h', 'Show all nodes'],
    ['#/mesh/gone@h', 'There is no node gone@h', 'Show all nodes'],
    ['#/logs/gone@h', 'There is no node gone@h', 'Show other logs'],
    ['#/logs/gone@h/line/7', 'There is no node gone@h', 'Show other logs'],
    ['#/shells/s99', 'This shell is not open', 'Show all shells'],
    ['#/settings/theme', 'There is no such page', 'Go to the nodes'],
    ['#/recordings', 'There is no such page', 'Go to the nodes'],
    ['#/nodes/%E0%A4%A', 'There is no such page', 'Go to the nodes'],
  ];
  for (const [fragment, text, onward] of nowhere) {
    await follow(visited, fragment);
    await deadEnd(page, text);
    await page.getByRole('link', { name: onward }).click();
    await page.getByTestId('dead-end').waitFor({ state: 'detached' });
  }
  await follow(visited, '#/logs/store@127.0.0.1');
  await page.getByTestId('log-view').waitFor();
  assert.equal(await page.getByTestId('dead-end').count(), 0);
});

pageTest(
  'a node or shell that goes while it is shown leaves no address that leads nowhere',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await follow(visited, `#/nodes/${store}`);
    await page.locator(`[data-node="${store}"]`).getByText('Connections', { exact: true }).waitFor();
    scripted.drop(store);
    await until('the address', () => fragmentOf(page) === '#/nodes');
    assert.equal(await page.getByTestId('dead-end').count(), 0);
    await follow(visited, `#/nodes/${store}`);
    await deadEnd(page, `There is no node ${store}`);
    // The same for a shell that ends and whose tab is closed.
    await follow(visited, '#/nodes');
    await visited.openShell();
    await follow(visited, '#/shells/s1');
    scripted.tell({ type: 'shell.closed', shellId: 's1', reason: 'the node went down' });
    await page.getByText('the node went down').first().waitFor();
    await page.getByTestId('shell-tab').focus();
    await page.keyboard.press('Delete');
    await until('the address', () => fragmentOf(page) === '#/shells');
    assert.equal(await page.getByTestId('dead-end').count(), 0);
  },
);
