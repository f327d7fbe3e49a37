/** Attaching a running cluster: what is typed stays until the console is in, and a failed attempt says why. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  attachedCluster,
  failedCluster,
  memberOf,
  ownCluster,
} from '../../../packages/console-web/test/cluster-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';

const entry = 'app@10.0.0.5';
const setup = { nodes: [nodeNamed(app)], clusters: [ownCluster] };

/** Fills in the form, as far as most clusters need it. */
async function fillIn(page: Page): Promise<void> {
  await page.getByTestId('rail-connect').click();
  await page.getByTestId('connect-names').fill(entry);
  await page.getByTestId('connect-cookie').fill('kept only here');
  await page.getByTestId('connect-name').fill('prod');
  await page.getByTestId('connect-production').check();
}

/** The console starts to attach, and tells of it. */
function beginAttaching({ scripted }: Visit): void {
  scripted.answers.set('POST /api/clusters', () => {
    const cluster = attachedCluster('prod', { state: 'connecting', production: true });
    scripted.putCluster(cluster);
    return { status: 202, answer: cluster };
  });
}

function sent({ scripted }: Visit): readonly string[] {
  return scripted.requests.map(({ method, path }) => `${method} ${path}`);
}

async function assertFilledIn(page: Page, cookie: string): Promise<void> {
  assert.equal(await page.getByTestId('connect-names').inputValue(), entry);
  assert.equal(await page.getByTestId('connect-cookie').inputValue(), cookie);
  assert.equal(await page.getByTestId('connect-name').inputValue(), 'prod');
  assert.equal(await page.getByTestId('connect-production').isChecked(), true);
}

pageTest('a cluster that is attached is shown', { isSample: true }, async ({ visit }) => {
  await using visited = await visit(setup);
  const { page, scripted } = visited;
  beginAttaching(visited);
  await fillIn(page);
  await page.keyboard.press('Enter');
  await page.getByTestId('connect-trying').waitFor();
  const { cookie, ...request } = scripted.requests[0]!.body as Record<string, unknown>;
  assert.equal(cookie, 'kept only here');
  assert.deepEqual(request, {
    nodes: [entry],
    discover: [],
    name: 'prod',
    proto: 'inet',
    color: 'green',
    production: true,
    keep: true,
  });
  scripted.put(memberOf('prod', entry));
  scripted.putCluster(attachedCluster('prod', { production: true }));
  await page.getByTestId('connect-dialog').waitFor({ state: 'detached' });
  await until('only its nodes', async () => (await page.getByTestId('node-card').count()) === 1);
  await page.locator(`[data-testid="node-card"][data-node="prod:${entry}"]`).waitFor();
  await page.locator('[data-testid="cluster-choice"][data-cluster="prod"][aria-pressed="true"]').waitFor();
});

pageTest('a failed attempt stays with the verdict and every field as typed', {}, async ({ visit }) => {
  await using visited = await visit(setup);
  const { page, scripted } = visited;
  beginAttaching(visited);
  await fillIn(page);
  await page.keyboard.press('Enter');
  await page.getByTestId('connect-trying').waitFor();
  scripted.putCluster(failedCluster('prod'));
  await page.getByTestId('connect-verdict').getByText('app@10.0.0.5 has another cookie.').waitFor();
  await assertFilledIn(page, 'kept only here');
  await until('the focus on the verdict', () =>
    page.evaluate<boolean>('document.activeElement?.dataset.testid === "connect-verdict"'),
  );
  assert.equal(await page.getByTestId('connect-submit').innerText(), 'Try again');
  // The cookie is in its field, and nowhere else.
  const stored = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })');
  assert.ok(!stored.includes('kept only here'));
  // It is another one.
  await page.getByTestId('connect-cookie').fill('the right one');
  await page.getByTestId('connect-submit').click();
  await page.getByTestId('connect-trying').waitFor();
  await until('the second request', () => sent(visited).length === 3);
  assert.deepEqual(sent(visited), ['POST /api/clusters', 'DELETE /api/clusters/prod', 'POST /api/clusters']);
  assert.equal((scripted.requests[2]!.body as { cookie?: string }).cookie, 'the right one');
});

pageTest('a refusal of the console stays with every field, too', {}, async ({ visit }) => {
  await using visited = await visit(setup);
  const { page, scripted } = visited;
  await fillIn(page);
  scripted.nextProblem = {
    code: 'CONSOLE_TOO_MANY',
    message: 'ten clusters are attached already',
    remedy: 'Leave one of them first.',
  };
  await page.getByTestId('connect-submit').click();
  await page.getByTestId('connect-verdict').getByText('Leave one of them first.').waitFor();
  await assertFilledIn(page, 'kept only here');
});

pageTest('a failed attempt can be corrected later, with everything but its cookie', {}, async ({ visit }) => {
  const cluster = failedCluster('prod');
  const request = { ...cluster.request!, production: true };
  await using visited = await visit({ ...setup, clusters: [ownCluster, { ...cluster, request }] });
  const { page } = visited;
  await page.locator('[data-testid="cluster-choice"][data-cluster="prod"]').click();
  await page.getByTestId('connect-verdict').getByText('Enter the cookie of the cluster.').waitFor();
  await assertFilledIn(page, '');
  await page.getByTestId('connect-give-up').click();
  await page.locator('[data-testid="cluster-choice"][data-cluster="prod"]').waitFor({ state: 'detached' });
  assert.deepEqual(sent(visited), ['DELETE /api/clusters/prod']);
});

pageTest('fields say what is wrong while they are typed', {}, async ({ visit }) => {
  await using visited = await visit(setup);
  const { page, scripted } = visited;
  await page.getByTestId('rail-connect').click();
  await page.getByTestId('connect-names').fill('app');
  await page.getByTestId('connect-names-note').getByText('“app” has no host: write app@host.').waitFor();
  await page.getByTestId('connect-name').fill('local');
  await page.getByTestId('connect-name-note').getByText('has a cluster local already').waitFor();
  await page.getByTestId('connect-name').fill('');
  await page.getByTestId('connect-names').fill('');
  await page.getByTestId('connect-submit').click();
  await page.getByTestId('connect-names-note').getByText('Enter the full name of a node').waitFor();
  await page.getByTestId('connect-cookie-note').getByText('Enter the cookie').waitFor();
  await until('the focus on the first of them', () =>
    page.evaluate<boolean>('document.activeElement?.dataset.testid === "connect-names"'),
  );
  assert.deepEqual(scripted.requests, []);
  await page.getByTestId('connect-proto').selectOption('tls');
  await page.getByTestId('connect-caFile').fill('ca.pem');
  await page.getByTestId('connect-caFile-note').getByText('Enter the whole path').waitFor();
  await page.getByTestId('connect-way').selectOption('ssh');
  await page.getByTestId('connect-ssh').fill('ops @db1');
  await page.getByTestId('connect-ssh-note').getByText('no spaces').waitFor();
});
