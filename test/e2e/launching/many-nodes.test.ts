/** Several nodes at once, with a real console: launched by a pattern, cancelled on the way, and deleted together. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { cardOf, picture } from '../../support/console/console-page.ts';
import { eventually } from '../../support/eventually.ts';

describe('several nodes at once', { skip: withoutBrowser }, () => {
  let convoy: ConsoleInProcess;
  let browser: Browser;
  let page: Page;
  before(async () => {
    convoy = await startConsoleInProcess();
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(convoy.url);
    await page.getByTestId('launch-typescript').waitFor();
  });
  after(async () => {
    await browser?.close();
    await convoy?.[Symbol.asyncDispose]();
  });

  async function launch(count: number, name: string): Promise<void> {
    await page.getByTestId('launch-typescript').click();
    await page.getByTestId('launch-count').fill(String(count));
    await page.getByTestId('launch-name').fill(name);
    await page.getByTestId('confirm-launch').click();
    await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  }

  test('are launched by a pattern, and join each other', async () => {
    await launch(3, 'w-%');
    for (const number of [1, 2, 3])
      await cardOf(page, `w-${number}@127.0.0.1`).getByText('2 peers').waitFor({ timeout: 60_000 });
    await page.getByTestId('batch').waitFor({ state: 'detached' });
    await picture(page, 'many-nodes');
  });

  test('are cancelled while they start; what is up stays', async () => {
    await launch(6, 'late-%');
    await page.getByTestId('batch-cancel').click();
    await page.getByTestId('batch-dismiss').waitFor();
    const up = await page.locator('[data-testid="batch-item"][data-state="up"]').count();
    await eventually(`the ${3 + up} nodes that are left`, 60_000, async () => {
      const { json } = await convoy.client.ask('/api/nodes');
      return json.length === 3 + up;
    });
    const late = page.locator('[data-testid="node-card"][data-node^="late-"]');
    await eventually('their rows', 30_000, async () => (await late.count()) === up);
    await page.getByTestId('batch-dismiss').click();
  });

  test('are deleted after one question', async () => {
    await page.getByTestId('select-all').click();
    await page.getByTestId('bulk-delete').click();
    await page.getByTestId('confirm-bulk-delete').click();
    await page.getByText('Launch your first node').waitFor({ timeout: 60_000 });
    assert.deepEqual((await convoy.client.ask('/api/nodes')).json, []);
  });
});
