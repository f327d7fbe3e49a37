/** Asks a node for its Mnesia tables, and for rows of one. */

import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { mnesiaBody, mnesiaRowsBody } from './mnesia-program.ts';
import { type MnesiaOverview, readMnesia, readMnesiaRows } from './read-mnesia.ts';
import type { TableContent } from './read-tables.ts';
import { askTableRows, type RowsQuestion } from './tables.ts';

export async function askMnesia(
  asker: Asker,
  node: string,
  options: InspectOptions = {},
): Promise<InspectAnswer<MnesiaOverview>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, { node, body: mnesiaBody, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, (value) => readMnesia(value, node));
}

export function askMnesiaRows(
  asker: Asker,
  node: string,
  question: Pick<RowsQuestion, 'table' | 'options'>,
): Promise<InspectAnswer<TableContent>> {
  return askTableRows(asker, node, { ...question, body: mnesiaRowsBody, read: readMnesiaRows });
}
