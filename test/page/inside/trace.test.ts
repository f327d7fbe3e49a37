/** Tracing a function in the page: the calls as they happen, until the trace ends, is stopped, or is left. */

import assert from 'node:assert/strict';
import { ownCluster } from '../../../packages/console-web/test/cluster-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';
import { traceEvents, traceStarted, wishes } from './trace-script.ts';

async function openTrace({ page, scripted }: Visit, item: string = ''): Promise<void> {
  await page.goto(`${scripted.origin}/#/nodes/${app}/trace${item}`);
  await page.getByTestId('panel-trace').waitFor();
}

async function startTrace(visited: Visit, name: string): Promise<void> {
  const { page, scripted } = visited;
  const before = wishes(scripted).length;
  await page.getByTestId('trace-function').fill(name);
  await page.getByTestId('trace-start').click();
  await until('the request', () => wishes(scripted).length > before);
  scripted.tell(traceStarted(scripted, app));
  await page.locator('[data-testid="trace-state"][data-phase="running"]').waitFor();
}

pageTest(
  'a trace shows calls, what they return or raise, and how it has ended',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: [nodeNamed(app)] });
    const { page, scripted } = visited;
    await openTrace(visited);
    await page.getByTestId('trace-explanation').waitFor();
    await page.getByTestId('limit').selectOption('10');
    await page.getByTestId('trace-time').selectOption('60');
    await startTrace(visited, ' Shop.Cart.add/2 ');
    const [wish] = wishes(scripted);
    assert.deepEqual(
      [wish?.node, wish?.function, wish?.maxCalls, wish?.maxSeconds],
      [app, 'Shop.Cart.add/2', 10, 60],
    );
    await page.getByText('It has not been called so far.').waitFor();
    scripted.tell({ type: 'trace.events', traceId: 'trace-of-test', events: traceEvents });
    const rows = page.getByTestId('trace-row');
    await rows.nth(2).waitFor();
    assert.match(await rows.nth(0).innerText(), /<0\.120\.0>\s+add\(\{cart,"Anna"\},3\)\s+ok\s+43 µs/);
    assert.match(await rows.nth(1).innerText(), /add\(nobody,1\)\s+raised \{error,no_cart\}\s+1\.2 ms/);
    assert.match(await rows.nth(2).innerText(), /add\(\{cart,"Ben"\},1\)\s+–\s+–/);
    const end = { reason: 'calls', message: 'As many calls as were asked for have been traced.' } as const;
    scripted.tell({
      type: 'trace.ended',
      traceId: 'trace-of-test',
      end: { ...end, calls: 4312, traced: 3, dropped: 2 },
    });
    await page.getByText(/3 calls were traced, of 4,312 on the node\. 2 events were left out/).waitFor();
    await page.getByTestId('trace-start').waitFor();
  },
);

pageTest('a trace ends when it is stopped, and when its page is left', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  const stops = (): number => scripted.received.filter(({ type }) => type === 'trace.stop').length;
  await openTrace(visited);
  await startTrace(visited, 'lists:last/1');
  await page.getByTestId('trace-stop').click();
  await until('the request to stop', () => stops() === 1);
  const end = { reason: 'stopped', message: 'The trace was stopped.', traced: 0, dropped: 0 } as const;
  scripted.tell({ type: 'trace.ended', traceId: 'trace-of-test', end });
  await page.getByText('The trace was stopped.').waitFor();
  await startTrace(visited, 'lists:last/1');
  scripted.tell({ type: 'trace.events', traceId: 'trace-of-test', events: traceEvents });
  await page.getByTestId('trace-row').nth(2).waitFor();
  await page.getByTestId('trace-row').first().getByRole('link').click();
  await until('the request to stop', () => stops() === 2);
  await page.goBack();
  await page.getByText('The trace has ended because this page was left.').waitFor();
  assert.equal(await page.getByTestId('trace-row').count(), 3);
});

pageTest(
  'a trace that has not begun can be stopped, and is stopped when it begins',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: [nodeNamed(app)] });
    const { page, scripted } = visited;
    const stops = (): number => scripted.received.filter(({ type }) => type === 'trace.stop').length;
    await openTrace(visited);
    await page.getByTestId('trace-function').fill('lists:last/1');
    await page.getByTestId('trace-start').press('Enter');
    await until('the request', () => wishes(scripted).length === 1);
    // The button that has begun it has become the one that ends it.
    assert.equal(await page.evaluate('document.activeElement.dataset.testid'), 'trace-stop');
    await page.keyboard.press('Enter');
    await page.getByText('The trace was stopped before it had begun.').waitFor();
    scripted.tell(traceStarted(scripted, app));
    await until('the request to stop', () => stops() === 1);
    await page.getByText('The trace was stopped before it had begun.').waitFor();
  },
);

pageTest('a trace can be refused, and be of one process', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  await openTrace(visited, '/<0.120.0>');
  await page.getByTestId('trace-only').getByText('<0.120.0>').waitFor();
  await page.getByTestId('trace-function').fill('shop:nothing');
  await page.keyboard.press('Enter');
  await until('the request', () => wishes(scripted).length === 1);
  const [wish] = wishes(scripted);
  assert.deepEqual(wish?.pids, ['<0.120.0>']);
  const problem = {
    code: 'INSPECT_NO_FUNCTION',
    message: `${app} has no function shop:nothing`,
    remedy: 'shop exists there: check the name of the function.',
  };
  scripted.tell({ type: 'problem', requestId: wish?.requestId ?? '', problem });
  const refused = page.getByTestId('trace-refused');
  await refused.getByText('shop exists there: check the name of the function.').waitFor();
  await page.getByTestId('trace-start').waitFor();
});

pageTest('where acting is off, nothing can be traced', {}, async ({ visit }) => {
  await using visited = await visit({
    clusters: [{ ...ownCluster, acting: false }],
    nodes: [nodeNamed(app)],
  });
  const { page } = visited;
  await openTrace(visited);
  await page.getByTestId('acting-off').waitFor();
  await page.getByTestId('trace-function').fill('lists:last/1');
  assert.equal(await page.getByTestId('trace-start').isDisabled(), true);
});
