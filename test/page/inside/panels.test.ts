/** What panels show of answers, and of questions that were not answered. */

import assert from 'node:assert/strict';
import {
  answered,
  history,
  overview,
  processList,
  unavailable,
} from '../../../packages/console-web/test/inside-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';
import { answerAll, answerTo, routeTo } from './inside-script.ts';

async function openPanel({ page, scripted }: Visit, place: string): Promise<void> {
  await page.goto(`${scripted.origin}/#/nodes/${app}/${place}`);
}

pageTest('the overview warns of a limit that is near, and draws the last hour', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  await openPanel(visited, 'overview');
  const near = page.locator('.meter.is-near');
  await near.getByText('56,120').waitFor();
  assert.equal(await near.count(), 1, 'only the ports');
  assert.equal(
    await page.getByRole('meter', { name: 'Ports' }).getAttribute('aria-valuetext'),
    '56,120 of 65,536, 86 %',
  );
  await page.getByTestId('card-memory').getByText('Binaries').waitFor();
  await page.getByRole('img', { name: /^Memory during the last hour, now \d{3} MB$/ }).waitFor();
  const isDrawn = `[...document.querySelectorAll('.chart canvas')].every((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0))`;
  await until('six drawn charts', async () => (await page.locator('.chart canvas').count()) === 6);
  await until('all of them', () => page.evaluate<boolean>(isDrawn));
  await page.getByTestId('cost').getByText('This overview took < 0.1 % of one scheduler').waitFor();
});

pageTest('a list of processes is sorted, filtered and bounded by its node', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/processes')) asked.push(searchParams.toString());
  });
  const waitFor = (query: string): Promise<void> =>
    until(
      () => `${query} among ${asked.join(' | ')}`,
      () => asked.includes(query),
    );
  await openPanel(visited, 'processes');
  await waitFor('sort=reductions&limit=50');
  await page.getByTestId('process-summary').getByText('8 of 12,408 processes').waitFor();
  await page.getByText('Longest queue').click();
  await waitFor('sort=queue&limit=50');
  await page.getByRole('columnheader', { name: 'Queue' }).and(page.locator('[aria-sort]')).waitFor();
  await page.getByTestId('limit').selectOption('200');
  await waitFor('sort=queue&limit=200');
  await page.getByTestId('process-filter').pressSequentially('Import');
  await waitFor('sort=queue&limit=200&filter=Import');
  // One question for the word, not one for each letter.
  assert.deepEqual(
    asked.filter((query) => query.includes('filter') && !query.endsWith('Import')),
    [],
  );
});

pageTest('a node with very many processes is swept only when the user wants it', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app, { processes: 100_000 })] });
  const { page, scripted } = visited;
  const counter = answerTo(
    scripted,
    'processes',
    answered({ ...processList, total: 100_000 }, { busyMs: 310 }),
  );
  await openPanel(visited, 'processes');
  await page.getByTestId('not-asked').getByText('about 100,000 processes').waitFor();
  assert.equal(counter.asked, 0);
  assert.equal(await page.getByTestId('panel-pause').count(), 0);
  await page.getByTestId('take-list').click();
  await page.getByTestId('process-row').first().waitFor();
  await page.getByTestId('cost').getByText('This list took 310 ms of one scheduler').waitFor();
  await page.getByText('Most memory').click();
  await until('the other order', () => counter.asked === 2);
  await page.getByTestId('panel-refresh').click();
  await until('a third sweep', () => counter.asked === 3);
});

pageTest(
  'each panel says for itself why there is no answer, and keeps the last one',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    await openPanel(visited, 'tables');
    await page.getByTestId('table-row').first().waitFor();
    await page.locator('tr[data-table="code"]').getByText('private: not readable').waitFor();
    answerTo(scripted, 'tables', unavailable({ kind: 'slow', message: 'No answer within 5 s.' }));
    await page.getByTestId('panel-refresh').click();
    const trouble = page.getByTestId('trouble');
    await trouble.getByText('The node has not answered in time').waitFor();
    await trouble.getByText(/What is shown is from \d\d:\d\d:\d\d/).waitFor();
    await page.locator('.is-stale [data-testid="table-row"]').first().waitFor();
    // Another panel has its answer.
    await page.getByTestId('tab-applications').click();
    await page.getByTestId('application-shop').waitFor();
    assert.equal(await trouble.count(), 0);
    const unsupported = {
      kind: 'unsupported',
      message: 'TypeScript nodes answer the overview only.',
    } as const;
    const counter = answerTo(scripted, 'processes', unavailable(unsupported));
    await page.getByTestId('tab-processes').click();
    await trouble.getByText('TypeScript nodes answer the overview only.').waitFor();
    assert.equal(counter.asked, 1);
    scripted.answers.set(routeTo('tables/gone/rows'), () => ({
      status: 409,
      answer: { error: { code: 'CONSOLE_NODE_NOT_UP', message: `${app} is not up` } },
    }));
    await openPanel(visited, 'tables/gone');
    await trouble.getByText('is not up').waitFor();
    assert.equal(await trouble.getAttribute('data-kind'), 'refused');
  },
);

pageTest('an answer that cannot be drawn ends its panel, and nothing else', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  answerTo(scripted, 'applications', answered('not a list'));
  await openPanel(visited, 'applications');
  await page.getByTestId('not-shown').waitFor();
  await page.getByTestId('tab-tables').click();
  await page.getByTestId('table-row').first().waitFor();
});

pageTest('a TypeScript node shows its heap, its event loop and its connections', {}, async ({ visit }) => {
  const web = 'web@127.0.0.1';
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const { schedulers: _, runQueues: __, io: ___, ...rest } = overview;
  const view = {
    ...rest,
    kind: 'typescript',
    memory: { total: 96_400_000, heap: 31_000_000 },
    processes: { count: 9 },
    ports: {},
    atoms: {},
    tables: {},
    connections: 3,
    eventLoopUse: 0.12,
    versions: { node: '24.21.0', convoy: '0.1.0' },
    applications: [],
  };
  scripted.answers.set(routeTo('overview', web), () => ({ status: 200, answer: answered(view) }));
  scripted.answers.set(routeTo('history', web), () => ({ status: 200, answer: history(Date.now()) }));
  await page.goto(`${scripted.origin}/#/nodes/${web}/overview`);
  await page.getByTestId('card-memory').getByText('JavaScript heap').waitFor();
  await page.getByTestId('card-load').getByText('12 % at work').waitFor();
  await page.getByTestId('meter-connections').getByText('3').waitFor();
  await until('its charts', async () => (await page.locator('.chart').count()) === 3);
  assert.equal(await page.getByTestId('card-applications').count(), 0);
});
