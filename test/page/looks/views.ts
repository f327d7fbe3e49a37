/** Everything that the page can show, each with content: for the tests of how it looks and for the pictures in the documentation. */

import type { Browser, Page } from 'playwright-core';
import type { NodeView } from '@convoy/console/protocol';
import {
  connectedHost,
  foundFault,
  openRailway,
  unknownHost,
} from '../../../packages/console-web/test/host-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { app } from '../page-visit.ts';
import { ScriptedConsole } from '../scripted-console.ts';
import { clusterViews } from './cluster-views.ts';
import { insideViews } from './inside-views.ts';
import { logViews } from './log-views.ts';
import { card, overlay, pageView, type View } from './view.ts';

export type { View } from './view.ts';

/** The widths of a desktop, a small laptop or tablet, and a phone. */
export const viewports = {
  1440: { width: 1440, height: 900 },
  1024: { width: 1024, height: 768 },
  390: { width: 390, height: 844 },
} as const;
export type ViewWidth = keyof typeof viewports;
export const viewWidths: readonly ViewWidth[] = [1440, 1024, 390];
export const themes = ['light', 'dark'] as const;
export type ViewTheme = (typeof themes)[number];

const web = 'web@127.0.0.1';

async function openTarget(page: Page): Promise<void> {
  await page.getByTestId('ssh-open').first().click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
}

/** The pages, then what lies over them. None of these has an open shell. */
const quietViews: readonly View[] = [
  pageView('nodes', async (page) => {
    await card(page, app).getByTestId('node-details').click();
    await card(page, app).getByText('Connections', { exact: true }).waitFor();
  }),
  pageView('mesh', async (page) => {
    await page.getByTestId('nav-mesh').click();
    await page.locator(`[data-testid="mesh-node"][data-node="${app}"]`).click();
    await page.getByRole('complementary').waitFor();
  }),
  pageView('logs', async (page) => {
    await card(page, web).getByTestId('open-logs').click();
    await page.getByText('Running App.Endpoint').waitFor();
  }),
  pageView('settings', async (page) => {
    await page.getByTestId('nav-settings').click();
    await page.getByTestId('screen-reader').waitFor();
  }),
  pageView('not-found', async (page, { origin }) => {
    await page.goto(`${origin}/#/nodes/nobody@127.0.0.1`);
    await page.getByTestId('dead-end').waitFor();
  }),
  overlay('launch', async (page) => {
    await page.getByTestId('launch-dialog').click();
    await page.getByTestId('launch-name').fill('my node');
    await page.getByText('Environment variables').click();
  }),
  overlay('delete', async (page) => {
    await card(page, web).getByTestId('delete-node').click();
    // Under the pointer, too, its text has enough contrast.
    await page.getByTestId('confirm-delete').hover();
  }),
  overlay('ssh-trust', async (page, scripted) => {
    scripted.answers.set('POST /api/hosts', () => ({ status: 202, answer: unknownHost() }));
    scripted.answers.set('GET /api/hosts/host-1', () => ({ status: 200, answer: unknownHost() }));
    await openTarget(page);
    await page.keyboard.press('Enter');
    await page.getByTestId('ssh-trust').hover();
  }),
  overlay('ssh-form', openTarget),
  overlay('ssh-host', async (page, scripted) => {
    scripted.answers.set('POST /api/hosts', () => ({ status: 202, answer: connectedHost() }));
    scripted.answers.set('GET /api/hosts/host-1', () => ({ status: 200, answer: connectedHost() }));
    await openTarget(page);
    await page.keyboard.press('Enter');
    await page.getByTestId('host-panel').waitFor();
  }),
  overlay('railway-token', async (page) => {
    await page.getByTestId('railway-open').click();
    await page.getByTestId('railway-token').waitFor();
  }),
  overlay('railway-form', async (page, scripted) => {
    const environments = [{ id: 'e1', name: 'production', isEphemeral: false }];
    const view = { ...openRailway(), places: [] };
    scripted.answers.set('GET /api/railway', () => ({ status: 200, answer: view }));
    scripted.answers.set('GET /api/railway/projects/p1/environments', () => ({
      status: 200,
      answer: environments,
    }));
    await page.reload();
    await page.getByTestId('railway-open').click();
    await page.getByTestId('railway-region').fill('Europe');
  }),
  overlay('railway-place', async (page, scripted) => {
    const [place] = openRailway().places;
    scripted.answers.set('GET /api/railway', () => ({ status: 200, answer: openRailway() }));
    scripted.answers.set('POST /api/railway/places/place-1/refresh', () => ({ status: 200, answer: place }));
    await page.reload();
    await page.getByTestId('railway-chip').click();
    await page.getByTestId('railway-panel').waitFor();
  }),
  overlay('doctor', async (page, scripted) => {
    scripted.answers.set('POST /api/doctor', () => ({ status: 200, answer: foundFault('cache@127.0.0.1') }));
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette-input').fill('doctor about cache');
    await page.keyboard.press('Enter');
    await page.getByTestId('doctor-fault').waitFor();
  }),
  overlay('palette', async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette-input').waitFor();
  }),
  overlay('menu', async (page) => {
    await card(page, web).getByTestId('node-peers').click();
    await page.getByRole('menu').waitFor();
  }),
  overlay('messages', async (page, scripted) => {
    const problem = {
      code: 'CONSOLE_AUDIT_FAILED',
      message: 'the audit log cannot be written',
      remedy: 'Free some space.',
    };
    scripted.tell({ type: 'audit', problem });
    scripted.nextProblem = {
      code: 'CONSOLE_PEER_REFUSED',
      message: 'web could not connect to edge',
      remedy: 'Check the cookie.',
    };
    await card(page, web).getByTestId('node-peers').click();
    await page.getByRole('menuitem').first().click();
    await page.getByTestId('toast').waitFor();
    await page.getByTestId('audit-banner').waitFor();
  }),
];

