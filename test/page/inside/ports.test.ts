/** Ports and sockets in the page: who holds a number, and what it says of a node that does not answer. */

import assert from 'node:assert/strict';
import { answered, unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { ports } from '../../../packages/console-web/test/part-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { answerAll, answerTo, queriesOf } from './inside-script.ts';

pageTest(
  'who holds a port is found by its number, which the address keeps',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    const asked = queriesOf(page, '/ports');
    await page.goto(`${scripted.origin}/#/nodes/${app}/ports`);
    await page.getByTestId('port-summary').getByText('4 of 8,012 ports and sockets').waitFor();
    const listening = page.locator('[data-port="#Port<0.31>"]');
    assert.match(await listening.innerText(), /Elixir\.ShopWeb\.Endpoint\s+0\.0\.0\.0:4000\s+listens/);
    // A socket does not tell what waits to be sent.
    assert.match(await page.locator('[data-port^="#Socket"]').innerText(), /393 KB\s+–$/);
    answerTo(scripted, 'ports', answered({ ...ports, matching: 1, rows: ports.rows.slice(1, 2) }));
    await page.getByTestId('port-number').pressSequentially('4000');
    await page.getByTestId('port-summary').getByText('with the number 4000 at either end').waitFor();
    // One question for the number, not one for each digit.
    assert.deepEqual(
      [...new Set(asked.filter((query) => query.includes('port=')))],
      ['sort=queue&limit=50&port=4000'],
    );
    assert.match(page.url(), /\/ports\/4000$/);
    await page.getByTestId('port-row').getByRole('link').click();
    await page.getByTestId('panel-process').waitFor();
    await page.goBack();
    await until('the number', async () => (await page.getByTestId('port-number').inputValue()) === '4000');
  },
);

pageTest(
  'a number that is not valid is not asked for, and a valid one may be free',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    const counter = answerTo(scripted, 'ports', answered({ ...ports, matching: 0, rows: [] }));
    await page.goto(`${scripted.origin}/#/nodes/${app}/ports/70000`);
    await page.getByTestId('port-problem').getByText('70000 is not a port number').waitFor();
    await page.getByTestId('port-number').fill('5432');
    await page.getByText('No port or socket of this node has the number 5432 at either end.').waitFor();
    const answers = counter.asked;
    answerTo(scripted, 'ports', unavailable({ kind: 'slow', message: 'No answer within 10 s.' }));
    await page.getByTestId('panel-refresh').click();
    await page.getByTestId('trouble').getByText('The node has not answered in time').waitFor();
    assert.ok(answers > 0);
  },
);
