/** Names in the page: registered ones, those of `global`, and the groups of `pg`, each with its processes on all nodes. */

import assert from 'node:assert/strict';
import { answered, unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { names } from '../../../packages/console-web/test/part-scenes.ts';
import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { answerAll, answerTo, queriesOf } from './inside-script.ts';

pageTest(
  'names lead to their processes, on whatever node they are',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerAll(scripted);
    const asked = queriesOf(page, '/names');
    await page.goto(`${scripted.origin}/#/nodes/${app}/names`);
    await page.getByTestId('name-summary').getByText('4 of 142 registered names').waitFor();
    await page.locator('[data-name="inotify"]').getByText('#Port<0.9>').waitFor();
    // The arrow keys choose, and keep the focus.
    await page.getByTestId('names-registered').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('name-summary').getByText('2 of 2 names of global').waitFor();
    const link = page.locator('[data-name="shop_scheduler"]').getByRole('link');
    assert.match(
      (await link.getAttribute('href')) ?? '',
      /#\/nodes\/store@127\.0\.0\.1\/processes\/%3C0\.512\.0%3E$/,
    );
    await page.keyboard.press('ArrowRight');
    const group = page.locator('[data-group="Elixir.Shop.PubSub"]');
    await group.getByText('3 members on 3 nodes').waitFor();
    // A node that the console does not know cannot be looked into.
    assert.equal(await group.getByRole('link').count(), 2);
    await page.locator('[data-scope="pg"]').getByText('0 of 0 groups').waitFor();
    assert.equal(await page.evaluate('document.activeElement.dataset.testid'), 'names-groups');
    await page.keyboard.press('/');
    await page.keyboard.type('price');
    await page.getByTestId('names-registered').click();
    await until('the filter', () => asked.includes('filter=price&limit=200'));
  },
);

pageTest('each kind of name says for itself why it is not there', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const problem = { kind: 'slow', message: 'The name server has not answered.' } as const;
  answerTo(scripted, 'names', answered({ ...names, global: { problem } }));
  answerTo(scripted, 'groups', unavailable({ kind: 'failed', message: 'It has no pg.' }));
  await page.goto(`${scripted.origin}/#/nodes/${app}/names`);
  await page.getByTestId('name-row').first().waitFor();
  await page.getByTestId('names-global').click();
  await page.getByTestId('part-problem').getByText('The name server has not answered.').waitFor();
  await page.getByTestId('names-groups').click();
  await page.getByTestId('trouble').getByText('It has no pg.').waitFor();
});
