/** What a page holds after its garbage was collected. Only Chromium tells it. */

import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';

export interface Held {
  readonly nodes: number;
  readonly listeners: number;
  readonly heapBytes: number;
}

/** Measures a page. */
export class HeldMemory {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<HeldMemory> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    return new HeldMemory(session);
  }

  async now(): Promise<Held> {
    await this.#session.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return {
      nodes: value('Nodes'),
      listeners: value('JSEventListeners'),
      heapBytes: value('JSHeapUsedSize'),
    };
  }
}

/** Asserts that nothing has piled up between two looks. */
export function assertFlat(before: Held, afterwards: Held): void {
  const text = `${JSON.stringify(before)}, then ${JSON.stringify(afterwards)}`;
  assert.ok(afterwards.nodes <= before.nodes * 1.1 + 50, text);
  assert.ok(afterwards.listeners <= before.listeners + 20, text);
  assert.ok(afterwards.heapBytes <= before.heapBytes * 1.25 + 500_000, text);
}
