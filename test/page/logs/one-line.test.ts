/** One line: its details, keys that go from line to line, and addresses that name it. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { event, logView, openLogs, seenTexts, texts } from './log-page.ts';

const crash = event(
  'GenServer MyApp.Cache terminating\n** (KeyError) key :size not found\n    (my_app) lib/cache.ex:41',
  {
    level: 'error',
    meta: { pid: '<0.412.0>', mfa: 'Elixir.MyApp.Cache:handle_call/3', file: 'lib/cache.ex', line: '41' },
  },
);

describe('the details of a line', () => {
  pageTest(
    'show its whole text and what the event says about itself',
    { isSample: true },
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted } = visited;
      scripted.log(app, { text: 'before' }, crash, { text: 'after' });
      await openLogs(visited, `/${app}`);
      await page.getByText('GenServer MyApp.Cache terminating').click();
      const details = page.getByTestId('log-details');
      await details.getByText('key :size not found').waitFor();
      await details.getByText('Elixir.MyApp.Cache:handle_call/3').waitFor();
      // What comes below is below.
      const [above, below] = await Promise.all([
        details.boundingBox(),
        page.getByText('after').boundingBox(),
      ]);
      assert.ok(above!.y + above!.height <= below!.y + 1);
      await page.getByRole('button', { name: `Details of line 2 of ${app}` }).press('Enter');
      await details.waitFor({ state: 'detached' });
    },
  );

  pageTest('stay in their place while lines come', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, ...texts(200));
    await openLogs(visited, `/${app}`);
    const line = page.getByText('line 195', { exact: true });
    await line.click();
    await page.getByTestId('log-details').waitFor();
    const before = await line.first().boundingBox();
    scripted.print(app, ...texts(500, 201));
    await page.getByTestId('logs-count').getByText('700 lines').waitFor();
    assert.deepEqual(await line.first().boundingBox(), before);
  });

  pageTest('say that lines were dropped before it', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.log(app, { text: '812 events were dropped', stream: 'logger', dropped: 812, level: 'warning' });
    await openLogs(visited, `/${app}`);
    await page.locator('.is-dropped').getByText('812 events were dropped').click();
    await page.getByTestId('log-details').getByText('812 lines before this one').waitFor();
  });
});

pageTest('keys go from line to line, open them, and keep the focus', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.print(app, ...texts(400));
  await openLogs(visited, `/${app}`);
  await page.getByText('line 400', { exact: true }).waitFor();
  const focus = (): Promise<string> =>
    page.evaluate<string>('document.activeElement?.getAttribute("aria-label") ?? ""');
  const isOn = (seq: number): Promise<void> =>
    until(`the focus on line ${seq}`, async () => (await focus()) === `Details of line ${seq} of ${app}`);
  await page.keyboard.press('j');
  await isOn(400);
  for (let step = 0; step < 60; step += 1) await page.keyboard.press('k');
  await isOn(340);
  assert.ok((await seenTexts(page)).includes('line 340'), 'it is in view');
  await page.keyboard.press('ArrowDown');
  await isOn(341);
  await page.keyboard.press('o');
  await page.getByTestId('log-details').waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('log-details').waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  await page.getByTestId('logs-follow').waitFor({ state: 'detached' });
  // Out of view, the line keeps the focus.
  await isOn(341);
});

describe('the address of a line', () => {
  pageTest('shows it among the lines around it, also after a reload', {}, async ({ visit, browserName }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.logs.print(app, texts(5000));
    await openLogs(visited, `/${app}/line/700`);
    const marked = page.locator('.is-marked');
    await marked.getByText('line 700').first().waitFor();
    await page.getByTestId('logs-around').getByText(`around line 700 of ${app}`).waitFor();
    await page.reload();
    await marked.getByText('line 700').first().waitFor();
    const seen = await seenTexts(page);
    assert.ok(seen.includes('line 699') && seen.includes('line 701'));
    // Later lines are loaded as one scrolls down.
    await logView(page).evaluate((view) => view.scrollTo({ top: view.scrollHeight }));
    await page.getByTestId('logs-count').getByText('900 lines').waitFor();
    if (browserName === 'chromium') {
      await logView(page).evaluate((view) => view.scrollTo({ top: 290 * 24 }));
      await page.getByTestId('copy-line-link').first().click();
      const copied = await page.evaluate('navigator.clipboard.readText()');
      assert.equal(copied, `${scripted.origin}/#/logs/${app}/line/700`);
    }
    await page.getByTestId('logs-newest').click();
    await page.getByText('line 5000', { exact: true }).waitFor();
    assert.equal(new URL(page.url()).hash, `#/logs/${app}`);
    assert.equal(await marked.count(), 0);
  });

  pageTest('of one that is gone shows what is next to it, and says so', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.logs.add(app, [{ seq: 900, text: 'line 900' }, {}, {}]);
    await openLogs(visited, `/${app}/line/12`);
    await page.getByTestId('logs-around').getByText(`no longer has line 12 of ${app}`).waitFor();
    await page.getByText('line 900').waitFor();
  });

  pageTest('gives way to a filter', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.logs.print(app, texts(3000));
    await openLogs(visited, `/${app}/line/700`);
    await page.locator('.is-marked').first().waitFor();
    await page.getByTestId('logs-filter').fill('line 2999');
    await until('the filter', async () => (await seenTexts(page)).join() === 'line 2999');
    assert.equal(new URL(page.url()).hash, `#/logs/${app}`);
  });
});
