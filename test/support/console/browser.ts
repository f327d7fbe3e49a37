/** Debian's Chromium for tests, headless, with a new profile and without network requests of its own. */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Why browser tests cannot run here, or `false`. In CI a missing browser is a failure, not a reason to skip. */
export const withoutBrowser: string | false =
  existsSync(executablePath) || process.env['CI'] !== undefined
    ? false
    : 'no Chromium: apt-get install chromium';

/** `args` are added to the command line. */
export async function startBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      ...args,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
