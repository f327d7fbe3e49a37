/** Shells that several pages show: one size for all, closing a tab and ending a shell, and how shells are told apart. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { picture } from '../support/console/console-page.ts';
import { busyCluster, nodeNamed } from '../../packages/console-web/test/scenes.ts';
import { pageTest } from './page-test.ts';
import { app, until } from './page-visit.ts';

function rowsOf(page: Page): Promise<number> {
  return page.locator('.xterm-rows > div').count();
}

/** Whether the whole screen of the terminal is in its pane. */
function isInside(page: Page): Promise<boolean> {
  return page.evaluate(`(() => {
    const host = document.querySelector('.terminal-host');
    const screen = host.querySelector('.xterm-screen');
    return screen.offsetWidth <= host.clientWidth && screen.offsetHeight <= host.clientHeight;
  })()`);
}

describe('a shell that another page shows', () => {
  pageTest('is letterboxed in the size of that page, until somebody types here', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    const own = await rowsOf(page);
    scripted.shells.sizeElsewhere(app, { cols: 160, rows: 26 });
    await page.getByTestId('size-chip').getByText('160 × 26').waitFor();
    await until('the rows of the other page', async () => (await rowsOf(page)) === 26);
    assert.equal(await isInside(page), true);
    await picture(page, 'shell-letterboxed');
    await page.getByTestId('terminal').click();
    await page.keyboard.type('x');
    await until('the own size', async () => (await rowsOf(page)) === own);
    assert.equal(await page.getByTestId('size-chip').count(), 0);
  });

  pageTest(
    'leaves the rest of the pane empty when that page is smaller, and takes this size on request',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell } = visited;
      await openShell();
      const own = await rowsOf(page);
      scripted.shells.sizeElsewhere(app, { cols: 40, rows: 6 });
      await until('the rows of the other page', async () => (await rowsOf(page)) === 6);
      await picture(page, 'shell-small');
      await page.getByTestId('take-size').click();
      await until('the own size', async () => (await rowsOf(page)) === own);
      assert.equal(scripted.typed, '');
      const resized = scripted.received.findLast((message) => message.type === 'shell.resize');
      assert.equal(resized?.take, true);
    },
  );

  pageTest('is letterboxed also when it got its size while it was not on screen', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    await page.getByTestId('dock-fold').click();
    scripted.shells.sizeElsewhere(app, { cols: 160, rows: 26 });
    scripted.say(app, 'still there');
    await page.getByTestId('shell-tab').click();
    await page.getByTestId('size-chip').waitFor();
    await until('the letterbox', () => isInside(page));
    assert.equal(await rowsOf(page), 26);
  });

  pageTest(
    'keeps its size when this window changes, and says which one it would have',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell } = visited;
      await openShell();
      scripted.shells.sizeElsewhere(app, { cols: 80, rows: 24 });
      await until('the rows of the other page', async () => (await rowsOf(page)) === 24);
      await page.setViewportSize({ width: 900, height: 700 });
      await until('the size of the window', () =>
        scripted.received.some(
          (message) => message.type === 'shell.resize' && message.take === undefined && message.cols < 100,
        ),
      );
      assert.equal(await rowsOf(page), 24);
    },
  );
});

describe('a shell that is left or ended', () => {
  pageTest(
    'stays open when its tab is closed, does not come back with a reload, and is found again',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell, terminalText } = visited;
      await openShell();
      await page.keyboard.type('kept\r');
      await until('the echo', async () => (await terminalText()).includes('"kept"'));
      await page.getByTestId('close-shell').click();
      await until('the tab to go', async () => (await page.getByTestId('shell-tab').count()) === 0);
      assert.deepEqual(
        scripted.received
          .filter(({ type }) => type === 'shell.close' || type === 'shell.detach')
          .map(({ type }) => type),
        ['shell.detach'],
      );
      await page.reload();
      await page.getByTestId('socket-state').getByText('Live').waitFor();
      await page.getByTestId('nav-shells').click();
      const row = page.getByTestId('other-shell-row');
      await row.waitFor();
      assert.equal(await page.getByTestId('shell-tab').count(), 0);
      await row.getByRole('button', { name: `Show IEx on ${app}` }).click();
      await until('the screen', async () => (await terminalText()).includes('"kept"'));
    },
  );

  pageTest('is ended by an act of its own, which asks when others show the shell', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    scripted.shells.setViewers(app, 3);
    await page.getByTestId('shell-menu').click();
    await page.locator('[data-item="end-shell"]').click();
    await page.getByTestId('end-shell-dialog').getByText('2 other pages also show it').waitFor();
    await picture(page, 'shell-end-question');
    await page.keyboard.press('Escape');
    assert.equal(
      scripted.received.some(({ type }) => type === 'shell.close'),
      false,
    );
    await page.keyboard.press('F1');
    await page.getByTestId('palette-input').fill(`End IEx on ${app}`);
    await page.keyboard.press('Enter');
    await page.getByTestId('confirm-end-shell').click();
    await until('the end', () => scripted.received.some(({ type }) => type === 'shell.close'));
    await until('the tab to go', async () => (await page.getByTestId('shell-tab').count()) === 0);
  });

  pageTest('is ended at once where no other page shows it', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    await page.getByTestId('nav-shells').click();
    await page.getByTestId('open-shell-row').getByTestId('end-shell').click();
    await until('the end', () => scripted.received.some(({ type }) => type === 'shell.close'));
    assert.equal(await page.getByTestId('end-shell-dialog').count(), 0);
  });

  pageTest('is listed when another page opens one', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await page.getByTestId('nav-shells').click();
    scripted.shells.openElsewhere(app);
    await page.getByTestId('other-shell-row').getByText('on 1 other page').waitFor();
    assert.equal(await page.getByTestId('shell-tab').count(), 0);
  });
});

