/**
 * What goes wrong on Railway, as it is seen in the page: lookups that fail for a minute, a build that fails, the limit of
 * requests, sockets that are cut while logs are followed, a node that is killed and replaced, and one that crashes for good.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRailwayClient, type RailwayEnvironment } from '@convoy/cluster/railway';
import * as railway from '@convoy/railway-simulator';
import { startConsole } from '@convoy/console';
import type { Page } from 'playwright-core';
import { simulateRailway } from '../../packages/cli/src/running/simulate-railway.ts';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { cardOf, launchOnRailway, picture, remove, Terminal } from '../support/console/console-page.ts';
import { convoyCommand } from '../support/console/console-process.ts';
import { freePort, missingPeer } from '../support/erlang/erlang-node.ts';
import { eventually } from '../support/eventually.ts';
import { onlyInAll } from '../support/extent.ts';
import { mayTake } from '../support/time-limit.ts';

const skip = withoutBrowser || (railway.missingNamespaces() ?? missingPeer('25', 'elixir'));
const outageMs = 60_000;
const nameOf = (service: string): string => `${service}@${service}.railway.internal`;

async function startWorld() {
  await using stack = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-console-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const simulation = await simulateRailway({ railway, folder: join(dataDir, 'simulator'), convoyCommand });
  stack.defer(() => simulation.close());
  const epmdPort = await freePort();
  const convoy = await startConsole({
    port: 0,
    dataDir,
    convoyCommand,
    epmdPort,
    railway: simulation.settings,
  });
  stack.defer(() => convoy.close());
  const { simulator } = simulation;
  const client = createRailwayClient({ endpoint: simulator.endpoint, token: simulator.token });
  stack.defer(() => client.close());
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const owned = stack.move();
  return {
    url: convoy.url,
    page,
    simulator,
    environment: client.environment(simulator.places[0]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** With the console's own token; another test covers entering one. */
async function openEnvironment(page: Page): Promise<void> {
  await page.getByTestId('railway-open').first().click();
  await page.getByTestId('railway-own-token').click();
  await page.getByTestId('railway-place').click();
  await page.getByTestId('railway-panel').waitFor();
}

async function waitForStatus(page: Page, node: string, status: string): Promise<void> {
  await page
    .locator(`[data-testid="node-card"][data-node="${node}"][data-status="${status}"]`)
    .waitFor({ timeout: 60_000 });
}

async function waitForPeers(page: Page, node: string, peers: number): Promise<void> {
  const text = peers === 1 ? '1 peer' : `${peers} peers`;
  await cardOf(page, node).getByText(text, { exact: true }).waitFor({ timeout: 60_000 });
}

async function deploymentOf(environment: RailwayEnvironment, service: string): Promise<string> {
  const found = (await environment.services()).find(({ name }) => name === service);
  return found?.latestDeployment?.id ?? assert.fail(`no deployment of ${service}`);
}

async function logOf(environment: RailwayEnvironment, service: string): Promise<string[]> {
  const lines = await environment.recentLogs(await deploymentOf(environment, service), { limit: 500 });
  return lines.map(({ text }) => text);
}

