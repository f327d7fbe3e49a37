/** Launches of several nodes: the progress of each, cancelling what has not started or is starting, trying again what failed. */

import assert from 'node:assert/strict';
import type { LaunchRequest } from '@convoy/console/protocol';
import type { Page } from 'playwright-core';
import { failedNode, launchingNode, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { assertAccessible } from '../../support/console/axe.ts';
import { picture } from '../../support/console/console-page.ts';
import { pageTest } from '../page-test.ts';
import { until, type Visit } from '../page-visit.ts';

const web = nodeNamed('web@127.0.0.1', { startedAt: 1 });

/** Names that were asked for, in this order. */
function asked({ scripted }: Visit): string[] {
  return scripted.requests
    .filter(({ method, path }) => method === 'POST' && path === '/api/nodes')
    .map(({ body }) => (body as LaunchRequest).name ?? '');
}

/** Accepts launches: each node is launching until the test says otherwise. */
function acceptLaunches({ scripted }: Visit): void {
  scripted.answers.set('POST /api/nodes', (body) => {
    const { name, kind } = body as LaunchRequest;
    const node = `${name}@127.0.0.1`;
    scripted.put(launchingNode(node));
    return { status: 202, answer: { id: `launch-${name}`, node, kind, state: 'running', steps: [] } };
  });
}

async function launch(page: Page, count: number): Promise<void> {
  await page.keyboard.press('c');
  await page.getByTestId('launch-count').fill(String(count));
  await page.getByTestId('launch-name').fill('w-%');
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
}

async function states(page: Page): Promise<string[]> {
  return page
    .getByTestId('batch-item')
    .evaluateAll((all) => all.map((item) => item.getAttribute('data-state') ?? ''));
}

async function expectStates(page: Page, wanted: string): Promise<void> {
  let shown = '';
  await until(
    () => `the states ${wanted}; they are ${shown}`,
    async () => (shown = (await states(page)).join(' ')) === wanted,
  );
}

pageTest('are followed, a few at a time, until all are up', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: [web] });
  const { page, scripted } = visited;
  acceptLaunches(visited);
  await launch(page, 6);
  await expectStates(page, 'starting starting starting starting waiting waiting');
  await assertAccessible(page);
  await picture(page, 'launch-batch');
  assert.deepEqual(asked(visited), ['w-1', 'w-2', 'w-3', 'w-4']);
  scripted.put(nodeNamed('w-2@127.0.0.1'));
  await expectStates(page, 'starting up starting starting starting waiting');
  for (const number of [1, 3, 4, 5]) scripted.put(nodeNamed(`w-${number}@127.0.0.1`));
  await until('the last request', () => asked(visited).length === 6);
  scripted.put(nodeNamed('w-6@127.0.0.1'));
  await page.getByTestId('batch').waitFor({ state: 'detached' });
  await page.getByTestId('toast').getByText('All 6 nodes are up').waitFor();
});

pageTest('are cancelled where they have not started or are starting', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [web] });
  const { page, scripted } = visited;
  acceptLaunches(visited);
  await launch(page, 6);
  await expectStates(page, 'starting starting starting starting waiting waiting');
  scripted.put(nodeNamed('w-1@127.0.0.1'));
  await expectStates(page, 'up starting starting starting starting waiting');
  await page.getByTestId('batch-cancel').click();
  await expectStates(page, 'up cancelled cancelled cancelled cancelled cancelled');
  const deleted = scripted.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  assert.deepEqual(
    deleted.map((path) => decodeURIComponent(path)).sort(),
    [2, 3, 4, 5].map((number) => `/api/nodes/w-${number}@127.0.0.1`),
  );
  assert.equal(asked(visited).length, 5, 'the last one is never asked for');
  await page.locator('[data-node="w-1@127.0.0.1"][data-status="up"]').waitFor();
  await page.getByTestId('batch-dismiss').click();
  await page.getByTestId('batch').waitFor({ state: 'detached' });
});

pageTest('are tried again where they failed or were refused', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [web] });
  const { page, scripted } = visited;
  acceptLaunches(visited);
  const accept = scripted.answers.get('POST /api/nodes')!;
  scripted.answers.set('POST /api/nodes', (body) => {
    if ((body as LaunchRequest).name !== 'w-2') return accept(body);
    const error = { code: 'PROVIDER_NAME_TAKEN', message: 'a node named w-2 already exists on local' };
    return { status: 409, answer: { error } };
  });
  await launch(page, 3);
  await expectStates(page, 'starting refused starting');
  await page.getByTestId('batch').getByText('A node named w-2 already exists on local.').waitFor();
  scripted.put(failedNode('w-3@127.0.0.1'));
  scripted.put(nodeNamed('w-1@127.0.0.1'));
  await expectStates(page, 'up refused failed');
  await picture(page, 'launch-batch-failed');
  await page.getByTestId('batch-retry').click();
  await expectStates(page, 'up starting starting');
  assert.deepEqual(asked(visited), ['w-1', 'w-2', 'w-3', 'w-4'], 'with another name, as that one is taken');
  const again = scripted.requests.filter(({ path }) => path.endsWith('/relaunch'));
  assert.deepEqual(
    again.map(({ path }) => decodeURIComponent(path)),
    ['/api/nodes/w-3@127.0.0.1/relaunch'],
  );
  for (const number of [3, 4]) scripted.put(nodeNamed(`w-${number}@127.0.0.1`));
  await page.getByTestId('batch').waitFor({ state: 'detached' });
});

pageTest('stay in the form when the first is refused', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [web] });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-count').fill('3');
  await page.getByTestId('launch-name').fill('w-%');
  scripted.nextProblem = {
    code: 'PROVIDER_UNAVAILABLE',
    message: 'Node.js was not found',
    remedy: 'Install it.',
  };
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-problem').getByText('Node.js was not found').waitFor();
  assert.equal(await page.getByTestId('launch-count').inputValue(), '3');
  assert.equal(await page.getByTestId('batch').count(), 0);
  assert.equal(scripted.requests.length, 1, 'nothing more is asked for');
});
