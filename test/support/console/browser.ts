/**
 * Debian's Chromium and Firefox ESR for tests, headless, with a fresh profile and nothing that asks the network. The same
 * tests drive both: Chromium by its own protocol, Firefox by WebDriver BiDi, through firefox-relay.ts.
 */

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, firefox } from 'playwright-core';

/** The browsers that the page is tested with. */
export const browserNames = ['chromium', 'firefox'] as const;
export type BrowserName = (typeof browserNames)[number];

const programs: Readonly<Record<BrowserName, { readonly path: string; readonly package: string }>> = {
  chromium: { path: '/usr/bin/chromium', package: 'chromium' },
  firefox: { path: '/usr/bin/firefox-esr', package: 'firefox-esr' },
};

/** Why tests with this browser cannot run here, or `false`. In CI a missing browser is a failure, not a reason to skip. */
export function missingBrowser(name: BrowserName): string | false {
  const { path, package: debian } = programs[name];
  if (existsSync(path) || process.env['CI'] !== undefined) return false;
  return `no ${path}: apt-get install ${debian}`;
}

/** Why tests with Chromium cannot run here, or `false`. */
export const withoutBrowser: string | false = missingBrowser('chromium');

/** Starts Chromium. `args` are added to the command line. */
export async function startBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: programs.chromium.path,
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

/** Starts Firefox ESR. */
async function startFirefox(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-firefox-'));
  const program = join(folder, 'firefox');
  const relay = fileURLToPath(new URL('firefox-relay.ts', import.meta.url));
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${relay}' '${programs.firefox.path}' "$@"\n`,
  );
  chmodSync(program, 0o700);
  try {
    return await firefox.launch({
      // The name by which playwright-core knows a Firefox that it has not patched.
      channel: 'moz-firefox',
      executablePath: program,
      firefoxUserPrefs: {
        // Lets tests read the clipboard, which otherwise needs a click in a menu.
        'dom.events.testing.asyncClipboard': true,
        'app.update.enabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
        'toolkit.telemetry.enabled': false,
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function startBrowserNamed(name: BrowserName): Promise<Browser> {
  return name === 'firefox' ? startFirefox() : startBrowser();
}

/** The options of a context in which pages may use the clipboard. */
export function withClipboard(name: BrowserName): BrowserContextOptions {
  // Firefox knows no such permission; there a preference allows it.
  return name === 'firefox' ? {} : { permissions: ['clipboard-read', 'clipboard-write'] };
}
