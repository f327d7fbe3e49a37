/** What the page shows of the inside of a node: every panel, and what it says when the node does not answer. */

import type { Page } from 'playwright-core';
import { unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { answerAll, answerTo } from '../inside/inside-script.ts';
import { traceEvents, traceStarted, wishes } from '../inside/trace-script.ts';
import { app, until } from '../page-visit.ts';
import type { ScriptedConsole } from '../scripted-console.ts';
import { pageView, type View } from './view.ts';

async function openInside(page: Page, { origin }: ScriptedConsole, place: string): Promise<void> {
  await page.goto(`${origin}/#/nodes/${app}/${place}`);
}

function inside(name: string, place: string, shown: string): View {
  return pageView(name, async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, place);
    await page.getByTestId(shown).getByTestId('answer').waitFor();
  });
}

export const insideViews: readonly View[] = [
  pageView('inside-overview', async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, 'overview');
    await page.getByTestId('card-memory').waitFor();
    await page.getByTestId('chart-load').waitFor();
  }),
  inside('inside-processes', 'processes', 'panel-processes'),
  inside('inside-process', 'processes/<0.1207.0>', 'panel-process'),
  inside('inside-applications', 'applications', 'panel-applications'),
  inside('inside-tree', 'applications/shop', 'panel-tree'),
  inside('inside-tables', 'tables', 'panel-tables'),
  inside('inside-rows', 'tables/Elixir.Shop.Prices', 'panel-rows'),
  pageView('inside-trace', async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, 'trace');
    await page.getByTestId('trace-function').fill('Shop.Cart.add/2');
    await page.getByTestId('trace-start').click();
    await until('the request', () => wishes(scripted).length === 1);
    scripted.tell(traceStarted(scripted, app));
    scripted.tell({ type: 'trace.events', traceId: 'trace-of-test', events: traceEvents });
    await page.getByTestId('trace-row').nth(2).waitFor();
  }),
  pageView('inside-slow', async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, 'processes');
    await page.getByTestId('process-row').first().waitFor();
    const slow = { kind: 'slow', message: `${app} has not answered within 5 s.` } as const;
    answerTo(
      scripted,
      'processes',
      unavailable({ ...slow, remedy: 'It may be very busy. Ask again later.' }),
    );
    await page.getByTestId('panel-refresh').click();
    await page.getByTestId('trouble').waitFor();
  }),
];
