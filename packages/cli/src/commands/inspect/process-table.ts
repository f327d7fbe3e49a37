/** Lists of processes as tables for people. Pure. */

import type { ProcessListView, ProcessRowView, ProcessSortView } from '@convoy/console/protocol';
import type { Shown } from '../../targets/inspecting/inspected-node.ts';
import { type Column, fittedTable } from '../../terminal/fitted-table.ts';
import { bytesText, countText } from '../../terminal/units.ts';

type Row = Shown<ProcessRowView>;

/** The processes, with how many there are besides them. */
export function processTable(
  list: Shown<ProcessListView>,
  sort: ProcessSortView,
  width: number | undefined,
): string {
  const isRate = sort === 'reductions' && list.rows.some((row) => row.reductionsPerSecond !== undefined);
  const columns: Column[] = [
    { head: 'PID', kind: 'whole-text' },
    { head: 'NAME OR CALL', kind: 'text' },
    { head: isRate ? 'RED/S' : 'REDUCTIONS', kind: 'number' },
    { head: 'MEMORY', kind: 'number' },
    { head: 'QUEUE', kind: 'number' },
    { head: 'CURRENT FUNCTION', kind: 'text' },
  ];
  const rows = list.rows.map((row) => [
    row.pid,
    calledText(row),
    countText(isRate ? row.reductionsPerSecond : row.reductions),
    bytesText(row.memoryBytes),
    countText(row.messageQueueLength),
    row.currentFunction ?? '',
  ]);
  return [fittedTable(columns, rows, width), summaryOf(list)].join('\n');
}

/** What a process is called: by its name, its label or its initial call. */
export function calledText({
  name,
  label,
  initialCall,
}: Pick<Row, 'name' | 'label' | 'initialCall'>): string {
  const called = name ?? initialCall ?? '';
  return label === undefined ? called : [called, label].filter((part) => part !== '').join(' ');
}

function summaryOf({ rows, total, seen, matching }: Shown<ProcessListView>): string {
  const of = matching === seen ? '' : `${countText(matching)} that match, `;
  const looked = seen === total ? '' : `, of which the first ${countText(seen)} were looked at`;
  return `${countText(rows.length)} of ${of}${countText(total)} processes${looked}`;
}
