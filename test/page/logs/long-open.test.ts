/** A page that follows a log for long: however many lines come and go, nothing of it piles up. */

import { busyCluster } from '../../../packages/console-web/test/scenes.ts';
import { onlyInAll } from '../../support/extent.ts';
import { assertFlat, HeldMemory } from '../inside/held-memory.ts';
import { pageTest } from '../page-test.ts';
import { app } from '../page-visit.ts';
import { openLogs, texts } from './log-page.ts';

/** Of 1000 lines each. The page keeps 20,000. */
const rounds = onlyInAll() === false ? 600 : 40;
const firstRounds = 25;

pageTest(`${rounds},000 lines leave nothing behind`, {}, async ({ visit, browserName }) => {
  if (browserName === 'firefox') return;
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await openLogs(visited, `/${app}`);
  const memory = await HeldMemory.of(page);
  const print = async (from: number, to: number): Promise<void> => {
    for (let round = from; round < to; round += 1) {
      scripted.print(app, ...texts(1000, round * 1000 + 1));
      const last = page.getByText(`line ${(round + 1) * 1000}`, { exact: true }).first();
      await last.waitFor();
      if (round % 10 !== 0) continue;
      // What somebody does meanwhile: search, and look at a line.
      await page.getByTestId('logs-filter').fill(`line ${round}`);
      await page.getByTestId('logs-filter').fill('');
      await last.click();
      await page.getByTestId('log-details').waitFor();
      await last.click();
      await page.getByTestId('log-details').waitFor({ state: 'detached' });
      await page.keyboard.press('f');
    }
  };
  await print(0, firstRounds);
  await page.getByTestId('logs-count').getByText('20,000 lines').waitFor();
  const before = await memory.now();
  await print(firstRounds, firstRounds + rounds);
  assertFlat(before, await memory.now());
});
