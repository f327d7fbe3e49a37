/** Checks the page in a browser with axe, all rules included, also those that are experimental or only good practice. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const script = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** xterm.js draws text as it likes, and has a mode of its own for screen readers. */
const excluded = '.xterm';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Every rule, also those that axe leaves out unless they are named. */
const everyRule = {
  rules: { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } },
};
/** The rules whose outcome depends on colours, which is all that changes with the theme. */
const colourRules = { runOnly: ['color-contrast', 'link-in-text-block'] };

/** Fails with what axe finds within `selector`. */
export async function assertAccessible(page: Page, selector: string = 'body'): Promise<void> {
  await assertRules(page, selector, everyRule);
}

/** Fails with what axe finds in the colours of the page. */
export async function assertReadable(page: Page): Promise<void> {
  await assertRules(page, 'body', colourRules);
}

async function assertRules(page: Page, selector: string, chosen: object): Promise<void> {
  // The page's own policy allows no inline script; this is not a script of the page.
  if ((await page.evaluate<string>('typeof axe')) === 'undefined') await page.evaluate(script);
  const include = JSON.stringify({ include: [[selector]], exclude: [[excluded]] });
  const rules = JSON.stringify({ resultTypes: ['violations'], ...chosen });
  const violations = await page.evaluate<Violation[]>(
    `axe.run(${include}, ${rules}).then(({ violations }) => violations)`,
  );
  const found = violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${impact}): ${html.slice(0, 300)}\n  ${failureSummary}`),
  );
  assert.deepEqual(found, []);
}
