/**
 * Every page in both themes and two sizes: nothing overflows horizontally and nothing is logged as an error. Screenshots are
 * saved in the folder CONVOY_SCREENSHOTS.
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { onlyInAll } from '../../support/extent.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { ScriptedConsole } from '../scripted-console.ts';

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const pages = ['nodes', 'mesh', 'shells', 'logs', 'settings'] as const;

async function keep(page: Page, name: string): Promise<void> {
  const sticksOut = await page.evaluate(
    'document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll(".page")].some((e) => e.scrollWidth > e.clientWidth + 1)',
  );
  assert.equal(sticksOut, false, `${name} sticks out sideways`);
  const folder = process.env['CONVOY_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function walk(page: Page, scripted: ScriptedConsole, label: string): Promise<void> {
  await page.goto(scripted.url);
  await page.getByTestId('node-card').first().waitFor();
  for (const name of pages) {
    await page.getByTestId(`nav-${name}`).click();
    if (name === 'mesh') await page.getByTestId('mesh-node').nth(1).click();
    if (name === 'logs') await page.getByText('Running App.Endpoint').waitFor();
    await keep(page, `${label}-${name}`);
  }
  await page.getByTestId('nav-nodes').click();
  await page.locator('[data-node="app-1@127.0.0.1"]').getByTestId('open-shell').click();
  await page.getByTestId('terminal').getByText('echo>').waitFor();
  await page.keyboard.type('Enum.map(1..3, & &1 * 2)\r');
  await page.getByTestId('terminal').getByText('"Enum.map(1..3, & &1 * 2)"').waitFor();
  await keep(page, `${label}-shell`);
  await page.keyboard.press('F1');
  await page.getByTestId('palette').waitFor();
  await keep(page, `${label}-palette`);
  await page.keyboard.press('Escape');
  await page.getByTestId('launch-dialog').click();
  await page.getByTestId('confirm-launch').waitFor();
  await keep(page, `${label}-launch`);
  await page.keyboard.press('Escape');
}

const inShort = ['wide and light', 'narrow and dark'];

for (const theme of ['light', 'dark'] as const)
  for (const [size, viewport] of Object.entries(sizes)) {
    const view = `${size} and ${theme}`;
    const skip = inShort.includes(view) ? withoutBrowser : onlyInAll(withoutBrowser);
    test(`shows every page ${view}`, { skip }, async () => {
      await using scripted = await ScriptedConsole.start({ nodes: busyCluster() });
      for (const text of [
        'booting',
        '[info] Running App.Endpoint with cowboy 2.9.0',
        '[err] slow query: 1200 ms',
      ])
        scripted.print('web@127.0.0.1', text);
      const browser = await startBrowser();
      try {
        const page = await browser.newPage({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        await walk(page, scripted, `${size}-${theme}`);
        assert.deepEqual(complaints, []);
      } finally {
        await browser.close();
      }
    });
  }

test('shows the login and the empty page', { skip: withoutBrowser }, async () => {
  await using scripted = await ScriptedConsole.start({
    capabilities: [
      { kind: 'typescript', available: true, version: 'Node.js 24.21.0' },
      { kind: 'elixir', available: false, remedy: 'Install it with `apt-get install elixir`, then reload.' },
      { kind: 'erlang', available: true, version: 'OTP 25' },
    ],
  });
  const browser = await startBrowser();
  try {
    for (const [size, viewport] of Object.entries(sizes))
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport, colorScheme });
        await page.goto(scripted.origin);
        await page.getByTestId('login-token').waitFor();
        await keep(page, `${size}-${colorScheme}-login`);
        await page.goto(scripted.url);
        await page.getByTestId('launch-typescript').waitFor();
        await keep(page, `${size}-${colorScheme}-empty`);
        await page.close();
      }
  } finally {
    await browser.close();
  }
});
