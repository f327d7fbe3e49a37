/** The page of logs as tests look at it. */

import type { Locator, Page } from 'playwright-core';
import type { LogLine } from '@convoy/console/protocol';
import type { Visit } from '../page-visit.ts';

export async function openLogs({ page, scripted }: Visit, address: string): Promise<void> {
  await page.goto(`${scripted.origin}/#/logs${address}`);
  await page.getByTestId('log-view').waitFor();
}

export function logView(page: Page): Locator {
  return page.getByTestId('log-view');
}

/** The texts of the lines that can be seen, wholly or in part. */
export async function seenTexts(page: Page): Promise<string[]> {
  return logView(page).evaluate((view) => {
    const { top, bottom } = view.getBoundingClientRect();
    return [...view.querySelectorAll('.log-line')].flatMap((line) => {
      const place = line.getBoundingClientRect();
      const isSeen = place.bottom > top + 1 && place.top < bottom - 1;
      return isSeen ? [line.querySelector('.log-text')?.textContent ?? ''] : [];
    });
  });
}

/** How many lines are in the document. */
export async function drawnLines(page: Page): Promise<number> {
  return page.locator('.log-line').count();
}

/** How far the view is scrolled away from its end, in pixels. */
export async function distanceFromEnd(page: Page): Promise<number> {
  return logView(page).evaluate((view) => view.scrollHeight - view.scrollTop - view.clientHeight);
}

/** A line of the logger. */
export function event(text: string, more: Partial<LogLine> = {}): Partial<LogLine> {
  return { text, stream: 'logger', level: 'info', ...more };
}

export function texts(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, at) => `line ${from + at}`);
}
