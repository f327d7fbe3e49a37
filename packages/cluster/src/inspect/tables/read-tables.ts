/** Reads the ETS tables of a node, and rows of one. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import type { InspectProblem } from '../read/answer.ts';
import {
  countOf,
  elementsOf,
  fieldsOf,
  given,
  listOf,
  nameOf,
  pidTextOf,
  textOf,
} from '../read/read-term.ts';
import { maxBagBytes, maxCopiedBytes, maxRowCharacters } from './table-program.ts';

/** An ETS table. */
export interface TableRow {
  /** What `rows` takes: its name, or its reference as its node prints it. */
  readonly table: string;
  /** Several tables may have this name. */
  readonly name: string;
  readonly type?: string;
  readonly protection?: string;
  /** `<0.85.0>` */
  readonly owner?: string;
  readonly size?: number;
  readonly memoryBytes?: number;
}

/** The largest tables of a node. */
export interface TableList {
  /** All tables of the node. */
  readonly total: number;
  readonly rows: readonly TableRow[];
}

/** Rows of a table, in the order of the table. */
export interface TableContent {
  /** All rows of the table. */
  readonly total: number;
  /** The number of rows that were asked for: less than `limit` if the rows are large. */
  readonly limit: number;
  /** As Erlang text, cut by the node. */
  readonly rows: readonly string[];
  /** With a key: the number of rows that have it. */
  readonly found?: number;
}

/** Reads the answer to `tablesBody`; `undefined` if it is not one. */
export function readTables(
  answer: Term,
  { node, limit }: { readonly node: string; readonly limit: number },
): TableList | undefined {
  const [total, wordsize, rows] = elementsOf(answer);
  const [all, bytes] = [countOf(total), countOf(wordsize)];
  if (all === undefined || bytes === undefined) return undefined;
  return { total: all, rows: listOf(rows, limit).flatMap((row) => tableOf(row, node, bytes) ?? []) };
}

/** Reads the answer to `rowsBody`; a problem if the table is gone or private, `undefined` if it is not an answer. */
export function readRows(
  answer: Term,
  { node, table, limit }: { readonly node: string; readonly table: string; readonly limit: number },
): TableContent | InspectProblem | undefined {
  switch (answer === undefined ? undefined : atomName(answer)) {
    case 'gone':
      return { kind: 'gone', message: `${node} has no table ${table}.` };
    case 'private':
      return {
        kind: 'failed',
        message: `The table ${table} is private: only its owner can read its rows.`,
      };
    default: {
      const [size, asked, rows, found] = elementsOf(answer);
      if (size !== undefined && atomName(size) === 'large_bag') {
        const message = `${table} is a bag of ${countOf(asked) ?? 0} bytes. A key is not looked up in one above ${maxBagBytes}, because it may have any number of rows.`;
        return { kind: 'too-large', message };
      }
      if (size !== undefined && atomName(size) === 'large') {
        const bytes = countOf(asked) ?? 0;
        const message = `A row of ${table} has ${bytes} bytes on average. None is read above ${maxCopiedBytes}.`;
        return { kind: 'too-large', message };
      }
      const [total, count] = [countOf(size), countOf(asked)];
      if (total === undefined || count === undefined) return undefined;
      const shown = listOf(rows, limit).map((row) => textOf(row, maxRowCharacters * 2) ?? '');
      return { total, limit: Math.min(count, limit), rows: shown, ...given({ found: countOf(found) }) };
    }
  }
}

function tableOf(term: Term, node: string, wordsize: number): TableRow | undefined {
  const [table, info] = elementsOf(term);
  const handle = textOf(table, 255);
  const items = fieldsOf(info);
  if (handle === undefined || items.size === 0) return undefined;
  const words = countOf(items.get('memory'));
  return {
    table: handle,
    name: nameOf(items.get('name')) ?? handle,
    ...given({
      type: nameOf(items.get('type')),
      protection: nameOf(items.get('protection')),
      owner: pidTextOf(items.get('owner'), node),
      size: countOf(items.get('size')),
      memoryBytes: words === undefined ? undefined : words * wordsize,
    }),
  };
}
