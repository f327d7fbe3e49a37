/** Filters of the table of nodes by what its rows have, and the density of the rows. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { clusterLabel } from '../../../state/clusters/clusters.ts';
import { filterValues, groupNodes, groupTitle } from '../../../state/nodes/node-table.ts';
import { kindNames, statusNames } from '../../../state/nodes/nodes.ts';
import {
  filterBy,
  type FilterKey,
  filterKeys,
  isFiltering,
  noFilters,
  showTable,
  tableView,
} from '../../../state/page/table-view.ts';
import { Glyph } from '../../glyphs.tsx';

const filterNames: Readonly<Record<FilterKey, { readonly label: string; readonly all: string }>> = {
  kind: { label: 'Kind', all: 'All kinds' },
  place: { label: 'Place', all: 'All places' },
  version: { label: 'Version', all: 'All versions' },
  status: { label: 'State', all: 'All states' },
};

interface Option {
  readonly value: string;
  readonly text: string;
}

function optionsOf(nodes: readonly NodeView[], key: FilterKey): readonly Option[] {
  if (key === 'place')
    return groupNodes(nodes).map((group) => ({
      value: group.key,
      text: groupTitle(group, clusterLabel(group.cluster)),
    }));
  const names: Readonly<Record<string, string>> =
    key === 'kind' ? kindNames : key === 'status' ? statusNames : {};
  return filterValues(nodes, key).map((value) => ({ value, text: names[value] ?? value }));
}

function FilterSelect({
  nodes,
  by,
}: {
  readonly nodes: readonly NodeView[];
  readonly by: FilterKey;
}): JSX.Element {
  const value = tableView.value.filters[by];
  const options = optionsOf(nodes, by);
  const isKnown = value === '' || options.some((option) => option.value === value);
  const { label, all } = filterNames[by];
  return (
    <select
      class="filter-select"
      aria-label={`Filter by ${label.toLowerCase()}`}
      data-testid={`filter-${by}`}
      data-active={value !== ''}
      value={value}
      onChange={(event) => filterBy({ [by]: event.currentTarget.value })}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
      {!isKnown && <option value={value}>{value}</option>}
    </select>
  );
}

/** `nodes`: all that could be shown. */
export function TableTools(props: {
  readonly nodes: readonly NodeView[];
  readonly isCompact: boolean;
}): JSX.Element {
  const { nodes, isCompact } = props;
  return (
    <div class="table-tools" role="group" aria-label="Filters and density">
      {filterKeys.map((key) => (
        <FilterSelect key={key} nodes={nodes} by={key} />
      ))}
      {isFiltering(tableView.value.filters) && (
        <button
          type="button"
          class="button quiet"
          data-testid="clear-filters"
          onClick={() => showTable({ filters: noFilters })}
        >
          Show all
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label="Compact rows"
        aria-pressed={isCompact}
        title={isCompact ? 'Show taller rows' : 'Show more rows'}
        data-testid="density"
        onClick={() => showTable({ density: isCompact ? 'comfortable' : 'compact' })}
      >
        <Glyph name="logs" />
      </button>
    </div>
  );
}
