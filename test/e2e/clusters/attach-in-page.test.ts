/** Clusters that Convoy did not start, attached, used and left in the page. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible } from '../../support/console/axe.ts';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { cardOf, picture, Terminal } from '../../support/console/console-page.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { AttachingConsole } from '../../support/members/attaching-console.ts';
import { meshOf, startMember, type WatchedMember } from '../../support/members/watched-mesh.ts';

const cookie = 'cookie-of-production';
const entry = 'app@127.0.0.1';

/** Three nodes in one cluster, one of the same name in another, and the page of a console that knows neither. */
interface Scene {
  readonly prod: ErlangCluster;
  readonly members: readonly WatchedMember[];
  readonly other: ErlangCluster;
  readonly convoy: AttachingConsole;
  readonly page: Page;
}

async function startScene(stack: AsyncDisposableStack, browser: Browser): Promise<Scene> {
  const prod = stack.use(await ErlangCluster.start({ cookie }));
  const members = [
    await startMember(prod, 'app'),
    await startMember(prod, 'web', { kind: 'elixir' }),
    await startMember(prod, 'store'),
  ];
  await meshOf(members);
  const other = stack.use(await ErlangCluster.start({ cookie: 'cookie-of-staging' }));
  await other.erlang('app');
  const convoy = stack.use(await AttachingConsole.start());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(convoy.url);
  await page.getByTestId('socket-state').getByText('Live').waitFor();
  return { prod, members, other, convoy, page };
}

async function choose(page: Page, cluster: string): Promise<void> {
  await page.locator(`[data-testid="cluster-choice"][data-cluster="${cluster}"]`).click();
}

