/** The page in a browser with a scripted console, for tests of the page. */

import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { type BrowserName, withClipboard } from '../support/console/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ScriptedConsole, type ScriptedConsoleOptions } from './scripted-console.ts';

/** The node on which shells are opened unless a test says otherwise. */
export const app = 'app-1@127.0.0.1';

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly scripted: ScriptedConsole;
  /** Opens a shell on a node and waits for its prompt. */
  openShell(node?: string): Promise<void>;
  terminalText(): Promise<string>;
}

/** Opens the page, logged in and live. Fails at the end if the page has thrown an error. */
export async function visitPage(
  browser: Browser,
  setup: ScriptedConsoleOptions,
  name: BrowserName = 'chromium',
): Promise<Visit> {
  const scripted = await ScriptedConsole.start(setup);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...withClipboard(name),
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(scripted.url);
  await page.getByTestId('socket-state').getByText('Live').waitFor();
  const terminal = page.getByTestId('terminal');
  return {
    page,
    scripted,
    async openShell(node = app) {
      await page.locator(`[data-testid="node-card"][data-node="${node}"]`).getByTestId('open-shell').click();
      await terminal.getByText('echo>').first().waitFor();
    },
    terminalText: async () => (await terminal.locator('.xterm-rows').innerText()).replaceAll('\u00a0', ' '),
    async [Symbol.asyncDispose]() {
      await context.close();
      await scripted[Symbol.asyncDispose]();
      assert.deepEqual(complaints, []);
    },
  };
}

export const until = (
  what: string | (() => string),
  question: () => boolean | Promise<boolean>,
): Promise<void> => eventually(what, 30_000, question);
