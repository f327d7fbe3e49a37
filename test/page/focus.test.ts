/** The keyboard focus never falls to the body: not when dialogs close, rows vanish, buttons are disabled, menus act or pages change. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { pageTest } from './page-test.ts';
import { app, until } from './page-visit.ts';
import { busyCluster, failedNode, nodeNamed } from '../../packages/console-web/test/scenes.ts';

const web = 'web@127.0.0.1';
const store = 'store@127.0.0.1';

/** What has the focus, by what tells it from others. */
function focusOf(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return 'the body';
    return element.getAttribute('aria-label') ?? (element.id || element.dataset.testid || element.textContent || element.tagName).trim();
  })()`);
}

/** Waits until the element with that label, id, test id or text has the focus. */
async function expectFocus(page: Page, wanted: string): Promise<void> {
  let focus = '';
  await until(
    () => `the focus on ${wanted}; it is on ${focus}`,
    async () => (focus = await focusOf(page)) === wanted,
  );
}

function row(page: Page, node: string): ReturnType<Page['locator']> {
  return page.locator(`[data-testid="node-card"][data-node="${node}"]`);
}

pageTest('rows that vanish leave the focus to the next one', { isSample: true }, async ({ visit }) => {
  const nodes = ['a', 'b', 'c'].map((name, at) => nodeNamed(`${name}@h`, { startedAt: at + 1 }));
  await using visited = await visit({ nodes });
  const { page, scripted } = visited;
  // Deleted by this user, through a dialog.
  await row(page, 'b@h').getByTestId('delete-node').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('confirm-delete').waitFor();
  await page.keyboard.press('Enter');
  await row(page, 'b@h').waitFor({ state: 'detached' });
  await expectFocus(page, 'Details of c@h');
  // Deleted by somebody else, the last of the list.
  await row(page, 'c@h').getByTestId('open-logs').focus();
  scripted.drop('c@h');
  await expectFocus(page, 'Details of a@h');
  // The last of all.
  await row(page, 'a@h').getByTestId('open-shell').focus();
  scripted.drop('a@h');
  await expectFocus(page, 'launch-typescript');
});

pageTest('a row that vanishes behind a dialog does not take the focus with it', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await row(page, store).getByTestId('delete-node').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('confirm-delete').waitFor();
  scripted.drop(store);
  await page.keyboard.press('Escape');
  await expectFocus(page, 'Details of edge@10.0.4.7');
});

pageTest('dialogs give the focus back, or to the page if nothing had it', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-form').waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(page, 'content');
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(page, 'content');
  for (const opener of ['launch-dialog', 'ssh-open', 'railway-open']) {
    await page.getByTestId(opener).focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, (await page.getByTestId(opener).getAttribute('aria-label')) ?? opener);
  }
});

pageTest('menus give the focus back, however they close', { isSample: true }, async ({ visit }) => {
  const many = Array.from({ length: 40 }, (_, at) => nodeNamed(`n${at}@h`, { startedAt: at + 1 }));
  await using visited = await visit({ nodes: many });
  const { page, scripted } = visited;
  const button = 'Join, disconnect or restart n0@h';
  const open = async (): Promise<void> => {
    await row(page, 'n0@h').getByTestId('node-peers').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
  };
  await open();
  await page.keyboard.press('Enter');
  await until('the request', () => scripted.requests.length === 1);
  await expectFocus(page, button);
  await open();
  await page.keyboard.press('Escape');
  await expectFocus(page, button);
  await open();
  await page.keyboard.press('Tab');
  await expectFocus(page, 'Delete n0@h');
  await open();
  await page.evaluate('document.getElementById("content").scrollBy(0, 40)');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await expectFocus(page, button);
  // The item that has the focus vanishes, because its node does.
  await open();
  scripted.drop('n1@h');
  await until('another item', async () => (await focusOf(page)).includes('n2@h'));
});

pageTest('a button that is disabled under the focus gives it to its neighbour', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(web), nodeNamed(app)] });
  const { page, scripted } = visited;
  await row(page, web).getByTestId('open-shell').focus();
  scripted.put(nodeNamed(web, { status: 'unreachable', peers: [] }));
  await expectFocus(page, `Doctor for ${web}`);
  await row(page, app).getByTestId('node-peers').focus();
  scripted.put(nodeNamed(app, { status: 'stopping' }));
  await expectFocus(page, `Delete ${app}`);
  // The buttons of launching, when the limit is reached by a launch.
  await page.getByTestId('launch-erlang').focus();
  for (let at = 0; at < 20; at += 1) scripted.put(nodeNamed(`more-${at}@h`));
  await expectFocus(page, 'Filter nodes');
});

pageTest('another page is read from its start', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [...busyCluster(), failedNode('old@h')] });
  const { page, scripted } = visited;
  await row(page, web).getByTestId('open-logs').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('log-view').waitFor();
  await expectFocus(page, 'content');
  await page.goto(`${scripted.origin}/#/nodes/nobody@h`);
  await page.getByRole('link', { name: 'Show all nodes' }).focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('dead-end').waitFor({ state: 'detached' });
  assert.notEqual(await focusOf(page), 'the body');
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('go to mesh');
  await page.keyboard.press('Enter');
  await page.getByTestId('mesh-node').first().waitFor();
  await until('the focus', async () => (await focusOf(page)) !== 'the body');
});

pageTest('what is closed gives the focus to what it belongs to', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.print(app, ...Array.from({ length: 300 }, (_, at) => `line ${at}`));
  await page.getByTestId('nav-mesh').click();
  await page.locator(`[data-testid="mesh-node"][data-node="${app}"]`).click();
  await page.getByRole('button', { name: 'Close the details' }).focus();
  await page.keyboard.press('Enter');
  await until('the node', async () => (await focusOf(page)).startsWith(`${app}, Up`));
  await page.goto(`${scripted.origin}/#/logs/${app}`);
  await page.getByText('line 299').waitFor();
  await page.getByTestId('log-view').evaluate((view) => view.scrollTo({ top: 0 }));
  await page.getByTestId('logs-follow').focus();
  await page.keyboard.press('Enter');
  await expectFocus(page, `Log of ${app}`);
  // A message that is dismissed, by the keyboard.
  await page.getByTestId('nav-nodes').click();
  scripted.nextProblem = { code: 'CONSOLE_PEER_REFUSED', message: 'it could not connect' };
  await row(page, web).getByTestId('node-peers').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Dismiss: it could not connect' }).focus();
  await page.keyboard.press('Enter');
  await expectFocus(page, `Join, disconnect or restart ${web}`);
});

pageTest('shells that are closed or folded leave the focus on the page', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, openShell } = visited;
  await openShell();
  await page.getByTestId('dock-fold').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('terminal').waitFor({ state: 'detached' });
  assert.notEqual(await focusOf(page), 'the body');
  await page.getByTestId('shell-tab').focus();
  await page.keyboard.press('Delete');
  await page.getByTestId('shell-tab').waitFor({ state: 'detached' });
  await expectFocus(page, 'content');
});

pageTest(
  'after the login the page has the focus, and a lost session gives it to the field',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await page.context().clearCookies();
    await page.reload();
    await page.getByTestId('login-token').waitFor();
    await expectFocus(page, 'login-token');
    await page.getByTestId('login-submit').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('login-problem').getByText('Paste the link').waitFor();
    await expectFocus(page, 'login-token');
    await page.keyboard.type(scripted.token);
    await page.keyboard.press('Enter');
    await page.getByTestId('node-card').first().waitFor();
    await expectFocus(page, 'content');
  },
);
