/** A window that is open while its console is started again: it stays where it was, with the tabs that it had. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { Terminal } from '../../support/console/console-page.ts';
import { freePort } from '../../support/free-port.ts';

async function isLive(page: Page): Promise<void> {
  await page.getByTestId('socket-state').getByText('Live').waitFor();
}

describe('a window across a restart of its console', { skip: withoutBrowser }, () => {
  test('is on the same page, with the same tabs and what they show', async () => {
    const [dataDir, port] = [mkdtempSync(join(tmpdir(), 'convoy-restarted-')), await freePort()];
    const start = (): Promise<ConsoleInProcess> => startConsoleInProcess({ dataDir, port });
    const browser = await startBrowser();
    try {
      const first = await start();
      const page = await browser.newPage();
      let node: string;
      try {
        node = await first.launch('typescript');
        await page.goto(first.url);
        await isLive(page);
        const terminal = await Terminal.open(page, node, /ts\(.*\)1>/);
        await terminal.enter('6 * 7');
        await terminal.waitFor(/^42$/m);
        await page.getByTestId('nav-mesh').click();
      } finally {
        await first[Symbol.asyncDispose]();
      }
      await page.getByTestId('socket-state').getByText('Live').waitFor({ state: 'detached' });
      await using second = await start();
      await isLive(page);
      assert.equal(new URL(page.url()).hash, '#/mesh');
      const tab = page.locator(`[data-testid="shell-tab"][data-shell-node="${node}"]`);
      assert.equal(await tab.count(), 1);
      await page.getByTestId('end-notice').waitFor();
      assert.match(await new Terminal(page, node).text(), /^42$/m);
      await page.reload();
      await isLive(page);
      assert.equal(new URL(page.url()).hash, '#/mesh');
      assert.equal(new URL(page.url()).origin, second.client.origin);
    } finally {
      await browser.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
