/** A scripted console whose node `app` answers everything about its inside. */

import type { Page } from 'playwright-core';
import {
  answered,
  applications,
  history,
  overview,
  processDetails,
  processList,
  tableRows,
  tables,
  tree,
} from '../../../packages/console-web/test/inside-scenes.ts';
import {
  codeComparison,
  groups,
  mnesia,
  moduleDetails,
  modules,
  names,
  ports,
} from '../../../packages/console-web/test/part-scenes.ts';
import { app } from '../page-visit.ts';
import type { ScriptedConsole } from '../scripted-console.ts';

/** The key of a question about a node in the answers of a scripted console: `routeTo('overview')`. */
export function routeTo(question: string, node: string = app, method: string = 'GET'): string {
  const path = question.split('/').map(encodeURIComponent).join('/');
  return `${method} /api/nodes/${encodeURIComponent(node)}/${path}`;
}

/** Sets the answer to a question. Returns how often it has been asked since. */
export function answerTo(scripted: ScriptedConsole, question: string, answer: unknown): { asked: number } {
  const counter = { asked: 0 };
  scripted.answers.set(routeTo(question), () => {
    counter.asked += 1;
    return { status: 200, answer };
  });
  return counter;
}

/** Answers everything. */
export function answerAll(scripted: ScriptedConsole): void {
  scripted.answers.set(routeTo('history'), () => ({ status: 200, answer: history(Date.now()) }));
  answerTo(scripted, 'overview', answered(overview));
  answerTo(scripted, 'processes', answered(processList, { busyMs: 38, restMs: 0, reductions: 1_240_000 }));
  answerTo(scripted, `processes/${processDetails.pid}`, answered(processDetails));
  answerTo(scripted, 'applications', answered(applications));
  answerTo(scripted, 'applications/shop/tree', answered(tree));
  answerTo(scripted, 'tables', answered(tables));
  answerTo(scripted, 'tables/Elixir.Shop.Prices/rows', answered(tableRows));
  answerTo(scripted, 'ports', answered(ports));
  answerTo(scripted, 'names', answered(names));
  answerTo(scripted, 'groups', answered(groups));
  answerTo(scripted, 'modules', answered(modules));
  answerTo(scripted, `modules/${moduleDetails.module}`, answered(moduleDetails));
  answerTo(scripted, 'mnesia', answered(mnesia));
  answerTo(
    scripted,
    'mnesia/orders/rows',
    answered({ total: 91_204, limit: 20, rows: ['{order,7,cart,1}'] }),
  );
  scripted.answers.set('GET /api/clusters/local/code', () => ({
    status: 200,
    answer: answered(codeComparison),
  }));
}

/** The queries of all requests that end in `path`, as they are made from now on. */
export function queriesOf(page: Page, path: string): string[] {
  const queries: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (decodeURIComponent(pathname).endsWith(path))
      queries.push(decodeURIComponent(searchParams.toString()));
  });
  return queries;
}
