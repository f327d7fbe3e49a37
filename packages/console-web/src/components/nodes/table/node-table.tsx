/** The table of nodes: filtered, sorted, in groups by cluster and place. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import { routeNode } from '../../../router.ts';
import { filterNodes, groupNodes, type NodeGroup, sortNodes } from '../../../state/nodes/node-table.ts';
import { addKeys } from '../../../state/shortcuts.ts';
import { tableView } from '../../../state/page/table-view.ts';
import { NodeRow } from '../node-row.tsx';
import { GroupHeading } from './group-heading.tsx';
import { TableHead } from './table-head.tsx';
import { takeTableKey } from './table-keys.ts';

/** From so many nodes on, rows are compact unless the user has chosen otherwise. */
const manyNodes = 13;

/** Whether the rows of this many nodes are compact. */
export function isCompactFor(count: number): boolean {
  const { density } = tableView.value;
  return density === 'auto' ? count >= manyNodes : density === 'compact';
}

interface ShownGroup extends NodeGroup {
  readonly isFolded: boolean;
}

/** The groups as they are shown. The node that the address names is shown whatever the filters hide. */
export function shownGroups(nodes: readonly NodeView[]): readonly ShownGroup[] {
  const { filters, sort, folded } = tableView.value;
  const named = routeNode();
  const fitting = new Set(filterNodes(nodes, filters));
  const groups = groupNodes(nodes.filter((node) => fitting.has(node) || node.id === named));
  return groups.map((group) => ({
    ...group,
    nodes: sortNodes(group.nodes, sort),
    isFolded: folded.includes(group.key) && !group.nodes.some(({ id }) => id === named),
  }));
}

/** The nodes whose rows are shown. */
export function nodesIn(groups: readonly ShownGroup[]): readonly NodeView[] {
  return groups.flatMap(({ isFolded, nodes }) => (isFolded ? [] : nodes));
}

export function NodeTable(props: {
  readonly groups: readonly ShownGroup[];
  readonly isCompact: boolean;
}): JSX.Element {
  const { groups, isCompact } = props;
  useEffect(() => addKeys(takeTableKey), []);
  return (
    <div role="table" aria-label="Nodes" class={`node-table ${isCompact ? 'is-compact' : ''}`}>
      <TableHead shown={nodesIn(groups).map(({ id }) => id)} />
      {groups.map((group) => (
        <Fragment key={group.key}>
          <GroupHeading group={group} isFolded={group.isFolded} />
          {!group.isFolded && group.nodes.map((node) => <NodeRow key={node.id} node={node} />)}
        </Fragment>
      ))}
    </div>
  );
}
