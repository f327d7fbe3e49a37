/** The head of the table of nodes: every column sorts. */

import type { JSX } from 'preact';
import { selectAll, clearSelection, selection } from '../../../state/nodes/selection.ts';
import { nextSort, showTable, type SortColumn, tableView } from '../../../state/page/table-view.ts';
import { Glyph } from '../../glyphs.tsx';
import { columnNames, columns } from '../columns.ts';

function ColumnHead({ column }: { readonly column: SortColumn }): JSX.Element {
  const { sort } = tableView.value;
  const isSorted = sort?.column === column;
  const direction = sort?.isDescending === true ? 'descending' : 'ascending';
  return (
    <span role="columnheader" class={`cell-${column}`} aria-sort={isSorted ? direction : undefined}>
      <button
        type="button"
        class="sort-button"
        data-testid={`sort-${column}`}
        title={`Sort by ${columnNames[column].toLowerCase()}`}
        onClick={() => showTable({ sort: nextSort(sort, column) })}
      >
        <span>{columnNames[column]}</span>
        {isSorted && <Glyph name={direction === 'ascending' ? 'chevronUp' : 'chevronDown'} />}
      </button>
    </span>
  );
}

/** `shown`: ids of the nodes whose rows are shown. */
export function TableHead({ shown }: { readonly shown: readonly string[] }): JSX.Element {
  const chosen = shown.filter((id) => selection.value.has(id)).length;
  const isWhole = chosen > 0 && chosen === shown.length;
  return (
    <div role="rowgroup" class="table-head">
      <div role="row" class="node-row head-row">
        <span role="columnheader" class="cell-select">
          <span class="visually-hidden">Selection</span>
          <input
            type="checkbox"
            class="row-check"
            aria-label="Select all nodes that are shown"
            data-testid="select-all"
            checked={isWhole}
            indeterminate={chosen > 0 && !isWhole}
            onChange={() => (isWhole ? clearSelection() : selectAll(shown))}
          />
        </span>
        {columns.map((column) => (
          <ColumnHead key={column} column={column} />
        ))}
        <span role="columnheader" class="cell-actions">
          <span class="visually-hidden">Actions</span>
        </span>
      </div>
    </div>
  );
}
