/**
 * Railway from the page, against a simulated one whose nodes are in networks of their own: a token, a project, an environment,
 * three nodes followed to SUCCESS that find each other by name over IPv6, a shell in each, one deleted; and what goes wrong.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingNamespaces } from '@convoy/railway-simulator';
import type { Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { cardOf, launchOnRailway, picture, remove, Terminal } from '../support/console/console-page.ts';
import { startConsoleProcess } from '../support/console/console-process.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { eventually } from '../support/eventually.ts';

const skip = withoutBrowser || (missingNamespaces() ?? missingPeer('25', 'elixir'));

/** From "Connect Railway" to an open environment. */
async function openEnvironment(page: Page, token: string): Promise<void> {
  await page.getByTestId('railway-open').first().click();
  await page.getByTestId('railway-token').fill('a-token-that-railway-does-not-know');
  await page.getByTestId('railway-connect').click();
  await page.getByTestId('railway-problem').waitFor();
  assert.match(await page.getByTestId('railway-problem').innerText(), /token/i);
  await picture(page, 'railway-wrong-token');
  await page.getByTestId('railway-token').fill(token);
  await page.getByTestId('railway-connect').click();
  await page.getByTestId('railway-account').getByText('Account token').waitFor();
  await page.getByTestId('railway-environment').getByText('production').waitFor({ state: 'attached' });
  await picture(page, 'railway-environment');
  await page.getByTestId('railway-place').click();
  await page.getByTestId('railway-panel').waitFor();
}

async function waitForUp(page: Page, node: string): Promise<void> {
  await page
    .locator(`[data-testid="node-card"][data-node="${node}"][data-status="up"]`)
    .waitFor({ timeout: 60_000 });
}

test('nodes are launched on a simulated Railway, find each other, and are used', { skip }, async () => {
  await using convoy = await startConsoleProcess({ args: ['--simulate', 'railway'] });
  const token = readFileSync(join(convoy.dataDir, 'simulator', 'token'), 'utf8');
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(convoy.url);
    await openEnvironment(page, token);
    await picture(page, 'railway-panel');
    const [first, second, elixir] = ['ts-1', 'ts-2', 'elixir-1'].map(
      (name) => `${name}@${name}.railway.internal`,
    );
    assert.ok(first !== undefined && second !== undefined && elixir !== undefined);
    for (const kind of ['typescript', 'typescript', 'elixir']) await launchOnRailway(page, kind);
    await picture(page, 'railway-launching');
    for (const node of [first, second, elixir]) await waitForUp(page, node);
    for (const node of [first, second, elixir]) {
      await cardOf(page, node).getByText('2 peers').waitFor({ timeout: 60_000 });
    }
    await picture(page, 'railway-nodes');
    await cardOf(page, elixir).getByTestId('node-details').click();
    const details = await cardOf(page, elixir).innerText();
    assert.match(
      details,
      /Create the service[\s\S]*Build its image[\s\S]*Start its container[\s\S]*Dial the node/,
    );
    // The number it has found by then depends on the name servers.
    assert.match(details, /discovered [12]/);
    await picture(page, 'railway-steps');

    const iex = await Terminal.open(page, elixir, /iex\(.*\)1>/);
    await iex.enter('Node.list() |> Enum.sort() |> length()');
    await iex.waitFor(/^2$/m);
    await iex.enter('node() |> to_string() |> String.ends_with?(".railway.internal")');
    await iex.waitFor(/^true$/m);
    await iex.enter(`send({:convoy_worker, :"${first}"}, :ping)`);
    await iex.waitFor(/^:ping$/m);
    for (const node of [first, second]) {
      const ts = await Terminal.open(page, node, /ts\(.*\)1>/);
      await ts.enter('node.list().length');
      await ts.waitFor(/^2$/m);
    }
    await cardOf(page, first).getByTestId('open-logs').first().click();
    await page.getByText(`Received ping on node ${first}`).first().waitFor({ timeout: 60_000 });
    await page.getByText('looking for convoy-node').first().waitFor();
    await picture(page, 'railway-logs');
    await page.getByTestId('nav-nodes').click();

    await remove(page, second);
    await cardOf(page, first).getByText('1 peer').waitFor({ timeout: 60_000 });
    await iex.enter('Node.list()');
    await iex.waitFor(new RegExp(`^\\[:"${first}"\\]$`, 'm'));
    await page.getByTestId('railway-chip').first().click();
    await eventually('Railway to have two services left', 30_000, async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      return (await page.getByTestId('railway-node').count()) === 2;
    });
    await picture(page, 'railway-two-left');
    assert.deepEqual(complaints, []);
    assert.ok(!convoy.output().includes(token), 'the token is in no output');
    assert.ok(!readFileSync(join(convoy.dataDir, 'audit.jsonl'), 'utf8').includes(token), 'nor in the audit');
    assert.ok(!(await page.content()).includes(token), 'nor in the page');
  } finally {
    await browser.close();
  }
});
