/** Bulk actions on nodes: what they ask, what they send, and one message about everything that failed. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { twoClusters } from '../../../packages/console-web/test/cluster-scenes.ts';
import { failedNode, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { assertAccessible } from '../../support/console/axe.ts';
import { picture } from '../../support/console/console-page.ts';
import { pageTest } from '../page-test.ts';
import { until, type Visit } from '../page-visit.ts';

function check(page: Page, node: string): ReturnType<Page['locator']> {
  return page.locator(`[data-node="${node}"]`).getByTestId('select-node');
}

function paths({ scripted }: Visit): string[] {
  return scripted.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`).sort();
}

pageTest('several nodes are deleted after one question', { isSample: true }, async ({ visit }) => {
  const nodes = ['a', 'b', 'c', 'd'].map((name, at) => nodeNamed(`${name}@h`, { startedAt: at + 1 }));
  await using visited = await visit({ nodes });
  const { page } = visited;
  await check(page, 'a@h').click();
  await check(page, 'c@h').click({ modifiers: ['Shift'] });
  await page.getByTestId('bulk-bar').getByText('3 selected').waitFor();
  await assertAccessible(page);
  await picture(page, 'nodes-selected');
  await page.getByTestId('bulk-delete').click();
  const dialog = page.getByTestId('bulk-delete-dialog');
  await dialog.getByText('3 nodes are stopped').waitFor();
  await assertAccessible(page, 'dialog[open]');
  assert.deepEqual(paths(visited), []);
  await page.getByTestId('confirm-bulk-delete').click();
  await until('the nodes to be gone', async () => (await page.getByTestId('node-card').count()) === 1);
  assert.deepEqual(paths(visited), [
    'DELETE /api/nodes/a@h',
    'DELETE /api/nodes/b@h',
    'DELETE /api/nodes/c@h',
  ]);
  await page.getByTestId('bulk-bar').waitFor({ state: 'detached' });
});

pageTest('nodes are joined to each other, each pair once', {}, async ({ visit }) => {
  const nodes = [
    nodeNamed('web@h', { peers: ['app@h'], startedAt: 1 }),
    nodeNamed('app@h', { peers: ['web@h'], startedAt: 2 }),
    nodeNamed('store@h', { startedAt: 3 }),
    failedNode('cache@h'),
  ];
  await using visited = await visit({ nodes });
  const { page, scripted } = visited;
  await page.getByTestId('select-all').click();
  await page.getByTestId('bulk-join').click();
  await until('the requests', () => scripted.requests.length === 2);
  assert.deepEqual(paths(visited), ['POST /api/nodes/app@h/join', 'POST /api/nodes/web@h/join']);
  await page.getByTestId('toast').getByText('Joined 2 pairs').waitFor();
});

pageTest('nodes that ended are launched again; what fails is one message', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [failedNode('a@h'), failedNode('b@h'), nodeNamed('up@h')] });
  const { page, scripted } = visited;
  scripted.answers.set('POST /api/nodes/b%40h/relaunch', () => ({
    status: 409,
    answer: { error: { code: 'PROVIDER_LIMIT', message: 'the limit of 20 nodes is reached' } },
  }));
  await page.getByTestId('select-all').click();
  await page.getByTestId('bulk-relaunch').click();
  await page.locator('[data-node="a@h"][data-status="launching"]').waitFor();
  await page.getByTestId('toast').getByText('1 of 2 nodes could not be launched again (b@h)').waitFor();
  assert.equal(await page.getByTestId('toast').count(), 1);
});

pageTest('actions that concern none of the nodes say so', {}, async ({ visit }) => {
  const { nodes, clusters } = twoClusters();
  await using visited = await visit({ nodes, clusters });
  const { page } = visited;
  await check(page, 'prod:app@10.0.0.5').click();
  assert.equal(await page.getByTestId('bulk-delete').isDisabled(), true);
  assert.match((await page.getByTestId('bulk-delete').getAttribute('title')) ?? '', /has not launched/);
  assert.equal(await page.getByTestId('bulk-shell').isEnabled(), true);
  await page.getByTestId('bulk-clear').click();
  await page.getByTestId('bulk-bar').waitFor({ state: 'detached' });
});

pageTest('a filter takes nodes out of the action', {}, async ({ visit }) => {
  const nodes = Array.from({ length: 8 }, (_, at) => nodeNamed(`n${at}@h`, { startedAt: at + 1 }));
  await using visited = await visit({ nodes });
  const { page } = visited;
  await page.getByTestId('select-all').click();
  await page.getByTestId('bulk-bar').getByText('8 selected').waitFor();
  await page.getByRole('searchbox').fill('n3');
  await page.getByTestId('bulk-bar').getByText('1 selected').waitFor();
  await page.getByTestId('bulk-delete').click();
  await page.getByTestId('bulk-delete-dialog').getByText('n3@h').waitFor();
  assert.equal(await page.getByTestId('bulk-delete-dialog').getByRole('listitem').count(), 1);
});
