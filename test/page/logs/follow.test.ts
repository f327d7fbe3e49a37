/** A log that is followed: the view holds to its end however fast lines come, and stays where it is when the user scrolls up. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { distanceFromEnd, drawnLines, logView, openLogs, seenTexts, texts } from './log-page.ts';

/** More rows than the window has room for, and those beyond its edges. */
const mostDrawn = 70;

/** Counts changes of the list and frames while the page works. Returns a function that reads both. */
const countWork = `(() => {
  const work = { changes: 0, frames: 0 };
  new MutationObserver(() => (work.changes += 1)).observe(document.querySelector('.log-rows'), { childList: true, subtree: true });
  const frame = () => { work.frames += 1; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  window.logWork = work;
})()`;

describe('a log that is followed', () => {
  pageTest('stays at its end while lines come in many messages', { isSample: true }, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await openLogs(visited, `/${app}`);
    await page.evaluate(countWork);
    for (let round = 0; round < 60; round += 1) {
      scripted.print(app, ...texts(50, round * 50 + 1));
      // Each is a message of its own, with frames between some of them.
      if (round % 10 === 9) {
        await page.getByText(`line ${round * 50 + 50}`, { exact: true }).waitFor();
        assert.ok((await distanceFromEnd(page)) < 3);
        assert.ok((await drawnLines(page)) < mostDrawn);
      }
    }
    const { changes, frames } = await page.evaluate<{ changes: number; frames: number }>('window.logWork');
    assert.ok(changes <= frames + 1, `${changes} changes of the list in ${frames} frames`);
    assert.equal((await seenTexts(page)).at(-1), 'line 3000');
  });

  pageTest('shows the end of a burst, and says what it leaves out', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await openLogs(visited, `/${app}`);
    for (let from = 1; from <= 50_000; from += 1000) scripted.print(app, ...texts(1000, from));
    await page.getByText('line 50000', { exact: true }).waitFor();
    await page.getByTestId('logs-count').getByText('20,000 lines').waitFor();
    await page.getByTestId('logs-dropped').getByText('30,000 older ones').waitFor();
    assert.ok((await distanceFromEnd(page)) < 3);
    assert.ok((await drawnLines(page)) < mostDrawn);
    const seen = await seenTexts(page);
    assert.ok(seen.length > 20, 'the view is full');
    assert.deepEqual(seen, texts(seen.length, 50_001 - seen.length));
  });

  pageTest('is left by scrolling up, however many lines come, and followed again', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, ...texts(900));
    await openLogs(visited, `/${app}`);
    await page.getByText('line 900', { exact: true }).waitFor();
    await logView(page).hover();
    await page.mouse.wheel(0, -1500);
    await page.getByTestId('logs-follow').waitFor();
    await until('the scroll to end', async () => {
      const before = await seenTexts(page);
      await page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
      );
      return before.join() === (await seenTexts(page)).join();
    });
    const seen = await seenTexts(page);
    scripted.print(app, ...texts(5000, 901));
    await page.getByTestId('logs-count').getByText('5,900 lines').waitFor();
    assert.deepEqual(await seenTexts(page), seen);
    await page.getByTestId('logs-follow').click();
    await page.getByText('line 5900', { exact: true }).waitFor();
    assert.ok((await distanceFromEnd(page)) < 3);
    scripted.print(app, 'one more');
    await page.getByText('one more').waitFor();
    await page.getByTestId('logs-follow').waitFor({ state: 'detached' });
  });
});

describe('a log that is paused', () => {
  pageTest('counts what is new, and shows it when it goes on', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, ...texts(300));
    await openLogs(visited, `/${app}`);
    await page.getByText('line 300', { exact: true }).waitFor();
    await page.keyboard.press('p');
    scripted.print(app, ...texts(1200, 301));
    await page.getByText('Resume (1,200 new)').waitFor();
    assert.equal((await seenTexts(page)).at(-1), 'line 300');
    await page.getByTestId('logs-pause').click();
    await page.getByText('line 1500', { exact: true }).waitFor();
    assert.ok((await distanceFromEnd(page)) < 3);
  });
});

describe('stored lines', () => {
  pageTest('are loaded as one scrolls up, and stay in their place', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.logs.print(app, texts(3000));
    await openLogs(visited, `/${app}`);
    // The console sends the last 2000.
    await page.getByTestId('logs-count').getByText('2,000 lines').waitFor();
    await logView(page).evaluate((view) => view.scrollTo({ top: 0 }));
    await page.getByTestId('logs-count').getByText('2,500 lines').waitFor();
    assert.equal((await seenTexts(page))[0], 'line 1001');
    await logView(page).evaluate((view) => view.scrollTo({ top: 0 }));
    await page.getByTestId('logs-count').getByText('3,000 lines').waitFor();
    await logView(page).evaluate((view) => view.scrollTo({ top: 0 }));
    await until('the first line', async () => (await seenTexts(page))[0] === 'line 1');
    assert.ok((await drawnLines(page)) < mostDrawn);
  });

  pageTest('that cannot be loaded are said', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.logs.print(app, texts(2500));
    await openLogs(visited, `/${app}`);
    await page.getByTestId('logs-count').getByText('2,000 lines').waitFor();
    const problem = {
      code: 'CONSOLE_STORAGE_FAILED',
      message: 'the disk is full',
      remedy: 'Free some space.',
    };
    scripted.answers.set(`GET /api/nodes/${encodeURIComponent(app)}/logs`, () => ({
      status: 500,
      answer: { error: problem },
    }));
    await logView(page).evaluate((view) => view.scrollTo({ top: 0 }));
    await page.getByTestId('logs-problem').getByText('the disk is full. Free some space.').waitFor();
  });
});
