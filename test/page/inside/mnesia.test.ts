/** Mnesia in the page, and rows of tables by their key. */

import assert from 'node:assert/strict';
import { answered, tableRows, unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app } from '../page-visit.ts';
import { answerAll, answerTo, queriesOf, routeTo } from './inside-script.ts';

pageTest('tables of Mnesia show their copies and their rows', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  await page.goto(`${scripted.origin}/#/nodes/${app}/mnesia`);
  await page.getByTestId('mnesia-missing').getByText('Mnesia does not run on edge@10.0.4.7').waitFor();
  await page.locator('[data-table="orders"]').getByText('2 in memory and on disc, 1 on disc only').waitFor();
  await page.locator('[data-table="orders"]').getByRole('link').click();
  await page.getByTestId('ets-row').getByText('{order,7,cart,1}').waitFor();
  await page.getByTestId('panel-back').click();
  await page.getByTestId('panel-mnesia').waitFor();
  const gone = { kind: 'gone', message: `Mnesia is not running on ${app}.` } as const;
  answerTo(scripted, 'mnesia', unavailable(gone));
  await page.reload();
  await page.getByTestId('trouble').getByText(`Mnesia is not running on ${app}.`).waitFor();
});

pageTest('rows are found by a key, which is asked for when it is complete', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  answerAll(scripted);
  const rows = 'tables/Elixir.Shop.Prices/rows';
  const asked = queriesOf(page, `/${rows}`);
  await page.goto(`${scripted.origin}/#/nodes/${app}/tables/Elixir.Shop.Prices`);
  await page.getByTestId('rows-summary').getByText('20 of 184,201 rows, in the order of the table').waitFor();
  answerTo(scripted, rows, answered({ ...tableRows, rows: ['{<<"sku-7">>,1}'], found: 1 }));
  await page.getByTestId('row-key').fill('<<"sku-7">>');
  await page.keyboard.press('Enter');
  await page.getByTestId('rows-summary').getByText('1 row with the key <<"sku-7">>, of 184,201').waitFor();
  answerTo(scripted, rows, answered({ ...tableRows, rows: [], found: 0 }));
  await page.getByTestId('row-key').fill('nothing');
  await page.getByTestId('find-key').click();
  await page.getByText('No row has the key nothing').waitFor();
  scripted.answers.set(routeTo(rows), () => ({
    status: 400,
    answer: { error: { code: 'INSPECT_BAD_OPTION', message: 'key "{a" is not a term' } },
  }));
  await page.getByTestId('row-key').fill('{a');
  await page.keyboard.press('Enter');
  await page.getByTestId('trouble').getByText('is not a term').waitFor();
  assert.deepEqual(asked.slice(0, 3), ['limit=20', 'limit=20&key=<<"sku-7">>', 'limit=20&key=nothing']);
});
