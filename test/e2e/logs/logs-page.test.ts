/**
 * The page of logs with real nodes: one that the console launched and that prints as fast as it can, and members of a cluster that
 * somebody else runs, of which only the loggers are known.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible } from '../../support/console/axe.ts';
import { startBrowser, withoutBrowser } from '../../support/console/browser.ts';
import { picture } from '../../support/console/console-page.ts';
import type { LiveClient } from '../../support/console/live-client.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { AttachingConsole } from '../../support/members/attaching-console.ts';
import { meshOf, startMember, type WatchedMember } from '../../support/members/watched-mesh.ts';
import { mayTake } from '../../support/time-limit.ts';
import { distanceFromEnd, drawnLines, logView, seenTexts } from '../../page/logs/log-page.ts';

const cookie = 'cookie-of-shop';
const [app, web] = ['shop:app@127.0.0.1', 'shop:web@127.0.0.1'] as const;
/** More rows than the window has room for, and those beyond its edges. */
const mostDrawn = 80;

interface Scene {
  readonly convoy: AttachingConsole;
  readonly members: readonly WatchedMember[];
  /** Id of the launched node. */
  readonly loud: string;
  readonly page: Page;
  readonly live: LiveClient;
  readonly shellId: string;
}

async function launchErlang({ client }: AttachingConsole): Promise<string> {
  const { json } = await client.ask('/api/nodes', { body: { kind: 'erlang', name: 'loud', join: false } });
  await eventually(`${json.node} to be up`, 60_000, async () => {
    const launch = (await client.ask(`/api/launches/${json.id}`)).json;
    return launch.state === 'ready';
  });
  return json.node as string;
}

async function startScene(stack: AsyncDisposableStack, browser: Browser): Promise<Scene> {
  const shop = stack.use(await ErlangCluster.start({ cookie }));
  const members = [await startMember(shop, 'app'), await startMember(shop, 'web', { kind: 'elixir' })];
  await meshOf(members);
  const convoy = stack.use(await AttachingConsole.start());
  const { state } = await convoy.attach({
    name: 'shop',
    nodes: ['app@127.0.0.1'],
    cookie,
    epmdPort: shop.epmdPort,
  });
  assert.equal(state, 'up');
  const loud = await launchErlang(convoy);
  const live = stack.use(await convoy.client.live());
  live.send({ type: 'shell.open', requestId: 'r', node: loud, cols: 80, rows: 24 });
  const { shell } = await live.message('shell.opened');
  await eventually('a prompt', 30_000, () => live.shellText(shell.id).includes('1>'));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(convoy.url);
  await page.getByTestId('socket-state').getByText('Live').waitFor();
  return { convoy, members, loud, page, live, shellId: shell.id };
}

/** Has the launched node print lines, so many of them between pauses of 10 ms. */
function print(
  { live, shellId }: Scene,
  { word, count, each }: { word: string; count: number; each: number },
): void {
  const one = `io:format(user, "${word} ~b~n", [N]), N rem ${each} =:= 0 andalso timer:sleep(10)`;
  live.type(shellId, `spawn(fun() -> [begin ${one} end || N <- lists:seq(1, ${count})] end).\r`);
}

async function openLogs({ page }: Scene, address: string): Promise<void> {
  await page.evaluate(`location.hash = '#/logs${address}'`);
  await logView(page).waitFor();
}

/** Waits until a line of that number or a later one is seen, and looks whether the view is at its end then. */
async function expectEnd(page: Page, word: string, count: number): Promise<void> {
  let last = '';
  await eventually(
    () => `${word} ${count} to be seen; the last line is ${last}`,
    120_000,
    async () => {
      last = (await seenTexts(page)).at(-1) ?? '';
      const [said, number] = last.split(' ');
      return said === word && Number(number) >= count;
    },
  );
  assert.ok((await distanceFromEnd(page)) < 3, 'the view is at its end');
  assert.ok((await drawnLines(page)) < mostDrawn);
  assert.ok((await seenTexts(page)).length > 10, 'the view is full, beside the dock');
}

describe('the page of logs', { skip: withoutBrowser || missingPeer('25', 'elixir') }, () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;

  before(async () => {
    const browser = await startBrowser();
    stack.defer(() => browser.close());
    scene = await startScene(stack, browser);
  });
  after(() => stack.disposeAsync());

  test('holds to the end of a log of a hundred and of two thousand lines a second', async (context) => {
    mayTake(context, { seconds: 60, because: 'the node prints for some seconds' });
    const { page, loud } = scene;
    await openLogs(scene, `/${loud}`);
    print(scene, { word: 'slow', count: 200, each: 1 });
    for (const count of [60, 120, 200]) await expectEnd(page, 'slow', count);
    print(scene, { word: 'quick', count: 6000, each: 20 });
    for (const count of [1000, 3000, 6000]) await expectEnd(page, 'quick', count);
  });

  test('holds to the end of a burst of fifty thousand lines', async (context) => {
    mayTake(context, {
      seconds: 90,
      because: 'fifty thousand lines pass through the node, the console and the page',
    });
    const { page } = scene;
    print(scene, { word: 'burst', count: 50_000, each: 50_001 });
    await expectEnd(page, 'burst', 50_000);
    const seen = await seenTexts(page);
    assert.deepEqual(
      seen,
      seen.map((_, at) => `burst ${50_001 - seen.length + at}`),
    );
  });

  test('shows what the loggers of all nodes report, with levels and details', async () => {
    const { page, members } = scene;
    await openLogs(scene, `/${app},${web}`);
    await eventually('both loggers to be followed', 60_000, async () => {
      for (const member of members) await member.run('logger:error("cart ~b of ~p", [7, node()])');
      return (await page.locator('.log-item', { hasText: 'cart 7' }).count()) >= 2;
    });
    await members[0]!.run('logger:critical("shelf ~s", ["empty"], #{order => 4711})');
    await page.getByText('shelf empty').click();
    const details = page.getByTestId('log-details');
    await details.getByText('4711').waitFor();
    await page.locator('.log-level', { hasText: 'critical' }).waitFor();
    await assertAccessible(page);
    await picture(page, 'logs-loggers');
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('^cart \\d');
    await eventually('the filter', 30_000, async () =>
      (await seenTexts(page)).every((text) => text.startsWith('cart')),
    );
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('');
  });

  test('opens the address of a line after a restart of the console, and downloads the log', async (context) => {
    mayTake(context, { seconds: 60, because: 'the console is started again' });
    const { page, convoy } = scene;
    await openLogs(scene, `/${app}`);
    const line = page.locator('.log-item', { hasText: 'shelf empty' });
    const seq = await line.getAttribute('data-seq');
    await convoy.restart();
    await page.goto(convoy.url);
    await page.getByTestId('socket-state').getByText('Live').waitFor();
    await openLogs(scene, `/${app}/line/${seq}`);
    await page.locator('.is-marked').getByText('shelf empty').first().waitFor();
    await page.getByTestId('logs-menu').click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'as text' }).click(),
    ]);
    const content = (await (await file.createReadStream()).toArray()).map(String).join('');
    assert.match(content, /shelf empty/);
  });
});
