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
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { freePort } from '../../support/free-port.ts';
import { mayTake } from '../../support/time-limit.ts';

const cookie = 'cookie-of-a-restarted-console';

async function isLive(page: Page): Promise<void> {
  await page.getByTestId('socket-state').getByText('Live').waitFor();
}

describe('a shell across a restart of its console', { skip: withoutBrowser || missingPeer('25') }, () => {
  test('goes on in its tab, with its variables, once its cluster is attached again', async (context) => {
    mayTake(context, { seconds: 60, because: 'a browser, a node and two consoles start' });
    await using stack = new AsyncDisposableStack();
    const [dataDir, port] = [mkdtempSync(join(tmpdir(), 'convoy-restarted-')), await freePort()];
    stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    const cluster = stack.use(await ErlangCluster.start({ cookie }));
    const { name } = await cluster.erlang('app');
    const browser = await startBrowser();
    stack.defer(() => browser.close());
    const start = (): Promise<ConsoleInProcess> => startConsoleInProcess({ dataDir, port });
    const page = await browser.newPage();
    const terminal = new Terminal(page, `prod:${name}`);
    const first = await start();
    try {
      const body = { name: 'prod', nodes: [name], cookie, epmdPort: cluster.epmdPort };
      assert.equal((await first.client.ask('/api/clusters', { body })).status, 202);
      await page.goto(first.url);
      await isLive(page);
      await Terminal.open(page, `prod:${name}`, /1>/);
      await terminal.enter('Kept = 40 + 1.');
      await terminal.waitFor(/^41$/m);
    } finally {
      await first[Symbol.asyncDispose]();
    }
    await page.getByTestId('socket-state').getByText('Live').waitFor({ state: 'detached' });
    stack.use(await start());
    await isLive(page);
    await terminal.waitFor(/reconnected to app@127\.0\.0\.1/);
    await terminal.enter('Kept + 1.');
    await terminal.waitFor(/^41$[^]*^42$/m);
    assert.equal(await page.getByTestId('end-notice').count(), 0);
    await page.reload();
    await isLive(page);
    await terminal.waitFor(/^42$/m);
  });
});

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
