/** The bytes that a real browser loads for the built page: compressed the first time, then only the index. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../support/console/console-in-process.ts';

interface Loaded {
  readonly transferred: number;
  readonly decoded: number;
}

/** Runs in the page. `transferSize` includes headers, and is 0 for files from the cache. Modules that others import are `other`. */
const countBytes = `(() => {
  const entries = performance.getEntries().filter((one) => /navigation|script|link|img|css|other/.test(one.initiatorType));
  const sum = (field) => entries.reduce((total, one) => total + one[field], 0);
  return { transferred: sum('transferSize'), decoded: sum('decodedBodySize') };
})()`;

describe('the page on the wire', { skip: withoutBrowser }, () => {
  let convoy: ConsoleInProcess;
  let browser: Browser;

  before(async () => {
    convoy = await startConsoleInProcess({ basePath: '/team' });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await convoy?.[Symbol.asyncDispose]();
  });

  test('is compressed the first time and comes from the cache the second', async () => {
    const page = await browser.newPage();
    const load = async (): Promise<Loaded> => {
      await page.getByTestId('socket-state').getByText('Live').waitFor();
      return page.evaluate<Loaded>(countBytes);
    };
    await page.goto(convoy.url);
    const first = await load();
    assert.ok(first.decoded > 400_000, `${first.decoded} bytes before compression`);
    assert.ok(first.transferred < 160_000, `${first.transferred} of ${first.decoded} bytes sent`);
    await page.goto(convoy.client.base + '/');
    const second = await load();
    assert.ok(second.transferred < 3000, `${second.transferred} bytes sent again`);
    await page.reload();
    const third = await load();
    assert.ok(third.transferred < 3000, `${third.transferred} bytes sent for a reload`);
  });
});