describe('the names of shells', () => {
  const long = 'a-very-long-name-for-a-worker-of-the-europe-west-cluster-number-17';
  const nodes = [
    nodeNamed('worker@db1.example'),
    nodeNamed('worker@db2.example'),
    nodeNamed(`${long}@10.20.30.40`),
    nodeNamed(app),
  ];
  const tabs = (page: Page): Promise<string[]> =>
    page
      .getByTestId('shell-tab')
      .evaluateAll((all: { textContent: string | null }[]) => all.map((one) => one.textContent ?? ''));

  pageTest('tell hosts apart, and the shells of one node', {}, async ({ visit }) => {
    await using visited = await visit({ nodes });
    const { page, openShell } = visited;
    await openShell('worker@db1.example');
    await openShell('worker@db2.example');
    await openShell(app);
    await openShell(app);
    const shown = await tabs(page);
    assert.deepEqual(
      shown.map((text) => text.replace(/^Elixir/, '')),
      ['worker@db1.example', 'worker@db2.example', 'app-1IEx 1', 'app-1IEx 2'],
    );
    await page.getByTestId('nav-shells').click();
    await page.getByRole('button', { name: `Show IEx 2 on ${app}` }).waitFor();
    await picture(page, 'shell-names');
    await page.locator('[data-testid="shell-tab"]').nth(2).focus();
    await page.keyboard.press('Delete');
    await until('the tab to go', async () => (await page.getByTestId('shell-tab').count()) === 3);
    assert.match((await tabs(page)).join(), /IEx 2/);
  });

  pageTest('are cut before the host on a phone, where they differ', {}, async ({ visit }) => {
    const names = ['one', 'two'].map((end) => `a-very-long-name-of-a-node-that-ends-in-${end}@127.0.0.1`);
    await using visited = await visit({ nodes: names.map((name) => nodeNamed(name)) });
    const { page } = visited;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByTestId('nav-shells').click();
    const cut = page.locator('.shell-row strong .cut.is-cut');
    await until('the cuts', async () => (await cut.count()) >= 2);
    await picture(page, 'shells-long-names-narrow');
    const ends = await cut.evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
      all.map((one) => one.getAttribute('data-end')),
    );
    assert.deepEqual(ends, ['s-in-one', 's-in-two']);
    assert.deepEqual(await page.locator('.shell-row strong').allTextContents(), names);
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette-input').fill('shell on a-very-long');
    await until('the commands', async () => (await page.locator('dialog .cut.is-cut').count()) >= 2);
    await picture(page, 'palette-long-names-narrow');
    const found = await page
      .locator('dialog .cut.is-cut')
      .evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
        all.map((one) => one.getAttribute('data-end')),
      );
    assert.deepEqual(new Set(found), new Set(['s-in-one@127.0.0.1', 's-in-two@127.0.0.1']));
  });

  pageTest(
    'are cut in the middle where they are too long, and stay whole for everything else',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes });
      const { page, openShell } = visited;
      await openShell(`${long}@10.20.30.40`);
      const cut = page.locator('[data-testid="shell-tab"] .cut').first();
      await until('the cut', async () => (await cut.getAttribute('class'))?.includes('is-cut') === true);
      assert.equal(await cut.textContent(), long);
      const end = await page.evaluate(
        `getComputedStyle(document.querySelector('[data-testid="shell-tab"] .cut'), '::after').content`,
      );
      // Firefox says how the text is made.
      assert.match(String(end), /umber-17|attr\(data-end\)/);
      assert.equal(await cut.getAttribute('data-end'), 'umber-17');
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByTestId('dock-fold').click();
      const name = page.locator(`[data-node="${long}@10.20.30.40"] .node-name .cut`).first();
      await until(
        'the cut of the card',
        async () => (await name.getAttribute('class'))?.includes('is-cut') === true,
      );
      await picture(page, 'long-names-narrow');
      await page.setViewportSize({ width: 2600, height: 900 });
      await until('the whole name', async () => (await name.getAttribute('class')) === 'cut');
    },
  );
});