async function openShell(page: Page, node: string): Promise<void> {
  await card(page, node).getByTestId('open-shell').click();
  await page
    .locator(`[data-testid="terminal"][data-shell-node="${node}"]`)
    .getByText('echo>')
    .first()
    .waitFor();
}

/** Views with shells, which stay open from the first on. */
const shellViews: readonly View[] = [
  pageView('shell', async (page) => {
    await openShell(page, app);
    await page.keyboard.type('Enum.map(1..3, & &1 * 2)\r');
    await page.getByTestId('terminal').getByText('"Enum.map(1..3, & &1 * 2)"').waitFor();
  }),
  pageView('shells', async (page) => {
    await openShell(page, web);
    await page.getByTestId('nav-shells').click();
    await page.getByRole('heading', { name: 'Shells' }).waitFor();
  }),
  overlay('shell-maximised', async (page) => {
    if ((await page.getByTestId('terminal').count()) === 0) await openShell(page, app);
    await page.getByTestId('dock-maximise').click();
    await page.getByTestId('terminal').first().waitFor();
  }),
];

/** The views that are not for somebody who is logged in to a console with nodes; each brings its page itself. */
export const entryViews: readonly View[] = [
  pageView('login', async (page, { origin }) => {
    await page.goto(`${origin}/?token=wrong-wrong-wrong-wrong`);
    await page.getByTestId('login-problem').getByText('not the token').waitFor();
  }),
  pageView('empty', async (page, { url }) => {
    await page.goto(url);
    await page.getByTestId('launch-typescript').waitFor();
  }),
];

export const views: readonly View[] = [
  ...quietViews,
  ...logViews,
  ...clusterViews,
  ...insideViews,
  ...shellViews,
];

/** Long enough to be cut wherever it is shown. */
const longName =
  'a-worker-with-a-very-long-name-in-the-europe-west-cluster-17@ip-10-20-30-40.eu-west-1.compute.example';

/** A cluster with one of everything, a node that does not answer, and a name for which there is no room. */
export function shownCluster(): NodeView[] {
  return [
    ...busyCluster(),
    nodeNamed(longName, { startedAt: Date.now() }),
    nodeNamed('quiet@127.0.0.1', { status: 'unreachable', startedAt: Date.now() }),
  ];
}

export interface Stage extends AsyncDisposable {
  readonly page: Page;
  readonly scripted: ScriptedConsole;
  /** Everything that the page has complained of so far. */
  readonly complaints: readonly string[];
  /** Shows a view, from the beginning. */
  show(view: View): Promise<void>;
}

/** A page of that width and theme, on a console with these nodes. */
export async function setStage(
  browser: Browser,
  {
    width,
    theme,
    nodes,
  }: { readonly width: ViewWidth; readonly theme: ViewTheme; readonly nodes: NodeView[] },
): Promise<Stage> {
  const scripted = await ScriptedConsole.start({ nodes });
  const lines = ['booting', '[info] Running App.Endpoint with cowboy 2.9.0', '[err] slow query: 1200 ms'];
  for (const line of lines) scripted.print(web, line);
  const page = await browser.newPage({
    viewport: viewports[width],
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    page,
    scripted,
    complaints,
    async show(view) {
      await page.goto('about:blank');
      scripted.answers.clear();
      for (const id of scripted.clusters.keys()) if (id !== 'local') scripted.dropCluster(id);
      // The views of a console without nodes bring their page themselves.
      if (nodes.length > 0) {
        await page.goto(`${scripted.url}#/nodes`);
        await card(page, web).waitFor();
      }
      await view.open(page, scripted);
    },
    async [Symbol.asyncDispose]() {
      await page.close();
      await scripted[Symbol.asyncDispose]();
    },
  };
}
