/** What changes something in production asks first, and names the cluster; what OTP will do is said beforehand. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  attachedCluster,
  memberOf,
  ownCluster,
  twoClusters,
} from '../../../packages/console-web/test/cluster-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';

const [prodApp, prodWeb] = ['prod:app@10.0.0.5', 'prod:web@10.0.0.6'];
const forecastPath = `/api/nodes/${encodeURIComponent(prodApp)}/disconnect/forecast`;

function card(page: Page, node: string): ReturnType<Page['locator']> {
  return page.locator(`[data-testid="node-card"][data-node="${node}"]`);
}

async function choosePeer(page: Page, node: string, item: string): Promise<void> {
  await card(page, node).getByTestId('node-peers').click();
  await page.locator(`[data-item="${item}"]`).click();
}

pageTest('before two members are disconnected, the page says what OTP will do', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted } = visited;
  scripted.answers.set(`POST ${forecastPath}`, () => ({
    status: 200,
    answer: {
      summary: 'web@10.0.0.6 will lose all its connections.',
      lost: [
        ['app@10.0.0.5', 'web@10.0.0.6'],
        ['store@10.0.0.7', 'web@10.0.0.6'],
      ],
      leaving: [{ name: 'web@10.0.0.6', keeps: [] }],
      isRace: true,
      isCertain: false,
    },
  }));
  await choosePeer(page, prodApp, `disconnect-${prodWeb}`);
  const dialog = page.getByTestId('disconnect-dialog');
  await dialog.getByText('web@10.0.0.6 will lose all its connections.').waitFor();
  await dialog.getByText('web@10.0.0.6 keeps no connection.').waitFor();
  await dialog.getByText('Connections that are lost').waitFor();
  await dialog.getByText('depends on whose report arrives first').waitFor();
  await dialog.getByText('Not all nodes have said').waitFor();
  await dialog.getByText('prod is marked as production.').waitFor();
  await page.getByTestId('confirm-disconnect').click();
  await until('the request', () => scripted.requests.length === 2);
  // It has asked already: nothing else is asked.
  assert.equal(await page.getByTestId('production-dialog').count(), 0);
  assert.deepEqual(scripted.requests[1], {
    method: 'POST',
    path: `/api/nodes/${encodeURIComponent(prodApp)}/disconnect`,
    body: { peer: 'web@10.0.0.6' },
  });
});

pageTest('a forecast that fails does not prevent the act', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted } = visited;
  scripted.nextProblem = { code: 'CONSOLE_NODE_NOT_UP', message: 'app@10.0.0.5 does not answer' };
  await choosePeer(page, prodApp, `disconnect-${prodWeb}`);
  await page.getByTestId('forecast-problem').getByText('does not answer').waitFor();
  await page.getByTestId('confirm-disconnect').click();
  await until('the request', () => scripted.requests.length === 2);
});

pageTest(
  'joining in production asks first; Cancel changes nothing',
  { isSample: true },
  async ({ visit }) => {
    const peerless = [prodApp, prodWeb].map((id) => memberOf('prod', id.slice('prod:'.length)));
    const clusters = [ownCluster, attachedCluster('prod', { label: 'Shop, live', production: true })];
    await using visited = await visit({ clusters, nodes: [nodeNamed(app), ...peerless] });
    const { page, scripted } = visited;
    await choosePeer(page, prodApp, `join-${prodWeb}`);
    const question = page.getByRole('alertdialog', { name: 'Join in Shop, live?' });
    await question.getByText('is marked as production').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.deepEqual(scripted.requests, []);
    await choosePeer(page, prodApp, `join-${prodWeb}`);
    await page.getByTestId('confirm-production').click();
    await until('the request', () => scripted.requests.length === 1);
  },
);

pageTest('launching and deleting in production ask first', {}, async ({ visit }) => {
  const clusters = [{ ...ownCluster, production: true }];
  await using visited = await visit({ clusters, nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  await page.getByTestId('launch-erlang').click();
  await page.getByTestId('launch-name').fill('billing');
  await page.getByTestId('confirm-launch').click();
  await page.getByRole('alertdialog', { name: 'Launch in this computer?' }).waitFor();
  await page.keyboard.press('Escape');
  // The form stays as it was typed.
  assert.equal(await page.getByTestId('launch-name').inputValue(), 'billing');
  assert.deepEqual(scripted.requests, []);
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('confirm-production').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  assert.deepEqual(
    scripted.requests.map(({ path }) => path),
    ['/api/nodes'],
  );
  await card(page, app).getByTestId('delete-node').click();
  await page.getByRole('alertdialog', { name: 'Delete a node of this computer?' }).waitFor();
  await page.getByTestId('production-note').waitFor();
  await page.getByTestId('confirm-delete').click();
  await card(page, app).waitFor({ state: 'detached' });
});

pageTest('a shell in production only warns, for as long as it is open', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted, openShell } = visited;
  await openShell(prodApp);
  await page.getByTestId('production-strip').getByText('prod is marked as production').waitFor();
  assert.equal(await page.getByTestId('production-dialog').count(), 0);
  scripted.putCluster(attachedCluster('prod', { production: false }));
  await page.getByTestId('production-strip').waitFor({ state: 'detached' });
  scripted.putCluster(attachedCluster('prod', { production: true }));
  await page.getByTestId('production-strip').waitFor();
});