async function nodesOf(page: Page): Promise<string[]> {
  const ids = await page
    .getByTestId('node-card')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-node') ?? ''));
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

async function waitForNodes(page: Page, ids: readonly string[]): Promise<void> {
  let shown: string[] = [];
  await eventually(
    () => `${ids.join(', ')}; the page shows ${shown.join(', ')}`,
    60_000,
    async () => {
      shown = await nodesOf(page);
      return shown.join() === ids.join();
    },
  );
}

const prodIds = ['app', 'store', 'web'].map((name) => `prod:${name}@127.0.0.1`);

/** A wrong cookie, what stays of the attempt, and the right cookie. */
async function failAndTryAgain({ page, prod }: Scene): Promise<void> {
  await page.getByTestId('connect-node').click();
  await page.getByTestId('connect-names').fill(entry);
  await page.getByTestId('connect-cookie').fill('not-the-cookie');
  await page.getByTestId('connect-name').fill('prod');
  await page.getByTestId('connect-production').check();
  await page.getByText('Ports', { exact: true }).click();
  await page.getByTestId('connect-epmd-port').fill(String(prod.epmdPort));
  await assertAccessible(page, 'dialog');
  await page.getByTestId('connect-submit').click();
  await page
    .getByTestId('connect-verdict')
    .getByText(/different cookie/)
    .first()
    .waitFor();
  assert.equal(await page.getByTestId('connect-names').inputValue(), entry);
  assert.equal(await page.getByTestId('connect-cookie').inputValue(), 'not-the-cookie');
  assert.equal(await page.getByTestId('connect-epmd-port').inputValue(), String(prod.epmdPort));
  await assertAccessible(page, 'dialog');
  await picture(page, 'attach-failed');
  await page.getByTestId('connect-cookie').fill(cookie);
  await page.getByTestId('connect-submit').click();
  await page.getByTestId('connect-dialog').waitFor({ state: 'detached', timeout: 60_000 });
  await waitForNodes(page, prodIds);
  await cardOf(page, 'prod:web@127.0.0.1').locator('.kind-elixir').waitFor();
  await assertAccessible(page);
  await picture(page, 'attached');
}

/** The other cluster by discovery, and the choice between the two. */
async function attachStaging({ page, other, convoy }: Scene): Promise<void> {
  const cookieFile = join(convoy.dataDir, 'cookie-of-staging');
  writeFileSync(cookieFile, 'cookie-of-staging\n', { mode: 0o600 });
  await page.getByTestId('rail-connect').click();
  await page.getByText('By discovery', { exact: true }).click();
  await page.getByTestId('connect-discover').fill(`epmd:hosts=127.0.0.1,port=${other.epmdPort}`);
  await page.getByText('From a file', { exact: true }).click();
  await page.getByTestId('connect-cookie-file').fill(cookieFile);
  await page.getByTestId('connect-name').fill('staging');
  await page.getByText('Ports', { exact: true }).click();
  await page.getByTestId('connect-epmd-port').fill(String(other.epmdPort));
  await page.getByTestId('connect-submit').click();
  await waitForNodes(page, ['staging:app@127.0.0.1']);
  await page.reload();
  await waitForNodes(page, ['staging:app@127.0.0.1']);
  await page.getByTestId('cluster-all').click();
  await waitForNodes(page, [...prodIds, 'staging:app@127.0.0.1']);
  await page.getByRole('button', { name: 'Shell on app@127.0.0.1 (staging)' }).waitFor();
  await assertAccessible(page);
  await choose(page, 'prod');
  await waitForNodes(page, prodIds);
}

/** Two members are disconnected with the forecast in view, and joined again. */
async function disconnectAndJoin({ page, members }: Scene): Promise<void> {
  await cardOf(page, 'prod:app@127.0.0.1').getByTestId('node-peers').click();
  await page.locator('[data-item="disconnect-prod:store@127.0.0.1"]').click();
  const dialog = page.getByTestId('disconnect-dialog');
  await page
    .getByTestId('forecast')
    .getByText(/store@127\.0\.0\.1/)
    .first()
    .waitFor();
  await dialog.getByText('prod is marked as production').waitFor();
  await assertAccessible(page, 'dialog');
  await picture(page, 'disconnect-forecast');
  await page.getByTestId('confirm-disconnect').click();
  await page.getByTestId('apart-notice').first().waitFor({ timeout: 60_000 });
  await page.getByTestId('nav-mesh').click();
  await page.locator('.mesh-node.is-apart').first().waitFor();
  await picture(page, 'mesh-apart');
  await page.getByTestId('nav-nodes').click();
  await assertAccessible(page);
  await page.getByTestId('join-all').first().click();
  await page.getByRole('alertdialog', { name: 'Join all again in prod?' }).waitFor();
  await page.getByTestId('confirm-production').click();
  const result = page.getByTestId('reconnected-dialog');
  await result.getByText(/All members are connected with each other/).waitFor({ timeout: 60_000 });
  await picture(page, 'joined-again');
  await page.keyboard.press('Escape');
  await page.getByTestId('apart-notice').first().waitFor({ state: 'detached', timeout: 60_000 });
  for (const member of members) {
    await eventually(
      `${member.name} to be connected to all`,
      60_000,
      async () => (await member.run('length(nodes())')) === '2',
    );
  }
}

describe('a running cluster in the page', { skip: withoutBrowser || missingPeer('25', 'elixir') }, () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;

  before(async () => {
    const browser = await startBrowser();
    stack.defer(() => browser.close());
    scene = await startScene(stack, browser);
  });
  after(() => stack.disposeAsync());

  test('a failed attempt keeps what was typed, and succeeds with another cookie', () =>
    failAndTryAgain(scene));

  test('a second one is found by discovery; each is shown alone, and the choice is kept', () =>
    attachStaging(scene));

  test('a shell in production opens without a question, below a strip that says where it is', async () => {
    const { page } = scene;
    const terminal = await Terminal.open(page, 'prod:web@127.0.0.1', /iex\(web@127\.0\.0\.1\)1>/);
    await page.getByTestId('production-strip').getByText('prod is marked as production').waitFor();
    await terminal.enter('node()');
    await terminal.waitFor(/:"web@127\.0\.0\.1"/);
    await assertAccessible(page);
    await picture(page, 'shell-in-production');
    await page.getByTestId('shell-menu').click();
    await page.locator('[data-item="end-shell"]').click();
  });

  test('says what OTP will do before two nodes are disconnected, and joins all again', () =>
    disconnectAndJoin(scene));

  test('is renamed, and left without a trace', async () => {
    const { page, members } = scene;
    await page.locator('[data-testid="cluster-settings"][data-cluster="prod"]').click();
    await page.getByTestId('cluster-label').fill('Shop, live');
    await page.locator('.color-choice[title="Pink"]').click();
    await assertAccessible(page, 'dialog');
    await page.getByTestId('cluster-save').click();
    await page.getByRole('button', { name: /^Shop, live production/ }).waitFor();
    await page.locator('[data-testid="cluster-settings"][data-cluster="prod"]').click();
    await page.getByTestId('leave-cluster').click();
    await page.getByRole('alertdialog', { name: 'Leave Shop, live?' }).waitFor();
    await page.getByTestId('confirm-leave').click();
    await waitForNodes(page, ['staging:app@127.0.0.1']);
    for (const member of members) {
      await eventually(
        `${member.name} to be left`,
        60_000,
        async () => (await member.run('nodes(hidden)')) === '[]',
      );
      assert.equal(await member.run('length(nodes())'), '2');
    }
  });
});
