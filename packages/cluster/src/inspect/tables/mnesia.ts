/** Asks a node for its Mnesia tables, and for rows of one. */

import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, text, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { mnesiaBody, mnesiaRowsBody } from './mnesia-program.ts';
import { type MnesiaOverview, readMnesia, readMnesiaRows } from './read-mnesia.ts';
import type { TableContent } from './read-tables.ts';
import { type RowsOptions, wantedKey } from './tables.ts';

export async function askMnesia(
  asker: Asker,
  node: string,
  options: InspectOptions = {},
): Promise<InspectAnswer<MnesiaOverview>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, { node, body: mnesiaBody, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, (value) => readMnesia(value, node));
}

export async function askMnesiaRows(
  asker: Asker,
  node: string,
  { table, options = {} }: { readonly table: string; readonly options?: RowsOptions | undefined },
): Promise<InspectAnswer<TableContent>> {
  const limit = count('limit', options.limit, { least: 1, most: 200, otherwise: 20 });
  const bindings = { Limit: limit, Name: text('table', table, 255), Wanted: wantedKey(options.key) };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body: mnesiaRowsBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readMnesiaRows(value, { node, table, limit }));
}
