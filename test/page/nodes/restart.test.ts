/** Restarting running nodes: one by its menu or the palette, several at once; what is refused, and what is asked in production. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { memberOf, ownCluster, twoClusters } from '../../../packages/console-web/test/cluster-scenes.ts';
import { failedNode, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { assertAccessible } from '../../support/console/axe.ts';
import { pageTest } from '../page-test.ts';
import { until, type Visit } from '../page-visit.ts';

function card(page: Page, node: string): ReturnType<Page['locator']> {
  return page.locator(`[data-testid="node-card"][data-node="${node}"]`);
}

function paths({ scripted }: Visit): string[] {
  return scripted.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`).sort();
}

pageTest('a node is restarted by its menu, one that does not answer too', {}, async ({ visit }) => {
  await using visited = await visit({
    nodes: [nodeNamed('a@h'), nodeNamed('quiet@h', { status: 'unreachable' })],
  });
  const { page } = visited;
  await card(page, 'a@h').getByTestId('node-peers').click();
  // Why there is nobody to join stays to be read.
  await page.getByRole('menu').getByText('No other node is up').waitFor();
  await assertAccessible(page, '[role="menu"]');
  await page.getByRole('menuitem', { name: 'Restart' }).click();
  await page.locator('[data-node="a@h"][data-status="launching"]').waitFor();
  await card(page, 'quiet@h').getByTestId('node-peers').click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Restart']);
  await page.keyboard.press('Enter');
  await page.locator('[data-node="quiet@h"][data-status="launching"]').waitFor();
  assert.deepEqual(paths(visited), ['POST /api/nodes/a@h/restart', 'POST /api/nodes/quiet@h/restart']);
});

pageTest('a node is restarted by the palette; a refusal is shown', {}, async ({ visit }) => {
  const problem = { code: 'CONSOLE_LAUNCH_UNKNOWN', message: 'the variables of a@h are not known' };
  await using visited = await visit({
    nodes: [nodeNamed('a@h'), failedNode('b@h'), memberOf('prod', 'c@h')],
  });
  const { page, scripted } = visited;
  scripted.answers.set('POST /api/nodes/a%40h/restart', () => ({ status: 409, answer: { error: problem } }));
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('restart');
  assert.equal(
    await page.locator('[data-command^="restart-"]').count(),
    1,
    'only what runs and was launched',
  );
  await page.keyboard.press('Enter');
  await page.getByTestId('toast').getByText(problem.message).waitFor();
  assert.equal(await card(page, 'a@h').getAttribute('data-status'), 'up');
});

pageTest('several nodes are restarted; what fails is one message', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('a@h'), nodeNamed('b@h'), failedNode('c@h')] });
  const { page, scripted } = visited;
  scripted.answers.set('POST /api/nodes/b%40h/restart', () => ({
    status: 409,
    answer: { error: { code: 'PROVIDER_NAME_TAKEN', message: 'b@h is taken' } },
  }));
  await page.getByTestId('select-all').click();
  assert.equal(
    await page.getByTestId('bulk-restart').getAttribute('title'),
    'Stop 2 nodes and launch them again',
  );
  await page.getByTestId('bulk-restart').click();
  await page.locator('[data-node="a@h"][data-status="launching"]').waitFor();
  await page.getByTestId('toast').getByText('1 of 2 nodes could not be restarted (b@h)').waitFor();
  assert.equal(await page.getByTestId('toast').count(), 1);
  assert.deepEqual(paths(visited), ['POST /api/nodes/a@h/restart', 'POST /api/nodes/b@h/restart']);
});

pageTest('members of a cluster that was attached are not restarted', {}, async ({ visit }) => {
  await using visited = await visit(twoClusters());
  const { page } = visited;
  await card(page, 'prod:app@10.0.0.5').getByTestId('select-node').click();
  assert.equal(await page.getByTestId('bulk-restart').isDisabled(), true);
  assert.match((await page.getByTestId('bulk-restart').getAttribute('title')) ?? '', /None of them/);
  await card(page, 'prod:app@10.0.0.5').getByTestId('node-peers').click();
  assert.equal(await page.getByRole('menuitem', { name: 'Restart' }).count(), 0);
});

pageTest('restarting in production asks first, for one node and for several', {}, async ({ visit }) => {
  const clusters = [{ ...ownCluster, production: true }];
  await using visited = await visit({ clusters, nodes: [nodeNamed('a@h'), nodeNamed('b@h')] });
  const { page, scripted } = visited;
  const question = page.getByRole('alertdialog', { name: 'Restart in this computer?' });
  await card(page, 'a@h').getByTestId('node-peers').click();
  await page.getByRole('menuitem', { name: 'Restart' }).click();
  await question.getByText('a@h is stopped and launched again').waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await page.getByTestId('select-all').click();
  await page.getByTestId('bulk-restart').click();
  await question.getByText('2 nodes are stopped and launched again').waitFor();
  assert.deepEqual(scripted.requests, []);
  await page.getByTestId('confirm-production').click();
  await until('the requests', () => scripted.requests.length === 2);
  assert.deepEqual(paths(visited), ['POST /api/nodes/a@h/restart', 'POST /api/nodes/b@h/restart']);
});
