/**
 * What a newcomer does in the first minutes, in Chromium and in Firefox: log in with the link, launch a node of each kind, use a
 * shell on each, see them connect, and delete all three. Set CONVOY_SCREENSHOTS to a folder to keep the pictures.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible } from '../support/console/axe.ts';
import {
  type BrowserName,
  browserNames,
  missingBrowser,
  startBrowserNamed,
} from '../support/console/browser.ts';
import { cardOf, picture, remove, Terminal } from '../support/console/console-page.ts';
import { startConsoleProcess } from '../support/console/console-process.ts';
import { onlyInAll } from '../support/extent.ts';
import { expectNoNode } from '../support/processes.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;
type Kind = (typeof kinds)[number];
const withoutElixir =
  existsSync('/usr/bin/elixir') || process.env['CI'] !== undefined
    ? false
    : 'no Elixir: apt-get install elixir';

/** Launches a node, waits until it is up, and returns its name. */
async function launch(page: Page, kind: Kind): Promise<string> {
  const cards = page.locator('[data-testid="node-card"]');
  const before = new Set(await cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-node'))));
  await page.getByTestId(`launch-${kind}`).first().click();
  const confirm = page.getByTestId('confirm-launch');
  await confirm.or(cards.nth(before.size)).first().waitFor();
  if (await confirm.isVisible()) await confirm.click();
  await cards.nth(before.size).waitFor();
  const names = await cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-node') ?? ''));
  const name = names.find((one) => !before.has(one)) ?? '';
  await page
    .locator(`[data-testid="node-card"][data-node="${name}"][data-status="up"]`)
    .waitFor({ timeout: 60_000 });
  return name;
}

async function firstRun(name: BrowserName): Promise<void> {
  await using convoy = await startConsoleProcess();
  const browser = await startBrowserNamed(name);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(convoy.url);
    await page.getByTestId('launch-typescript').first().waitFor();
    assert.doesNotMatch(page.url(), /token/, 'the token leaves the address bar');
    await picture(page, 'empty');

    const typescript = await launch(page, 'typescript');
    const elixir = await launch(page, 'elixir');
    const erlang = await launch(page, 'erlang');
    for (const node of [typescript, elixir, erlang]) {
      await cardOf(page, node).getByText('2 peers').waitFor({ timeout: 60_000 });
    }
    await picture(page, 'nodes');
    await assertAccessible(page);

    const iex = await Terminal.open(page, elixir, /iex\(.*\)1>/);
    await iex.enter('1 + 1');
    await iex.waitFor(/^2$/m);
    await iex.enter('Node.list() |> Enum.member?(:"' + typescript + '")');
    await iex.waitFor(/^true$/m);
    await iex.enter(
      `:rpc.call(:"${typescript}", :convoy, :info, []) |> Map.keys() |> length() |> Kernel.>(2) |> to_string()`,
    );
    await iex.waitFor(/^"true"$/m);
    await iex.enter(`send({:convoy_worker, :"${typescript}"}, :ping)`);
    await iex.waitFor(/^:ping$/m);
    await picture(page, 'shell-iex');

    await cardOf(page, typescript).getByTestId('open-logs').first().click();
    await page.getByText(`Received ping on node ${typescript}`).first().waitFor({ timeout: 60_000 });
    await picture(page, 'logs');
    await assertAccessible(page);
    await page.getByTestId('nav-nodes').click();

    const erl = await Terminal.open(page, erlang, /1>/);
    await erl.enter('lists:sum([20, 22]).');
    await erl.waitFor(/^42$/m);
    const ts = await Terminal.open(page, typescript, /ts\(.*\)1>/);
    await ts.enter('const answer: number = await Promise.resolve(6 * 7); answer');
    await ts.waitFor(/^42$/m);
    await ts.enter('node.list().length');
    await ts.waitFor(/^2$/m);
    await picture(page, 'shells');
    await page.getByTestId('nav-mesh').click();
    await page.getByTestId('mesh-node').first().waitFor();
    await picture(page, 'mesh');
    await assertAccessible(page);
    await page.getByTestId('nav-nodes').click();

    for (const node of [elixir, erlang, typescript]) await remove(page, node);
    for (const node of [elixir, erlang, typescript]) await expectNoNode(convoy.epmdPort, node);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

for (const name of browserNames) {
  const isFirst = name === 'chromium';
  const missing = missingBrowser(name) || withoutElixir;
  const title = 'a newcomer launches three nodes, uses their shells and deletes them';
  test(isFirst ? title : `${title} (Firefox)`, { skip: isFirst ? missing : onlyInAll(missing) }, () =>
    firstRun(name),
  );
}
