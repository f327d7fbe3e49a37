/** Lines that are searched: by text, by regular expression, by level; those that are there and those that the console has stored. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { event, openLogs, seenTexts, texts } from './log-page.ts';

pageTest('a text is found, marked, and looked for in new lines', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.print(app, ...texts(1000), 'GET /a.b', 'GET /aXb');
  await openLogs(visited, `/${app}`);
  await page.getByText('GET /aXb').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('get /a.B');
  await until('the filter', async () => (await seenTexts(page)).join() === 'GET /a.b');
  assert.equal(await page.locator('.log-text mark').textContent(), 'GET /a.b');
  await page.getByTestId('logs-count').getByText('1 of 1,002').waitFor();
  scripted.print(app, 'nothing', 'POST, then GET /a.b again');
  await page.getByText('POST, then GET /a.b again').waitFor();
  assert.equal((await seenTexts(page)).length, 2);
});

describe('a regular expression', () => {
  pageTest('finds lines, also new ones', { isSample: true }, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, ...texts(2500));
    await openLogs(visited, `/${app}`);
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('^LINE \\d*99$');
    await page.getByText('No line matches the filter').waitFor();
    await page.getByTestId('logs-filter').fill('(?i)^LINE \\d*99$');
    await page.getByText('line 2499', { exact: true }).waitFor();
    assert.deepEqual((await seenTexts(page)).slice(0, 3), ['line 599', 'line 699', 'line 799']);
    scripted.print(app, 'line 1', 'line 3399');
    await page.getByText('line 3399', { exact: true }).waitFor();
  });

  pageTest('that is not valid is said beside the field, and changes nothing', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, ...texts(50));
    await openLogs(visited, `/${app}`);
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('line 4(');
    await page
      .getByTestId('logs-filter-problem')
      .getByText('This is not a valid regular expression')
      .waitFor();
    assert.equal(await page.getByTestId('logs-filter').getAttribute('aria-invalid'), 'true');
    assert.equal((await seenTexts(page)).at(-1), 'line 50');
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter-problem').getByText('valid').waitFor({ state: 'detached' });
    await page.getByText('No line matches the filter').waitFor();
  });

  pageTest('that would take years does not hold up the page', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.print(app, 'a'.repeat(60), 'the last');
    await openLogs(visited, `/${app}`);
    await page.getByText('the last').waitFor();
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('^(a+)+b');
    await page.getByTestId('logs-filter-problem').getByText('takes too long').waitFor();
    // The page still answers, and another expression finds what it should.
    await page.getByTestId('logs-filter').fill('^(a+)');
    await until('the line', async () => (await seenTexts(page)).join() === 'a'.repeat(60));
    assert.equal(await page.getByTestId('logs-filter-problem').textContent(), '');
  });
});

pageTest('a level leaves out what is less severe, in this visit and the next', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.log(
    app,
    event('started'),
    event('slow', { level: 'warning' }),
    event('died', { level: 'critical' }),
    {
      text: 'printed',
    },
  );
  await openLogs(visited, `/${app}`);
  await page.getByText('printed').waitFor();
  await page.getByTestId('logs-level').selectOption('warning');
  await until('the level', async () => (await seenTexts(page)).join() === 'slow,died');
  await page.locator('.log-level', { hasText: 'critical' }).waitFor();
  await page.reload();
  await until('the level', async () => (await seenTexts(page)).join() === 'slow,died');
});

pageTest('what the console has stored is searched on demand', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.logs.print(app, ['the needle', ...texts(4000)]);
  await openLogs(visited, `/${app}`);
  await page.getByTestId('logs-count').getByText('2,000 lines').waitFor();
  await page.getByTestId('logs-filter').fill('NEEDLE');
  await page.getByText('No line matches the filter').waitFor();
  await page.getByTestId('logs-menu').click();
  await page.getByRole('menuitem', { name: 'Search older lines' }).click();
  await page.getByText('the needle').waitFor();
  await page.getByTestId('logs-filter').fill('');
  await page.getByTestId('logs-count').getByText('2,000 lines').waitFor();
});

pageTest(
  'the lines that are shown, and the stored ones, are downloaded',
  {},
  async ({ visit, browserName }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    scripted.log(app, event('started'), event('died', { level: 'error' }));
    await openLogs(visited, `/${app}`);
    await page.getByText('died').waitFor();
    await page.getByTestId('logs-level').selectOption('error');
    await until('the level', async () => (await seenTexts(page)).join() === 'died');
    const download = async (name: string): Promise<{ url: string; content: string }> => {
      await page.getByTestId('logs-menu').click();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name }).click(),
      ]);
      const stream = await file.createReadStream();
      return { url: file.url(), content: (await stream.toArray()).map(String).join('') };
    };
    // By WebDriver BiDi Firefox says nothing of the download of a blob.
    if (browserName === 'chromium') {
      const shown = await download('Download 1 line');
      assert.match(shown.content, /^\d{4}-\d\d-\d\d [\d:.]{12} error died\n$/);
    }
    scripted.answers.set(`GET /api/nodes/${encodeURIComponent(app)}/logs/download`, () => ({
      status: 200,
      headers: { 'content-disposition': 'attachment; filename="app.log"' },
      answer: 'the log',
    }));
    const stored = await download(`Matching lines of ${app}, as text`);
    assert.match(stored.url, /logs\/download\?format=text&level=error$/);
    assert.equal(stored.content, '"the log"');
  },
);