test(
  'failures on Railway are reported, and everything else continues',
  { skip: onlyInAll(skip) },
  async (t) => {
    mayTake(t, { seconds: 120, because: 'no name can be looked up for a minute' });
    await using world = await startWorld();
    const { page, simulator, environment, url } = world;
    await page.goto(url);
    await openEnvironment(page);
    for (const kind of ['typescript', 'typescript', 'elixir']) await launchOnRailway(page, kind);
    const [first, second, third, elixir] = ['ts-1', 'ts-2', 'ts-3', 'elixir-1'].map(nameOf) as [
      string,
      string,
      string,
      string,
    ];
    for (const node of [first, second, elixir]) await waitForPeers(page, node, 2);

    // From here on, all lookups fail.
    await simulator.dns?.fail('SERVFAIL');
    const outageFrom = performance.now();

    simulator.addFault({ kind: 'buildFails', message: 'the registry knows no such tag' });
    await launchOnRailway(page, 'typescript');
    await waitForStatus(page, third, 'failed');
    await cardOf(page, third)
      .getByText(/the registry knows no such tag/)
      .first()
      .waitFor();
    await picture(page, 'railway-build-failed');
    assert.deepEqual((await environment.services()).map(({ name }) => name).toSorted(), [
      'elixir-1',
      'ts-1',
      'ts-2',
    ]);
    await remove(page, third);

    simulator.addFault({ kind: 'rateLimited', retryAfterSeconds: 3, operation: 'ServiceCreate' });
    await launchOnRailway(page, 'typescript');
    await cardOf(page, third).getByTestId('node-details').click();
    await cardOf(page, third)
      .getByText(/request limit is used up/)
      .first()
      .waitFor();
    await picture(page, 'railway-rate-limited');
    // It comes up, but cannot find the others while lookups fail.
    await waitForStatus(page, third, 'up');
    await cardOf(page, third)
      .getByText(/discovered 0; it has not discovered/)
      .first()
      .waitFor();
    await picture(page, 'railway-no-names');

    // No line is lost or repeated when sockets break.
    const iex = await Terminal.open(page, elixir, /iex\(.*\)1>/);
    await cardOf(page, elixir).getByTestId('open-logs').first().click();
    await iex.enter(':ping |> then(&for _ <- 1..5, do: send(:convoy_worker, &1)) |> length()');
    const pings = page.getByText(`Received ping on node ${elixir}`);
    await eventually('five lines', 30_000, async () => (await pings.count()) === 5);
    simulator.cutSockets();
    await iex.enter(':ping |> then(&for _ <- 1..5, do: send(:convoy_worker, &1)) |> length()');
    await eventually('ten lines', 30_000, async () => (await pings.count()) === 10);
    await picture(page, 'railway-logs-after-cut');

    await eventually(
      'the minute without names to be over',
      outageMs,
      () => performance.now() - outageFrom > outageMs,
    );
    await iex.enter('Node.list() |> length()');
    await iex.waitFor(/^2$/m);
    for (const service of ['ts-1', 'ts-2']) {
      const log = await logOf(environment, service);
      assert.ok(
        log.every((line) => !/is gone/.test(line)),
        `${service} lost a peer:\n${log.join('\n')}`,
      );
    }
    assert.ok(
      (await logOf(environment, 'ts-2')).some((line) => /discovery by railway-dns failed/.test(line)),
    );
    await simulator.dns?.mend();
    await page.getByTestId('nav-nodes').click();
    for (const node of [first, second, third, elixir]) await waitForPeers(page, node, 3);

    // Railway starts another container in place of one that was killed.
    const before = (await logOf(environment, 'ts-1')).length;
    simulator.crash(await deploymentOf(environment, 'ts-2'));
    await eventually('ts-1 to see it go and come', 60_000, async () => {
      const since = (await logOf(environment, 'ts-1')).slice(before).join('\n');
      return /ts-2@\S+ is gone[\s\S]*ts-2@\S+ is connected/.test(since);
    });
    for (const node of [first, second, third, elixir]) await waitForPeers(page, node, 3);

    // Until Railway gives up restarting it.
    const doomed = await deploymentOf(environment, 'ts-3');
    await eventually('Railway to give it up', 60_000, async () => {
      const { status } = await environment.deployment(doomed);
      if (status !== 'CRASHED') {
        try {
          simulator.crash(doomed);
        } catch {
          // The next container is still being started.
        }
      }
      return status === 'CRASHED';
    });
    await waitForStatus(page, third, 'crashed');
    await cardOf(page, third)
      .getByText(/CRASHED|crashed/)
      .first()
      .waitFor();
    await picture(page, 'railway-crashed');
    for (const node of [first, second, elixir]) await waitForPeers(page, node, 2);
    await remove(page, third);
  },
);
