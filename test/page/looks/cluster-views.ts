/** What the page shows of clusters that were attached: their nodes, and the dialogs about them. */

import type { Locator, Page } from 'playwright-core';
import {
  attachedCluster,
  failedCluster,
  twoClusters,
} from '../../../packages/console-web/test/cluster-scenes.ts';
import type { ScriptedConsole } from '../scripted-console.ts';
import { card, overlay, pageView, type View } from './view.ts';

const prodApp = 'prod:app@10.0.0.5';

/** The console attaches two clusters, one of them production, with nodes of the same names. */
async function attachClusters(page: Page, scripted: ScriptedConsole): Promise<void> {
  const { clusters, nodes } = twoClusters();
  for (const cluster of clusters) scripted.putCluster(cluster);
  for (const node of nodes) if (node.origin === 'member') scripted.put(node);
  await card(page, prodApp).waitFor();
}

function clusterChoice(page: Page, cluster: string): Locator {
  return page.locator(`[data-testid="cluster-choice"][data-cluster="${cluster}"]`);
}

async function openSettings(page: Page, cluster: string): Promise<void> {
  await page.locator(`[data-testid="cluster-settings"][data-cluster="${cluster}"]`).click();
  await page.getByTestId('cluster-label').waitFor();
}

/** Clusters that were attached, and the dialogs about them. */
export const clusterViews: readonly View[] = [
  pageView('clusters', attachClusters),
  pageView('clusters-mesh', async (page, scripted) => {
    await attachClusters(page, scripted);
    await page.getByTestId('nav-mesh').click();
    await page.locator('[data-testid="mesh-node"][data-node="prod:store@10.0.0.7"]').click();
    await page.getByRole('complementary').getByTestId('apart-notice').waitFor();
  }),
  overlay('connect', async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette-input').fill('connect a node');
    await page.keyboard.press('Enter');
    await page.getByTestId('connect-names').fill('app');
    await page.getByTestId('connect-proto').selectOption('tls');
    await page.getByTestId('connect-way').selectOption('ssh');
  }),
  overlay('connect-failed', async (page, scripted) => {
    await attachClusters(page, scripted);
    scripted.putCluster({ ...failedCluster('third'), color: 'pink' });
    await clusterChoice(page, 'third').click();
    await page.getByTestId('doctor-fault').waitFor();
  }),
  overlay('cluster', async (page, scripted) => {
    await attachClusters(page, scripted);
    scripted.putCluster(attachedCluster('staging', { state: 'down', color: 'teal' }));
    await openSettings(page, 'staging');
  }),
  overlay('cluster-leave', async (page, scripted) => {
    await attachClusters(page, scripted);
    await openSettings(page, 'prod');
    await page.getByTestId('leave-cluster').click();
    await page.getByTestId('confirm-leave').hover();
  }),
  overlay('disconnect', async (page, scripted) => {
    await attachClusters(page, scripted);
    const path = `/api/nodes/${encodeURIComponent(prodApp)}/disconnect/forecast`;
    scripted.answers.set(`POST ${path}`, () => ({
      status: 200,
      answer: {
        summary:
          'web@10.0.0.6 will lose all its connections, because the others prevent overlapping partitions.',
        lost: [
          ['app@10.0.0.5', 'web@10.0.0.6'],
          ['store@10.0.0.7', 'web@10.0.0.6'],
        ],
        leaving: [{ name: 'web@10.0.0.6', keeps: [] }],
        isRace: true,
        isCertain: false,
      },
    }));
    await card(page, prodApp).getByTestId('node-peers').click();
    await page.locator('[data-item="disconnect-prod:web@10.0.0.6"]').click();
    await page.getByTestId('forecast').waitFor();
  }),
  overlay('joined-again', async (page, scripted) => {
    await attachClusters(page, scripted);
    scripted.answers.set('POST /api/clusters/staging/reconnect', () => ({
      status: 200,
      answer: {
        connected: [['app@10.0.0.5', 'web@10.0.0.6']],
        missing: [['app@10.0.0.5', 'store@10.0.0.7']],
        absent: ['gone@10.0.0.8'],
      },
    }));
    await openSettings(page, 'staging');
    await page.getByTestId('join-all').last().click();
    await page.getByTestId('reconnected-dialog').waitFor();
  }),
  overlay('production', async (page, scripted) => {
    await attachClusters(page, scripted);
    // Compact rows show the notice with the details.
    await card(page, prodApp).getByTestId('node-details').click();
    await card(page, prodApp).getByTestId('join-all').click();
    await page.getByTestId('confirm-production').hover();
  }),
];
