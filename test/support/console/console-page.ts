/** The console's page in a browser, for tests: cards of nodes, terminals, screenshots. */

import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';

/** Saves a screenshot in the folder CONVOY_SCREENSHOTS, if it is set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['CONVOY_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

export function cardOf(page: Page, node: string): Locator {
  return page.locator(`[data-testid="node-card"][data-node="${node}"]`);
}

/** A shell on a node, as its terminal shows it. */
export class Terminal {
  readonly #page: Page;
  readonly #view: Locator;
  readonly #node: string;

  constructor(page: Page, node: string) {
    this.#page = page;
    this.#node = node;
    this.#view = page.locator(`[data-testid="terminal"][data-shell-node="${node}"]`);
  }

  static async open(page: Page, node: string, prompt: RegExp): Promise<Terminal> {
    const terminal = new Terminal(page, node);
    await cardOf(page, node).getByTestId('open-shell').first().click();
    await terminal.waitFor(prompt);
    return terminal;
  }

  async text(): Promise<string> {
    const rows = await this.#view.locator('.xterm-rows > div').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  /** Waits until the screen shows `wanted`. */
  async waitFor(wanted: RegExp): Promise<void> {
    let text = '';
    await eventually(
      () => `${this.#node} to show ${wanted}; it shows:\n${text}`,
      60_000,
      async () => wanted.test((text = await this.text())),
    );
  }

  async show(): Promise<void> {
    await this.#page.locator(`[data-testid="shell-tab"][data-shell-node="${this.#node}"]`).click();
    await this.#view.click();
  }

  async enter(line: string): Promise<void> {
    await this.show();
    await this.#page.keyboard.type(line);
    await this.#page.keyboard.press('Enter');
  }
}

/** Deletes a node and waits until its card is gone. */
export async function remove(page: Page, node: string): Promise<void> {
  await cardOf(page, node).getByTestId('delete-node').first().click();
  await page.getByTestId('confirm-delete').click();
  await cardOf(page, node).waitFor({ state: 'detached', timeout: 60_000 });
}

/** Launches a node in the environment of Railway that is open. */
export async function launchOnRailway(page: Page, kind: string): Promise<void> {
  if (!(await page.getByTestId('railway-panel').isVisible())) {
    await page.getByTestId('railway-chip').first().click();
  }
  await page.getByTestId(`railway-launch-${kind}`).click();
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  await page.getByTestId('railway-panel').waitFor({ state: 'detached' });
}
