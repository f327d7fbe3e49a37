/** The heading of the nodes of one cluster in one place: folds them, counts them, and launches more there. */

import type { JSX } from 'preact';
import { noteRoute, routeNode } from '../../../router.ts';
import { clusterLabel, clusters, findCluster } from '../../../state/clusters/clusters.ts';
import { placeOf } from '../../../state/launching/launch-places.ts';
import { groupTitle, type NodeGroup } from '../../../state/nodes/node-table.ts';
import { openDialog } from '../../../state/page/dialogs.ts';
import { formatCount } from '../../../state/page/format.ts';
import { foldGroup } from '../../../state/page/table-view.ts';
import { ClusterMark } from '../../clusters/cluster-mark.tsx';
import { ProductionMark } from '../../clusters/cluster-name.tsx';
import { CutText } from '../../cut-text.tsx';
import { Glyph } from '../../glyphs.tsx';
import { allColumns } from '../columns.ts';

interface GroupHeadingProps {
  readonly group: NodeGroup;
  readonly isFolded: boolean;
}

function LaunchHere({
  group,
  title,
}: {
  readonly group: NodeGroup;
  readonly title: string;
}): JSX.Element | null {
  const place = placeOf(group.place.key);
  if (place === undefined || !place.isUp) return null;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Launch nodes: ${title}`}
      title={`Launch nodes: ${title}`}
      data-testid="launch-here"
      onClick={() => {
        openDialog.value = { kind: 'launch', place: place.key };
      }}
    >
      <Glyph name="plus" />
    </button>
  );
}

export function GroupHeading({ group, isFolded }: GroupHeadingProps): JSX.Element {
  const { key, nodes } = group;
  const cluster = findCluster(group.cluster);
  const title = groupTitle(group, clusterLabel(group.cluster));
  const up = nodes.filter(({ status }) => status === 'up').length;
  const fold = (): void => {
    // A group with the node of the address stays open.
    if (!isFolded && nodes.some(({ id }) => id === routeNode())) noteRoute({ page: 'nodes' });
    foldGroup(key, !isFolded);
  };
  return (
    <div role="rowgroup" class="group-head">
      <div role="row" class="group-row" data-testid="node-group" data-group={key}>
        <div role="rowheader" aria-colspan={allColumns} class="group-cell">
          <button
            type="button"
            class="group-fold"
            // The switch of clusters has buttons of the same text.
            aria-label={`Nodes of ${title}`}
            aria-expanded={!isFolded}
            data-testid="fold-group"
            onClick={fold}
          >
            <Glyph name={isFolded ? 'chevronRight' : 'chevronDown'} />
            {cluster !== undefined && clusters.value.length > 1 && <ClusterMark color={cluster.color} />}
            <CutText text={title} />
          </button>
          {cluster?.production === true && <ProductionMark />}
          <span class="group-count">
            {formatCount(nodes.length, 'node')}, {up} up
          </span>
          <LaunchHere group={group} title={title} />
        </div>
      </div>
    </div>
  );
}
