/** Asks a node for its ETS tables, and for rows of one. */

import { atom, type Term, tuple } from '@convoy/node/etf';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, oneOf, text, timeout } from '../asking/options.ts';
import { erlangTerm } from '../asking/term-text.ts';
import type { InspectAnswer, InspectProblem } from '../read/answer.ts';
import { readRows, readTables, type TableContent, type TableList } from './read-tables.ts';
import { rowsBody, tablesBody } from './table-program.ts';

/** Options of `ets`. `timeoutMs` is 10000 by default. */
export interface TablesOptions extends InspectOptions {
  /** Default `memory`. */
  readonly sort?: 'memory' | 'size' | undefined;
  /** Number of tables to list, up to 500. Default 50. */
  readonly limit?: number | undefined;
}

/** Options of `rows`. `timeoutMs` is 5000 by default. */
export interface RowsOptions extends InspectOptions {
  /** Number of rows, up to 200. Default 20. */
  readonly limit?: number | undefined;
  /**
   * Only the rows with this key: an Erlang term, `cart`, `{user,<<"anna">>}`, or a pid, reference or port as the node prints it. It is
   * read, never evaluated. Default: the first rows.
   */
  readonly key?: string | undefined;
}

const maxTables = 500_000;

export async function askTables(
  asker: Asker,
  node: string,
  options: TablesOptions = {},
): Promise<InspectAnswer<TableList>> {
  const limit = count('limit', options.limit, { least: 1, most: 500, otherwise: 50 });
  const bindings = {
    Limit: limit,
    Most: maxTables,
    Sort: atom(oneOf('sort', options.sort, ['memory', 'size'])),
  };
  const timeoutMs = timeout(options.timeoutMs, 10_000);
  const answer = await askNode(asker, {
    node,
    body: tablesBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readTables(value, { node, limit }));
}

/** A question for rows of a table, of ETS or of Mnesia. */
export interface RowsQuestion {
  readonly table: string;
  readonly options?: RowsOptions | undefined;
  /** The program that reads them. */
  readonly body: string;
  readonly read: (
    answer: Term,
    asked: { readonly node: string; readonly table: string; readonly limit: number },
  ) => TableContent | InspectProblem | undefined;
}

export function askRows(
  asker: Asker,
  node: string,
  question: Pick<RowsQuestion, 'table' | 'options'>,
): Promise<InspectAnswer<TableContent>> {
  return askTableRows(asker, node, { ...question, body: rowsBody, read: readRows });
}

export async function askTableRows(
  asker: Asker,
  node: string,
  { table, options = {}, body, read }: RowsQuestion,
): Promise<InspectAnswer<TableContent>> {
  const limit = count('limit', options.limit, { least: 1, most: 200, otherwise: 20 });
  const bindings = { Limit: limit, Name: text('table', table, 255), Wanted: wantedKey(options.key) };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => read(value, { node, table, limit }));
}

/** What `seeking` looks for. */
function wantedKey(key: string | undefined): Term {
  if (key === undefined) return atom('all');
  const written = text('key', key.trim(), 10_000);
  for (const [kind, form] of identifiers) {
    if (form.test(written))
      return tuple(
        atom(kind),
        Array.from(written, (character) => character.charCodeAt(0)),
      );
  }
  return tuple(atom('term'), erlangTerm('key', written));
}

const identifiers = [
  ['pid', /^<\d{1,10}\.\d{1,10}\.\d{1,10}>$/],
  ['reference', /^#Ref<[\d.]{1,80}>$/],
  ['port', /^#Port<[\d.]{1,40}>$/],
] as const;
