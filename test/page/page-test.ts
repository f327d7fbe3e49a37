/** Tests of the page that run in every browser: in Chromium always, in Firefox one of each kind, and all in `npm run test:all`. */

import { after, test } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  type BrowserName,
  browserNames,
  missingBrowser,
  startBrowserNamed,
} from '../support/console/browser.ts';
import { onlyInAll } from '../support/extent.ts';
import { type Visit, visitPage } from './page-visit.ts';
import type { ScriptedConsoleOptions } from './scripted-console.ts';

/** What a test of the page uses. */
export interface PageTest {
  readonly browser: Browser;
  readonly browserName: BrowserName;
  /** Opens the page, logged in and live. */
  visit(setup?: ScriptedConsoleOptions): Promise<Visit>;
}

const running = new Map<BrowserName, Promise<Browser>>();

/** A browser for the tests of this file, started when the first of them needs it. */
function browserOf(name: BrowserName): Promise<Browser> {
  const browser = running.get(name) ?? startBrowserNamed(name);
  running.set(name, browser);
  return browser;
}

after(async () => {
  for (const browser of running.values()) await (await browser).close();
});

/** Registers a test for each browser. `isSample`: the one of its kind that `npm test` also runs in Firefox. */
export function pageTest(
  title: string,
  { isSample = false }: { readonly isSample?: boolean },
  body: (context: PageTest) => Promise<void>,
): void {
  for (const name of browserNames) {
    const missing = missingBrowser(name);
    const skip = name === 'chromium' || isSample ? missing : onlyInAll(missing);
    test(name === 'chromium' ? title : `${title} (Firefox)`, { skip }, async () => {
      const browser = await browserOf(name);
      await body({ browser, browserName: name, visit: (setup = {}) => visitPage(browser, setup, name) });
    });
  }
}
