/** The table of nodes: room for many, sorting, filters, groups, keys, and what of it stays after a reload. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import type { Page } from 'playwright-core';
import { twoClusters } from '../../../packages/console-web/test/cluster-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { until } from '../page-visit.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;

/** Forty nodes of three kinds, every tenth unreachable. */
function forty(): NodeView[] {
  return Array.from({ length: 40 }, (_, at) =>
    nodeNamed(`worker-${at + 1}@127.0.0.1`, {
      kind: kinds[at % 3]!,
      version: `OTP ${25 + (at % 3)}`,
      status: at % 10 === 9 ? 'unreachable' : 'up',
      memoryBytes: 1e7 * ((at * 7) % 40),
      startedAt: at + 1,
    }),
  );
}

async function shownNames(page: Page): Promise<string[]> {
  const ids = await page
    .getByTestId('node-card')
    .evaluateAll((all) => all.map((card) => card.getAttribute('data-node') ?? ''));
  return ids.map((id) => id.replace(/@.*/, ''));
}

function focusedNode(page: Page): Promise<string | null> {
  return page.evaluate<string | null>(
    `document.activeElement?.closest('.node-card')?.getAttribute('data-node') ?? null`,
  );
}

describe('the table of nodes', () => {
  pageTest('shows at least 25 of 40 nodes on a laptop without scrolling', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: forty() });
    const { page } = visited;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('.node-table.is-compact').waitFor();
    assert.equal(await page.getByTestId('node-card').count(), 40);
    const inView = await page
      .getByTestId('node-card')
      .evaluateAll((all) => all.filter((card) => card.getBoundingClientRect().bottom <= innerHeight).length);
    assert.ok(inView >= 25, `${inView} nodes are in view`);
    await page.getByTestId('density').click();
    await page.locator('.node-table:not(.is-compact)').waitFor();
  });

  pageTest('sorts by every column, in both directions and back', { isSample: true }, async ({ visit }) => {
    await using visited = await visit({ nodes: forty() });
    const { page } = visited;
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const column of ['kind', 'name', 'status', 'version', 'peers', 'memory', 'processes', 'uptime'])
      await page.getByTestId(`sort-${column}`).click();
    assert.equal(await page.locator('[aria-sort]').count(), 1);
    await page.getByTestId('sort-name').click();
    assert.deepEqual((await shownNames(page)).slice(0, 3), ['worker-1', 'worker-2', 'worker-3']);
    await page.getByTestId('sort-name').click();
    await page.locator('[aria-sort="descending"]').waitFor();
    assert.deepEqual((await shownNames(page)).slice(0, 2), ['worker-40', 'worker-39']);
    await page.getByTestId('sort-status').click();
    assert.equal((await shownNames(page))[0], 'worker-10');
    await page.getByTestId('sort-status').click();
    await page.getByTestId('sort-status').click();
    assert.equal(await page.locator('[aria-sort]').count(), 0);
    assert.equal((await shownNames(page))[0], 'worker-1');
  });

  pageTest(
    'sorts by every column on a small laptop too, and cuts versions at their ends',
    {},
    async ({ visit }) => {
      const version = 'Node.js 24.21.0, Convoy 0.1.0, and what else there is to say of it, at length';
      await using visited = await visit({ nodes: [...forty(), nodeNamed('long@h', { version })] });
      const { page } = visited;
      for (const [width, density] of [
        [1024, 'compact'],
        [1024, 'comfortable'],
        [1440, 'comfortable'],
      ] as const) {
        await page.setViewportSize({ width, height: 768 });
        const isCompact = (await page.locator('.node-table.is-compact').count()) === 1;
        if (isCompact !== (density === 'compact')) await page.getByTestId('density').click();
        for (const column of [
          'kind',
          'name',
          'status',
          'version',
          'peers',
          'memory',
          'processes',
          'uptime',
        ]) {
          await page.getByTestId(`sort-${column}`).click();
          await page.locator(`.cell-${column}[aria-sort]`).waitFor();
        }
        if (density === 'compact') continue;
        const shown = page.locator('[data-node="long@h"] .cell-version');
        assert.equal(await shown.innerText(), version);
        assert.equal(await shown.getByTitle(version).count(), 1);
        assert.equal(await shown.evaluate((cell) => getComputedStyle(cell).textOverflow), 'ellipsis');
      }
    },
  );

  pageTest('filters by kind, version, state and text, and keeps that', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: forty() });
    const { page } = visited;
    await page.getByTestId('filter-status').selectOption('unreachable');
    await until('the filter', async () => (await shownNames(page)).length === 4);
    await page.getByTestId('filter-kind').selectOption('typescript');
    assert.deepEqual(await shownNames(page), ['worker-10', 'worker-40']);
    await page.getByTestId('filter-version').selectOption('OTP 25');
    await page.getByRole('searchbox').fill('worker-4');
    assert.deepEqual(await shownNames(page), ['worker-40']);
    await page.reload();
    await until('the filters', async () => (await shownNames(page)).length === 1);
    assert.equal(await page.getByRole('searchbox').inputValue(), 'worker-4');
    await page.getByRole('searchbox').fill('nothing');
    await page.getByText('No node matches the filters.').waitFor();
    await page.getByText('Show all nodes').click();
    await until('all nodes', async () => (await shownNames(page)).length === 40);
  });

  pageTest('has a group for each place of a cluster, which folds', {}, async ({ visit }) => {
    await using visited = await visit(twoClusters());
    const { page } = visited;
    const groups = page.getByTestId('node-group');
    await until('three groups', async () => (await groups.count()) === 3);
    assert.match(await groups.nth(1).innerText(), /prod\s+production\s+3 nodes, 2 up/);
    await groups.nth(1).getByTestId('fold-group').click();
    await until('the fold', async () => (await page.getByTestId('node-card').count()) === 3);
    await page.reload();
    await until('the fold', async () => (await page.getByTestId('node-card').count()) === 3);
    // A node that an address names is shown, also in a folded group.
    await page.goto(`${visited.scripted.origin}/#/nodes/prod:app@10.0.0.5`);
    await page.locator('[data-node="prod:app@10.0.0.5"]').getByText('Connections', { exact: true }).waitFor();
    await groups.nth(1).getByTestId('fold-group').click();
    await until('the fold', async () => (await page.getByTestId('node-card').count()) === 3);
  });
});

