/** One thing that the page can show. */

import type { Locator, Page } from 'playwright-core';
import type { ScriptedConsole } from '../scripted-console.ts';

export interface View {
  readonly name: string;
  /** Whether it is a page, rather than something that lies over one. */
  readonly isPage: boolean;
  /** Brings a page that shows the nodes there. */
  open(page: Page, scripted: ScriptedConsole): Promise<void>;
}

export function pageView(name: string, open: View['open']): View {
  return { name, isPage: true, open };
}

export function overlay(name: string, open: View['open']): View {
  return { name, isPage: false, open };
}

/** The row of a node. */
export function card(page: Page, node: string): Locator {
  return page.locator(`[data-testid="node-card"][data-node="${node}"]`);
}
