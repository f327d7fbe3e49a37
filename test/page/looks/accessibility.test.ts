/**
 * What the page shows, looked at by axe and as a screen reader, a thumb and a small screen do: no violation, no two buttons of
 * one name, nothing that sticks out, no control that something else covers.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { NodeView } from '@convoy/console/protocol';
import { assertAccessible, assertReadable } from '../../support/console/axe.ts';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { onlyInAll } from '../../support/extent.ts';
import { mayTake } from '../../support/time-limit.ts';
import { insideViews } from './inside-views.ts';
import { entryViews, setStage, shownCluster, type View, views, type ViewWidth, viewWidths } from './views.ts';

const isWhole = onlyInAll() === false;

/** Buttons, links, tabs and entries of menus in what is uppermost, as a screen reader hears them: `button "Shell on web@h"`. */
async function controlsOf(page: Page): Promise<string[]> {
  const dialog = page.locator('dialog[open]');
  const snapshot = await ((await dialog.count()) > 0 ? dialog : page.locator('body')).ariaSnapshot();
  return snapshot
    .split('\n')
    .flatMap((line) => /- ((?:button|link|tab|menuitem)\b.*?)(?: \[.*\])*:?$/.exec(line.trim())?.[1] ?? []);
}

async function assertNamedApart(page: Page): Promise<void> {
  const controls = await controlsOf(page);
  assert.deepEqual(
    controls.filter((control) => !control.includes('"')),
    [],
    'each has a name',
  );
  assert.deepEqual(
    controls.filter((control, at) => controls.indexOf(control) !== at),
    [],
    'no two have the same name',
  );
}

/** Controls that cannot be clicked in their middle, with what is there instead. */
function coveredControls(): string[] {
  const scope = [...document.querySelectorAll('dialog[open], [role="menu"]')].at(-1) ?? document.body;
  const controls = scope.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary');
  return [...controls].flatMap((control) => {
    if (control.closest('.xterm') !== null || !control.checkVisibility()) return [];
    control.scrollIntoView({ block: 'center', inline: 'center' });
    const { left, top, width, height } = control.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    // Hidden until it is focused, as the link that skips the navigation.
    if (y < 0 || width === 0) return [];
    const hit = document.elementFromPoint(x, y);
    const label = control.closest('label');
    if (hit !== null && (control.contains(hit) || hit.contains(control) || label?.contains(hit))) return [];
    const name = control.getAttribute('aria-label') ?? control.textContent;
    return [
      `${name} at ${x},${y} is under ${hit?.outerHTML.slice(0, 120) ?? 'nothing: it is outside the window'}`,
    ];
  });
}

async function assertNothingCovered(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate(coveredControls), [], 'nothing covers a control');
}

/** Parts of the page that are wider than their place. */
function stickingOut(): string[] {
  const parts =
    'html, .page, .node-card, .shell-row, .inspector, .dialog, .dialog-body, .rail, .dock-bar, .panel, .card, .chart';
  const wide = [...document.querySelectorAll(parts)];
  return wide
    .filter((part) => part.scrollWidth > part.clientWidth + 1)
    .map((part) => part.className || part.tagName);
}

async function assertNothingSticksOut(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate(stickingOut), [], 'nothing sticks out sideways');
}

/** What is wrong with what is shown, as lines that begin with the name of the view. */
async function faultsOf(
  page: Page,
  name: string,
  assertions: readonly ((page: Page) => Promise<void>)[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const assertion of assertions) {
    try {
      await assertion(page);
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
    }
  }
  return faults;
}

/** Faults of a view in both themes. Only colours change with the theme: a run of everything does not rely on that. */
async function faultsInThemes(page: Page, name: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await faultsOf(page, `${name}, dark`, [isWhole ? assertAccessible : assertReadable]);
  await page.emulateMedia({ colorScheme: 'light' });
  const inLight = await faultsOf(page, name, [
    assertAccessible,
    assertNamedApart,
    assertNothingSticksOut,
    assertNothingCovered,
  ]);
  return [...inDark, ...inLight];
}

async function assertViews(
  browser: Browser,
  { width, nodes }: { readonly width: ViewWidth; readonly nodes: NodeView[] },
  shown: readonly View[],
): Promise<void> {
  await using stage = await setStage(browser, { width, theme: 'light', nodes });
  const faults: string[] = [];
  for (const view of shown) {
    await stage.show(view);
    faults.push(...(await faultsInThemes(stage.page, view.name)));
  }
  assert.equal([...faults, ...stage.complaints].join('\n'), '');
}

describe('every page is accessible', { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const width of viewWidths) {
    test(`${width} px wide, light and dark: the pages`, async (context) => {
      mayTake(context, { seconds: 90, because: 'axe looks at every element of all pages, twice' });
      const pages = views.filter((view) => view.isPage && !insideViews.includes(view));
      await assertViews(browser, { width, nodes: shownCluster() }, pages);
      await assertViews(browser, { width, nodes: [] }, entryViews);
    });

    test(`${width} px wide, light and dark: the pages inside a node`, async (context) => {
      mayTake(context, { seconds: 90, because: 'axe looks at every element of all panels, twice' });
      await assertViews(browser, { width, nodes: shownCluster() }, insideViews);
    });

    // The narrowest has the least room.
    const skip = width !== 390 && onlyInAll();
    test(`${width} px wide, light and dark: what lies over the pages`, { skip }, async (context) => {
      mayTake(context, { seconds: 120, because: 'axe looks at every element of all views, twice' });
      const overlays = views.filter(({ isPage }) => !isPage);
      await assertViews(browser, { width, nodes: shownCluster() }, overlays);
    });
  }
});

test(
  'what is not live is said in a line of its own on a phone, and covers nothing',
  { skip: withoutBrowser },
  async () => {
    const browser = await startBrowser();
    try {
      await using stage = await setStage(browser, { width: 390, theme: 'light', nodes: shownCluster() });
      const { page, scripted } = stage;
      const maximised = views.filter(({ name }) => name === 'shell-maximised');
      for (const view of maximised) await stage.show(view);
      scripted.isReachable = false;
      scripted.dropSockets();
      await page
        .getByTestId('socket-state')
        .getByText(/Reconnecting in \d+ s/)
        .waitFor();
      assert.deepEqual(await page.evaluate(coveredControls), []);
      const [state, links] = await Promise.all(
        ['.socket-state', '.rail-links'].map((part) => page.locator(part).boundingBox()),
      );
      assert.ok(state!.y + state!.height <= links!.y, 'it is above the links');
      await page.getByTestId('dock-fold').click();
      await page.getByTestId('terminal').waitFor({ state: 'detached' });
    } finally {
      await browser.close();
    }
  },
);
