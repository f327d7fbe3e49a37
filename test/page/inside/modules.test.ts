/** Modules in the page: exports and documentation, old code, and which nodes run different code. */

import assert from 'node:assert/strict';
import { answered } from '../../../packages/console-web/test/inside-scenes.ts';
import { moduleDetails } from '../../../packages/console-web/test/part-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { answerAll, answerTo, queriesOf } from './inside-script.ts';

const cart = moduleDetails.module;

pageTest(
  'a module shows what it exports, and the documentation of a function',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    const listed = queriesOf(page, '/modules');
    const asked = queriesOf(page, `/modules/${cart}`);
    await page.goto(`${scripted.origin}/#/nodes/${app}/modules`);
    await page.getByTestId('module-summary').getByText('3 of 612 modules; 1 has old code').waitFor();
    await page.getByTestId('old-only').check();
    await until('those with old code', () => listed.includes('limit=200&old=true'));
    await page.locator(`[data-module="${cart}"]`).getByRole('link').click();
    await page.getByTestId('card-exports').getByText('total/1').waitFor();
    const docs = [
      { kind: 'function', function: 'total/1', signature: ['total(cart)'], text: 'The sum of it.' },
    ];
    answerTo(scripted, `modules/${cart}`, answered({ ...moduleDetails, docs }));
    await page.getByTestId('export').getByText('total/1').click();
    await page.getByTestId('card-docs').getByText('The sum of it.').waitFor();
    assert.deepEqual(asked, ['', 'doc=total/1']);
    const processes = [{ pid: '<0.412.0>', node: app, name: 'Elixir.Shop.Pricing' }];
    const oldCodeUse = { total: 73, asked: 73, unknown: 0, count: 1, processes };
    answerTo(scripted, `modules/${cart}`, answered({ ...moduleDetails, oldCodeUse }));
    await page.getByTestId('ask-old-code').click();
    await page.getByText('1 process runs its old code, of 73 that were asked.').waitFor();
    await page.getByTestId('card-old-code').getByRole('link').click();
    await page.getByTestId('panel-process').waitFor();
  },
);

pageTest('which nodes run different code is shown side by side', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  await page.goto(`${scripted.origin}/#/nodes/${app}/modules`);
  await page.getByTestId('modules-compared').click();
  await page.getByTestId('comparison-summary').getByText('3 nodes compared: 2 modules differ').waitFor();
  const groups = page.locator(`[data-testid="differing"][data-module="${cart}"]`).getByTestId('code-group');
  assert.match(
    await groups.nth(0).innerText(),
    /5f0c61d2\s+app-1@127\.0\.0\.1 \(this node\)\s+edge@10\.0\.4\.7/,
  );
  assert.match(await groups.nth(1).innerText(), /17d2be5d\s+store@127\.0\.0\.1/);
  await page
    .getByTestId('part-problem')
    .getByText('cache@127.0.0.1: It has not answered within 5 s.')
    .waitFor();
  await groups.nth(1).getByRole('link').click();
  await page.getByTestId('panel-module').getByTestId('trouble').waitFor();
  assert.match(decodeURIComponent(page.url()), new RegExp(`store@127.0.0.1/modules/${cart}$`));
});
