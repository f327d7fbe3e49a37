/** The parts of real nodes in the page: who holds a port, names, rows by their key, modules, a trace, and a call. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../support/extent.ts';
import { AttachingConsole } from '../../support/members/attaching-console.ts';

const cookie = 'inside-the-parts';

/** A process that listens, has a table, answers calls and keeps messages. Its port is the answer. */
const keeper = `
  Me = self(),
  register(keeper, spawn(fun() ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127,0,0,1}}]),
    ets:new(inside_rows, [named_table, public]),
    ets:insert(inside_rows, [{{user, N}, N * N} || N <- lists:seq(1, 500)]),
    Me ! inet:port(Socket),
    (fun Loop() ->
      receive
        {'$gen_call', From, Asked} -> gen_server:reply(From, {kept, Asked});
        Told -> ets:insert(inside_rows, {last, Told})
      end,
      Loop()
    end)()
  end)),
  receive {ok, Port} -> Port end`;

async function askParts(page: Page, port: string): Promise<void> {
  await page.getByTestId('tab-ports').click();
  await page.getByTestId('port-number').fill(port);
  await page.getByTestId('port-summary').getByText(`with the number ${port}`).waitFor();
  assert.match(await page.getByTestId('port-row').innerText(), /keeper\s+127\.0\.0\.1:\d+\s+listens/);
  await page.getByTestId('tab-names').click();
  await page.getByTestId('name-filter').fill('keeper');
  await page.getByTestId('name-summary').getByText('1 of 1 registered names that match').waitFor();
  await page.getByTestId('names-groups').click();
  await page.getByTestId('scope').or(page.getByTestId('name-summary')).first().waitFor();
  await page.getByTestId('tab-modules').click();
  await page.getByTestId('module-filter').fill('lists');
  await page.locator('[data-module="lists"]').getByRole('link').click();
  await page.getByTestId('export').getByText('last/1', { exact: true }).click();
  await page.getByTestId('card-docs').getByTestId('answer').waitFor();
  await page.getByTestId('tab-mnesia').click();
  await page.getByTestId('trouble').getByText('Mnesia is not running').waitFor();
}

async function findTheRow(page: Page): Promise<void> {
  await page.getByTestId('tab-tables').click();
  await page.locator('[data-table="inside_rows"]').getByRole('link').first().click();
  await page.getByTestId('row-key').fill('{user,7}');
  await page.keyboard.press('Enter');
  await page.getByTestId('rows-summary').getByText('1 row with the key {user,7}, of 500').waitFor();
  await page.getByTestId('ets-row').getByText('{{user,7},49}').waitFor();
}

async function callAndTrace(page: Page, node: ErlangNode): Promise<void> {
  await page.getByTestId('tab-send').click();
  await page.getByTestId('message-to').fill('keeper');
  await page.getByTestId('message-term').fill('{size, "a"}');
  await page.getByTestId('message-term').press('Control+Enter');
  await page.getByTestId('reply').getByText('{kept,{size,"a"}}').waitFor();
  await page.getByTestId('act-send').click();
  await page.getByTestId('message-term').fill('told');
  await page.getByTestId('message-send').click();
  await page.getByTestId('reply').getByText('Sent to').waitFor();
  assert.equal(await node.eval('ets:lookup(inside_rows, last)'), '[{last,told}]');
  await page.getByTestId('tab-trace').click();
  await page.getByTestId('trace-function').fill('lists:last/1');
  await page.keyboard.press('Enter');
  await page.locator('[data-testid="trace-state"][data-phase="running"]').waitFor();
  await node.eval('lists:last([1, seven])');
  await page
    .getByTestId('trace-row')
    .filter({ hasText: 'last([1,seven])' })
    .filter({ hasText: 'µs' })
    .first()
    .waitFor();
  await page.getByTestId('trace-stop').click();
  await page.locator('[data-testid="trace-state"][data-phase="ended"]').waitFor();
}

// What is asked of a node is held on every release where the asking is: here one stands for all in `npm test`.
for (const release of someOf(testedReleases(), 1)) {
  const skip = withoutBrowser || missingPeer(release);
  describe(`the parts of a node of OTP ${release} in the page`, { skip }, () => {
    const stack = new AsyncDisposableStack();
    let browser: Browser;
    before(async () => {
      browser = await startBrowser();
      stack.defer(() => browser.close());
    });
    after(() => stack.disposeAsync());

    test('are found, called and traced, and each panel says when the node is gone', async () => {
      const cluster = stack.use(await ErlangCluster.start({ cookie, release }));
      const node = await cluster.erlang('app');
      const port = await node.eval(keeper);
      const convoy = stack.use(await AttachingConsole.start());
      await convoy.attach({ name: 'prod', nodes: [node.name], cookie, epmdPort: cluster.epmdPort });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      const { origin, search } = new URL(convoy.url);
      await page.goto(`${origin}/${search}#/nodes/prod:${node.name}/ports`);
      await page.getByTestId('port-row').first().waitFor({ timeout: 60_000 });
      await askParts(page, port);
      await findTheRow(page);
      await callAndTrace(page, node);
      // It ends while its ports are shown.
      await page.getByTestId('tab-ports').click();
      await page.getByTestId('port-row').first().waitFor();
      await node[Symbol.asyncDispose]();
      await page.getByTestId('trouble').waitFor({ timeout: 60_000 });
      await page.locator('.is-stale [data-testid="port-row"]').first().waitFor();
      assert.deepEqual(complaints, []);
    });
  });
}
