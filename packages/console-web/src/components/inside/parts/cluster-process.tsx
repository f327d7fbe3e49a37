/** A process of any node of a cluster, with a link to it if this console looks into that node. */

import type { JSX } from 'preact';
import { nodeInCluster } from '../../../state/inside/panels/cluster-nodes.ts';
import { PageLink } from '../../page-link.tsx';

export function ClusterProcess(props: {
  /** Id of the node that was asked. */
  readonly node: string;
  readonly process: { readonly pid: string; readonly node: string };
  /** What it is to what is shown: `Registered as cache`. */
  readonly as: string;
}): JSX.Element {
  const { node, process, as } = props;
  const { pid, node: name } = process;
  const found = nodeInCluster(node, name);
  const isOwn = found?.id === node;
  return (
    <span class="cluster-process">
      {found === undefined ? (
        <code class="party">{pid}</code>
      ) : (
        <PageLink
          class="party"
          to={{ page: 'nodes', node: found.id, panel: 'processes', item: pid }}
          label={`${as}: ${pid} on ${name}`}
        >
          <code>{pid}</code>
        </PageLink>
      )}
      {!isOwn && <span class="quiet"> on {name}</span>}
    </span>
  );
}
