/**
 * Takes the pictures of the console for README and guides again, `docs/images/VIEW-WIDTH-THEME.png`:
 * `node --conditions=@convoy/source scripts/page-pictures.ts`, or with the argument `inside` only those of the inside of a node.
 * The pages show a real console with three nodes and a shell on each; dialogs about other machines, and the inside of a node with
 * an hour of charts, show a scripted one. Needs Erlang, Elixir, Chromium and pngquant, and the page as
 * `npm run build:web` has built it.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { insideViews } from '../test/page/looks/inside-views.ts';
import {
  setStage,
  shownCluster,
  type ViewTheme,
  themes,
  viewports,
  views,
  type ViewWidth,
  viewWidths,
} from '../test/page/looks/views.ts';
import { startBrowser } from '../test/support/console/browser.ts';
import { askConsole } from '../test/support/console/console-api.ts';
import { cardOf, Terminal } from '../test/support/console/console-page.ts';
import { type ConsoleProcess, startConsoleProcess } from '../test/support/console/console-process.ts';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const mostBytes = 4_600_000;
/** Of the scripted views, those that the documentation shows. */
const shownDialogs = ['launch', 'ssh-trust', 'ssh-host', 'railway-place', 'doctor'];

interface Looks {
  readonly width: ViewWidth;
  readonly theme: ViewTheme;
}

const shownInside = insideViews.filter(({ name }) => name !== 'inside-slow');
const insideLooks: readonly Looks[] = [
  { width: 1440, theme: 'light' },
  { width: 1440, theme: 'dark' },
  { width: 390, theme: 'light' },
];
const allLooks: readonly Looks[] = viewWidths.flatMap((width) => themes.map((theme) => ({ width, theme })));

async function keep(page: Page, view: string, { width, theme }: Looks): Promise<void> {
  // Nothing blinks or moves in a picture.
  await page
    .addStyleTag({ content: '*, ::before, ::after { caret-color: transparent !important; }' })
    .catch(() => undefined);
  await page.screenshot({ path: join(folder, `${view}-${width}-${theme}.png`) });
}

async function newPage(browser: Browser, { width, theme }: Looks): Promise<Page> {
  return browser.newPage({ viewport: viewports[width], colorScheme: theme, reducedMotion: 'reduce' });
}

async function drawDialogs(browser: Browser, looks: Looks): Promise<void> {
  await using stage = await setStage(browser, { ...looks, nodes: shownCluster() });
  for (const view of views.filter(({ name }) => shownDialogs.includes(name))) {
    await stage.show(view);
    await keep(stage.page, view.name, looks);
  }
}

async function drawInside(browser: Browser, looks: Looks): Promise<void> {
  await using stage = await setStage(browser, { ...looks, nodes: shownCluster() });
  for (const view of shownInside) {
    await stage.show(view);
    await keep(stage.page, view.name, looks);
  }
}

const [web, app, store] = ['web@127.0.0.1', 'app@127.0.0.1', 'store@127.0.0.1'] as const;

/** Launches the nodes and waits until they see each other. */
async function launchCluster(convoy: ConsoleProcess, page: Page): Promise<void> {
  for (const [kind, name] of [
    ['typescript', 'web'],
    ['elixir', 'app'],
    ['erlang', 'store'],
  ])
    await askConsole(convoy, '/api/nodes', { kind, name });
  for (const node of [web, app, store])
    await cardOf(page, node).getByText('2 peers').waitFor({ timeout: 60_000 });
}

/** Uses a shell on each node, so that there is something to see. */
async function useShells(page: Page): Promise<void> {
  const ts = await Terminal.open(page, web, /ts\(.*\)1>/);
  await ts.enter('node.list()');
  await ts.waitFor(/2>/);
  const erl = await Terminal.open(page, store, /1>/);
  await erl.enter('lists:sum([20, 22]).');
  await erl.waitFor(/^42$/m);
  await erl.enter(`rpc:call('${app}', logger, warning, ["cart 4711: the payment is tried again"]).`);
  await erl.waitFor(/3>/);
  await erl.enter(`rpc:call('${app}', logger, error, ["cart 4711: the payment was refused"]).`);
  await erl.waitFor(/4>/);
  const iex = await Terminal.open(page, app, /iex\(.*\)1>/);
  await iex.enter('Node.list()');
  await iex.waitFor(/2>/);
  await iex.enter('Enum.map(1..5, & &1 * &1)');
  await iex.waitFor(/3>/);
  await iex.enter(`send({:convoy_worker, :"${web}"}, :ping)`);
  await iex.waitFor(/4>/);
}

