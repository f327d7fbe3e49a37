/** What the page shows of the inside of a node: every panel, and what it says when the node does not answer. */

import type { Page } from 'playwright-core';
import type { MessageRequest } from '@convoy/console/protocol';
import { answered, unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { moduleDetails } from '../../../packages/console-web/test/part-scenes.ts';
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
  inside('inside-mnesia', 'mnesia', 'panel-mnesia'),
  inside('inside-ports', 'ports', 'panel-ports'),
  inside('inside-names', 'names', 'panel-names'),
  pageView('inside-groups', async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, 'names');
    await page.getByTestId('names-groups').click();
    await page.getByTestId('group-row').first().waitFor();
  }),
  inside('inside-modules', 'modules', 'panel-modules'),
  pageView('inside-module', async (page, scripted) => {
    answerAll(scripted);
    const text = 'Adds so many of an article to the cart.\n\n    iex> Shop.Cart.add(cart, 3)\n    :ok\n';
    const docs = [{ kind: 'function', function: 'add/2', signature: ['add(cart, count)'], text }];
    await openInside(page, scripted, `modules/${moduleDetails.module}`);
    await page.getByTestId('card-exports').waitFor();
    answerTo(scripted, `modules/${moduleDetails.module}`, answered({ ...moduleDetails, docs }));
    await page.getByTestId('export').first().click();
    await page.getByTestId('card-docs').getByText('Adds so many').waitFor();
  }),
  pageView('inside-code', async (page, scripted) => {
    answerAll(scripted);
    await openInside(page, scripted, 'modules');
    await page.getByTestId('modules-compared').click();
    await page.getByTestId('differing').first().waitFor();
  }),
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
  pageView('inside-send', async (page, scripted) => {
    answerAll(scripted);
    const gone = { kind: 'gone', message: 'There is no process Elixir.Shop.Cart.' } as const;
    const value = (size: number) =>
      answered({ text: `#{size => ${size},oldest => {user,7},currency => eur}`, bytes: 64, hash: size });
    const answers = [value(1204), unavailable(gone), value(1187)];
    scripted.answers.set('POST /api/clusters/local/call', (body) => {
      const { nodes } = body as MessageRequest;
      const answer = nodes.map((node, at) => ({ node, answer: answers[at] ?? value(1204) }));
      return { status: 200, answer };
    });
    await openInside(page, scripted, 'send');
    await page.getByTestId('syntax-elixir').click();
    await page.getByTestId('message-to').fill('Shop.Cart');
    await page.getByTestId('message-term').fill('{:status, :all}');
    await page.getByTestId('choose-node').nth(1).waitFor();
    if ((await page.getByTestId('choose-all').innerText()).startsWith('All'))
      await page.getByTestId('choose-all').click();
    await page.getByTestId('message-send').click();
    await page.getByTestId('reply').nth(3).waitFor();
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
