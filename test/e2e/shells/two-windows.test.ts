/** Two windows of a browser on one IEx shell of a real console: neither destroys what the other one shows. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { picture, Terminal } from '../../support/console/console-page.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

describe('two windows on one shell', { skip: withoutBrowser || missingPeer('25', 'elixir') }, () => {
  let convoy: ConsoleInProcess;
  let browser: Browser;
  let node: string;
  before(async () => {
    convoy = await startConsoleInProcess();
    node = await convoy.launch('elixir');
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await convoy?.[Symbol.asyncDispose]();
  });

  async function visit(width: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(convoy.url);
    await page.getByTestId('socket-state').getByText('Live').waitFor();
    return page;
  }

  test('share its size, and closing one tab leaves the shell to the other', async () => {
    const wide = await visit(1440);
    const terminal = await Terminal.open(wide, node, /iex\(.*\)1>/);
    await terminal.show();
    const narrow = await visit(500);
    const small = new Terminal(narrow, node);
    await small.waitFor(/iex\(.*\)1>/);
    await narrow.getByTestId('size-chip').waitFor();
    const text = `"${'0123456789'.repeat(9)}"`;
    await wide.keyboard.type(`String.length(${text})`);
    await terminal.waitFor(new RegExp(`1> String\\.length\\(${text}\\)$`, 'm'));
    await small.waitFor(new RegExp(`1> String\\.length\\(${text}\\)$`, 'm'));
    await picture(wide, 'two-windows-wide');
    await picture(narrow, 'two-windows-narrow');
    await wide.keyboard.press('Enter');
    await terminal.waitFor(/^90$/m);

    await small.show();
    await narrow.keyboard.type(':narrow');
    await wide.getByTestId('size-chip').waitFor();
    assert.equal(await narrow.getByTestId('size-chip').count(), 0);
    await terminal.waitFor(/:narrow$/m);
    await terminal.waitFor(/^90$/m);
    await picture(wide, 'two-windows-wide-boxed');

    await narrow.getByTestId('close-shell').click();
    await wide.getByTestId('size-chip').waitFor({ state: 'detached' });
    await terminal.show();
    await wide.keyboard.press('Enter');
    await terminal.waitFor(/^:narrow$/m);
    await narrow.getByTestId('nav-shells').click();
    await narrow.getByTestId('other-shell-row').getByText('on 1 other page').waitFor();
    await wide.getByTestId('shell-menu').click();
    await wide.locator('[data-item="end-shell"]').click();
    await eventually(
      'the shell to be gone',
      30_000,
      async () => (await narrow.getByTestId('other-shell-row').count()) === 0,
    );
  });

  test('are both told when its node is stopped, and offered a new shell when it is up again', async () => {
    const one = await visit(1200);
    const terminal = await Terminal.open(one, node, /iex\(.*\)1>/);
    const other = await visit(1000);
    await new Terminal(other, node).waitFor(/iex\(.*\)1>/);
    await terminal.enter('System.stop()');
    for (const page of [one, other]) {
      await page.getByTestId('end-notice').getByText(`${node} was stopped (exit code 0)`).waitFor();
    }
    await one.getByText('The node was stopped').first().waitFor();
    await picture(one, 'node-stopped');
    await one.getByRole('button', { name: 'Launch again' }).click();
    await one
      .locator(`[data-testid="node-card"][data-node="${node}"][data-status="up"]`)
      .waitFor({ timeout: 60_000 });
    for (const page of [one, other]) {
      await page.getByTestId('reopen-shell').waitFor();
      const text = await new Terminal(page, node).text();
      assert.match(text, /System\.stop\(\)/);
      assert.doesNotMatch(text.trimEnd(), /reconnecting\]$/);
    }
  });
});
