/** The details of a node: the steps of its launch, its connections as both ends report them, and its properties. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { clusterLabel } from '../../state/clusters/clusters.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { showMessage } from '../../state/page/toasts.ts';
import { formatSeconds } from '../../state/page/format.ts';
import { findNode, kindNames, launchDurationMs, nodes } from '../../state/nodes/nodes.ts';
import { type PeerSight, peersOf } from '../../state/nodes/mesh-edges.ts';
import { WholeName } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';
import { StepList } from './step-list.tsx';

const sights: Readonly<Record<PeerSight['kind'], string>> = {
  mutual: 'both ways',
  seen: 'reported by this node only',
  claims: 'reported by the other node only',
};

function Connections({ node }: { readonly node: NodeView }): JSX.Element {
  const peers = peersOf(node, nodes.value);
  return (
    <section>
      <h2 class="minor">Connections</h2>
      {peers.length === 0 && <p class="quiet">No connections.</p>}
      <ul class="peer-list">
        {peers.map((peer) => (
          <li key={peer.id} class={`peer-${peer.kind}`}>
            <KindMark kind={findNode(peer.id)?.kind ?? 'unknown'} size="small" />
            <span class="peer-name">
              <WholeName name={peer.name} />
            </span>
            <span class="peer-sight">{sights[peer.kind]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const origins: Readonly<Record<NodeView['origin'], string>> = {
  launched: 'launched by this console',
  attached: 'connected to on its host',
  discovered: 'found in the mesh',
  member: 'member of a cluster that was attached',
  shared: 'of another console with the same store',
};

function factsOf(node: NodeView): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string | undefined])[] = [
    ['Kind', kindNames[node.kind]],
    ['Release', node.release && `${node.release.name} ${node.release.version}`],
    ['Version', node.version],
    ['Cluster', clusterLabel(node.cluster)],
    ['Runs on', node.origin === 'member' ? undefined : node.provider],
    ['Origin', origins[node.origin]],
    ['Console', node.owner?.label],
    ['Hidden', node.isHidden === true ? 'yes: other nodes do not list it' : undefined],
    ['Joins by itself', node.origin === 'launched' ? (node.join ? 'yes' : 'no') : undefined],
    ['OS process', node.osPid?.toString()],
    ['Started', new Date(node.startedAt).toLocaleString()],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function copyName(name: string): void {
  void navigator.clipboard?.writeText(name).then(() => showMessage(`Copied ${name}`));
}

function Facts({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <section>
      <h2 class="minor">Facts</h2>
      <dl class="facts">
        <dt>Name</dt>
        <dd>
          <code>{node.name}</code>
          <button
            type="button"
            class="icon-button tiny"
            aria-label={`Copy the name ${nodeTitle(node.id)}`}
            onClick={() => copyName(node.name)}
          >
            <Glyph name="copy" />
          </button>
        </dd>
        {factsOf(node).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

export function NodeDetail({ node }: { readonly node: NodeView }): JSX.Element {
  const tookMs = launchDurationMs(node);
  return (
    <div class="node-detail">
      {node.steps.length > 0 && (
        <section>
          <h2 class="minor">
            Launch
            {tookMs !== undefined && node.status === 'up' && <small> took {formatSeconds(tookMs)}</small>}
          </h2>
          <StepList steps={node.steps} />
        </section>
      )}
      <Connections node={node} />
      <Facts node={node} />
    </div>
  );
}
