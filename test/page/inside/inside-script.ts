/** A scripted console whose node `app` answers everything about its inside. */

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
}