describe('the keys of the table', () => {
  pageTest('move by rows, select, open, and act', { isSample: true }, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page } = visited;
    await page.keyboard.press('j');
    await until('the first row', async () => (await focusedNode(page)) === 'web@127.0.0.1');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByTestId('bulk-bar').getByText('1 selected').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await page.getByTestId('bulk-bar').getByText('2 selected').waitFor();
    await page.keyboard.press('k');
    await until('the row before', async () => (await focusedNode(page)) === 'app-1@127.0.0.1');
    await page.keyboard.press('o');
    await page.locator('[data-node="app-1@127.0.0.1"]').getByText('Connections', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('bulk-bar').waitFor({ state: 'detached' });
    await page.keyboard.press('Delete');
    await page.getByTestId('bulk-delete-dialog').getByText('app-1@127.0.0.1').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+A');
    await page.getByTestId('bulk-bar').getByText('6 selected').waitFor();
  });

  pageTest('work on a checkbox too, and are listed by a question mark', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page } = visited;
    await page.getByTestId('select-node').first().focus();
    await page.keyboard.press('Space');
    await page.getByTestId('bulk-bar').getByText('1 selected').waitFor();
    await page.keyboard.press('j');
    await until('the next row', async () => (await focusedNode(page)) === 'app-1@127.0.0.1');
    await page.keyboard.press('?');
    await page.getByTestId('keys-dialog').getByText('select the row').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('keys-dialog').waitFor({ state: 'detached' });
  });

  pageTest('of the palette join two nodes in two steps', {}, async ({ visit }) => {
    await using visited = await visit({
      nodes: [nodeNamed('web@h'), nodeNamed('app@h'), nodeNamed('store@h')],
    });
    const { page, scripted } = visited;
    await page.keyboard.press('Control+k');
    const input = page.getByTestId('palette-input');
    await input.fill('join');
    assert.equal(
      await page.locator('[data-command^="join-"]').count(),
      3,
      'a line for each node, not each pair',
    );
    await input.fill('join web');
    await page.keyboard.press('Enter');
    await page.getByPlaceholder('Join web@h to…').waitFor();
    assert.equal(await page.getByRole('option').count(), 2);
    await page.keyboard.press('Escape');
    await page.getByPlaceholder('What do you want to do?').waitFor();
    await input.fill('join web');
    await page.keyboard.press('Enter');
    await input.fill('store');
    await page.keyboard.press('Enter');
    await until('the request', () => scripted.requests.length === 1);
    assert.deepEqual(scripted.requests[0], {
      method: 'POST',
      path: '/api/nodes/web%40h/join',
      body: { peer: 'store@h' },
    });
  });
});
