/** Wide characters typed in a real browser: page and line editor agree on their positions. */

import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../support/console/console-in-process.ts';
import { Terminal } from '../support/console/console-page.ts';

describe('wide characters in the page', { skip: withoutBrowser }, () => {
  let convoy: ConsoleInProcess;
  let browser: Browser;
  let page: Page;
  let terminal: Terminal;

  before(async () => {
    convoy = await startConsoleInProcess();
    const node = await convoy.launch('typescript');
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(convoy.url);
    terminal = await Terminal.open(page, node, /ts\(.*\)1>/);
    await terminal.show();
  });
  after(async () => {
    await browser?.close();
    await convoy?.[Symbol.asyncDispose]();
  });

  test('a letter typed after an emoji is after it, in the page and in the result', async () => {
    await page.keyboard.type('"😀Z"');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('X');
    await terminal.waitFor(/1> "😀XZ"$/m);
    await page.keyboard.press('Enter');
    await terminal.waitFor(/^'😀XZ'$/m);
  });

  test('a family emoji, a flag and a combining mark are each deleted as a whole', async () => {
    await page.keyboard.type('"a👨\u200d👩\u200d👧🇩🇪e\u0301z"');
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Backspace', 'Backspace', 'Backspace']) {
      await page.keyboard.press(key);
    }
    await terminal.waitFor(/2> "az"$/m);
    await page.keyboard.press('Enter');
    await terminal.waitFor(/^'az'$/m);
  });
});
