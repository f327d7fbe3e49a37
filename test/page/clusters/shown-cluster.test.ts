/** Several clusters, with nodes of the same names: which are shown, and which of two a button means. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { twoClusters } from '../../../packages/console-web/test/cluster-scenes.ts';
import { pageTest } from '../page-test.ts';
import { until } from '../page-visit.ts';

function shownNodes(page: Page): Promise<string[]> {
  return page
    .getByTestId('node-card')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-node') ?? ''));
}

async function show(page: Page, cluster: string): Promise<void> {
  await page.locator(`[data-testid="cluster-choice"][data-cluster="${cluster}"]`).click();
}

const staging = ['staging:app@10.0.0.5', 'staging:web@10.0.0.6'];

pageTest('the pages show all clusters, or the one that is chosen', { isSample: true }, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page } = visited;
  assert.equal((await shownNodes(page)).length, 6);
  await show(page, 'staging');
  await until('its nodes', async () => (await shownNodes(page)).length === 2);
  assert.deepEqual((await shownNodes(page)).sort(), staging);
  await page.getByTestId('nav-mesh').click();
  await until('the mesh of two', async () => (await page.getByTestId('mesh-node').count()) === 2);
  await page.getByTestId('nav-shells').click();
  assert.equal(await page.getByRole('button', { name: /^Open .* on / }).count(), 3);
  // The choice is kept.
  await page.reload();
  await page.getByTestId('nav-nodes').click();
  await page.getByTestId('node-card').first().waitFor();
  assert.deepEqual((await shownNodes(page)).sort(), staging);
  await page.getByTestId('cluster-all').click();
  await until('all nodes', async () => (await shownNodes(page)).length === 6);
});

pageTest('an address shows the cluster of its node', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted } = visited;
  await show(page, 'staging');
  await page.goto(`${scripted.origin}/#/nodes/prod:web@10.0.0.6`);
  await page.locator('[data-node="prod:web@10.0.0.6"]').getByText('Connections', { exact: true }).waitFor();
  await page.locator('[data-testid="cluster-choice"][data-cluster="prod"][aria-pressed="true"]').waitFor();
  await page.goto(`${scripted.origin}/#/mesh/staging:web@10.0.0.6`);
  await page.getByRole('complementary', { name: 'Node web@10.0.0.6 (staging)' }).waitFor();
});

pageTest('of two nodes of one name, each button means its own', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted, openShell } = visited;
  await openShell('staging:app@10.0.0.5');
  const opened = scripted.received.filter((message) => message.type === 'shell.open');
  assert.deepEqual(
    opened.map(({ node }) => node),
    ['staging:app@10.0.0.5'],
  );
  await page.getByRole('tab', { name: /app \(staging\)/ }).waitFor();
  await page.getByRole('button', { name: 'Shell on app@10.0.0.5 (prod)' }).waitFor();
  await page.getByTestId('nav-shells').click();
  await page.getByTestId('open-shell-row').getByText('(staging)').waitFor();
});

pageTest('nodes that stand apart, have left or are hidden say so, with the repair', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted } = visited;
  const apart = page.locator('[data-testid="node-card"][data-node="prod:app@10.0.0.5"]');
  await apart.getByText('not connected to store@10.0.0.7').waitFor();
  await apart.getByText('shop 2.4.1').waitFor();
  const left = page.locator('[data-testid="node-card"][data-node="prod:store@10.0.0.7"]');
  await left.getByText('It has left prod').waitFor();
  await page.locator('[data-node="staging:web@10.0.0.6"]').getByText('hidden').waitFor();
  await page.getByTestId('nav-mesh').click();
  await until('two marked nodes', async () => (await page.locator('.mesh-node.is-apart').count()) === 2);
  await page.locator('[data-testid="mesh-node"][data-node="prod:store@10.0.0.7"]').click();
  scripted.answers.set('POST /api/clusters/prod/reconnect', () => ({
    status: 200,
    answer: {
      connected: [['app@10.0.0.5', 'store@10.0.0.7']],
      missing: [['web@10.0.0.6', 'store@10.0.0.7']],
      absent: ['gone@10.0.0.8'],
    },
  }));
  await page.getByRole('complementary').getByTestId('join-all').click();
  await page.getByTestId('production-dialog').getByText('All visible members of prod').waitFor();
  await page.getByTestId('confirm-production').click();
  const result = page.getByTestId('reconnected-dialog');
  await result.getByText('Not all members could be connected.').waitFor();
  for (const list of ['Connected again', 'Still not connected', 'Not brought back'])
    await result.getByText(list).waitFor();
});

pageTest('label, colour and mark of a cluster are changed, and a cluster is left', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page, scripted } = visited;
  await show(page, 'staging');
  await page.locator('[data-testid="cluster-settings"][data-cluster="staging"]').click();
  await page.getByTestId('cluster-label').fill('');
  await page.getByText('A cluster has a label.').waitFor();
  await page.getByTestId('cluster-label').fill('Shop, next');
  await page.locator('.color-choice[title="Violet"]').click();
  await page.getByTestId('cluster-production').check();
  await page.getByTestId('cluster-save').click();
  await page.getByTestId('cluster-dialog').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests.at(-1), {
    method: 'PATCH',
    path: '/api/clusters/staging',
    body: { label: 'Shop, next', color: 'violet', production: true, acting: false },
  });
  await page.getByRole('button', { name: /^Shop, next production/ }).waitFor();
  await page.locator('[data-testid="cluster-settings"][data-cluster="staging"]').click();
  await page.getByTestId('leave-cluster').click();
  const question = page.getByTestId('leave-cluster-dialog');
  await question.getByText('is marked as production').waitFor();
  await question.getByText('Its nodes keep running').waitFor();
  await page.getByTestId('confirm-leave').click();
  await page.locator('[data-cluster="staging"]').first().waitFor({ state: 'detached' });
  // All that is left is shown, rather than nothing.
  await until('the other nodes', async () => (await shownNodes(page)).length === 4);
});
