/** What the page says of rows of a table. Pure. */

import { formatCount } from '../../page/format.ts';
import { formatNumber } from '../inside-format.ts';
import type { TableRows } from '../questions.ts';

/** How many rows are shown, and of what; `limit` and `key` are those that were asked for. */
export function rowsSummary(
  { total, limit, rows, found }: TableRows,
  wanted: { readonly limit: number; readonly key: string },
): string {
  const large = limit < wanted.limit ? `; fewer than ${wanted.limit} were read, because they are large` : '';
  if (found === undefined)
    return `${formatNumber(rows.length)} of ${formatNumber(total)} rows, in the order of the table${large}`;
  if (found === 0) return `No row has the key ${wanted.key}; the table has ${formatCount(total, 'row')}`;
  const shown = rows.length < found ? `${formatNumber(rows.length)} of ` : '';
  return `${shown}${formatCount(found, 'row')} with the key ${wanted.key}, of ${formatNumber(total)}${large}`;
}
