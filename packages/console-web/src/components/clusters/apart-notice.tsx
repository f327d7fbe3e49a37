/** Says that a node stands apart from its cluster or has left it, with the repair beside it. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { reconnectCluster, reconnecting } from '../../state/clusters/cluster-acts.ts';
import { clusterLabel } from '../../state/clusters/clusters.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { isApart } from '../../state/nodes/nodes.ts';
import { formatCount } from '../../state/page/format.ts';
import { Glyph } from '../glyphs.tsx';

const mostNamed = 3;

/** What is wrong, in a sentence. */
export function apartText({ status, missing = [], cluster }: NodeView): string {
  if (status === 'left')
    return `It has left ${clusterLabel(cluster)}: it has ended, or it stands apart from all members.`;
  const named = missing.slice(0, mostNamed).join(', ');
  const more = missing.length - mostNamed;
  return `It stands apart from its cluster: not connected to ${named}${more > 0 ? ` and ${formatCount(more, 'other')}` : ''}.`;
}

/** The button that has all members connect to each other again. */
export function JoinAllButton(props: {
  readonly cluster: string;
  /** Id of the node beside which it stands. */
  readonly beside?: string;
}): JSX.Element {
  const { cluster, beside } = props;
  return (
    <button
      type="button"
      class="button"
      aria-label={beside === undefined ? undefined : `Join all again, because of ${nodeTitle(beside)}`}
      data-testid="join-all"
      aria-busy={reconnecting.value.has(cluster)}
      title={`Has all visible members of ${clusterLabel(cluster)} connect to each other`}
      onClick={() => void reconnectCluster(cluster)}
    >
      <Glyph name="again" />
      Join all again
    </button>
  );
}

/** The same in a word, where there is no room for the notice. A node that has left says so by its status. */
export function ApartMark({ node }: { readonly node: NodeView }): JSX.Element | null {
  if (!isApart(node) || node.status === 'left') return null;
  return (
    <span class="apart-mark" title={apartText(node)}>
      <Glyph name="warning" />
      apart
    </span>
  );
}

export function ApartNotice({ node }: { readonly node: NodeView }): JSX.Element | null {
  if (!isApart(node)) return null;
  return (
    <div class="apart-notice" data-testid="apart-notice">
      <Glyph name="warning" />
      <span title={node.missing?.join('\n')}>{apartText(node)}</span>
      <JoinAllButton cluster={node.cluster} beside={node.id} />
    </div>
  );
}