async function openLine(page: Page): Promise<void> {
  await page.getByText(`Received ping on node ${web}`).first().waitFor();
  await page.getByText('the payment was refused').first().click();
  await page.getByTestId('log-details').waitFor();
}

async function drawPages(browser: Browser, convoy: ConsoleProcess, looks: Looks): Promise<void> {
  const page = await newPage(browser, looks);
  await page.goto(convoy.url);
  await page.getByTestId('socket-state').getByText('Live').waitFor();
  await page.getByTestId('terminal').first().waitFor();
  await page.getByTestId('dock-fold').click();
  await cardOf(page, app).getByTestId('node-details').click();
  await keep(page, 'nodes', looks);
  await page.getByTestId('nav-mesh').click();
  await page.locator(`[data-testid="mesh-node"][data-node="${app}"]`).click();
  await page.getByRole('complementary').waitFor();
  await keep(page, 'mesh', looks);
  for (const name of ['shells', 'logs', 'settings']) {
    await page.getByTestId(`nav-${name}`).click();
    if (name === 'logs') await openLine(page);
    await keep(page, name, looks);
  }
  await page.getByTestId('nav-nodes').click();
  await page.locator(`[data-testid="shell-tab"][data-shell-node="${app}"]`).click();
  await page.locator('.xterm-rows').getByText('4>').waitFor();
  // The shell has the size of the page that typed last.
  const takeSize = page.getByTestId('take-size');
  if ((await takeSize.count()) > 0) await takeSize.click();
  await takeSize.waitFor({ state: 'detached' });
  await page.locator('.xterm-rows').getByText('4>').waitFor();
  await keep(page, 'shell', looks);
  await page.close();
}

async function drawEntry(browser: Browser, convoy: ConsoleProcess, looks: Looks): Promise<void> {
  const page = await newPage(browser, looks);
  await page.goto(new URL('/', convoy.url).href);
  await page.getByTestId('login-token').waitFor();
  await keep(page, 'login', looks);
  await page.goto(convoy.url);
  await page.getByTestId('launch-typescript').waitFor();
  await keep(page, 'empty', looks);
  await page.close();
}

async function drawAll(browser: Browser): Promise<void> {
  await using convoy = await startConsoleProcess();
  for (const looks of allLooks) await drawEntry(browser, convoy, looks);
  const first = await newPage(browser, { width: 1440, theme: 'light' });
  await first.goto(convoy.url);
  await launchCluster(convoy, first);
  await useShells(first);
  for (const looks of allLooks) await drawPages(browser, convoy, looks);
  for (const looks of allLooks) await drawDialogs(browser, looks);
}

const isOnlyInside = process.argv.includes('inside');
const isPicture = (name: string): boolean => name.endsWith('.png');
mkdirSync(folder, { recursive: true });
// The recordings of terminals beside them are made by another script.
if (!isOnlyInside) for (const name of readdirSync(folder).filter(isPicture)) rmSync(join(folder, name));
const browser = await startBrowser();
try {
  if (!isOnlyInside) await drawAll(browser);
  for (const looks of insideLooks) await drawInside(browser, looks);
} finally {
  await browser.close();
}
const all = readdirSync(folder).filter(isPicture);
const taken = all.filter((name) => !isOnlyInside || name.startsWith('inside-'));
const pictures = all.map((name) => join(folder, name));
// With at most 256 colours, a third of the size.
const compressed = spawnSync('pngquant', [
  '--speed=1',
  '--strip',
  '--force',
  '--ext=.png',
  ...taken.map((name) => join(folder, name)),
]);
if (compressed.status !== 0)
  throw new Error(`pngquant failed: ${String(compressed.error ?? compressed.stderr)}`);
const bytes = pictures.reduce((sum, path) => sum + statSync(path).size, 0);
console.log(`${pictures.length} pictures, ${Math.round(bytes / 1000)} kB`);
if (bytes > mostBytes) throw new Error(`the pictures are larger than ${mostBytes / 1000} kB: take fewer`);
