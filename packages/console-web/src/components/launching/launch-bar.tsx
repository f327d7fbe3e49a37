/** The launch buttons, one for each kind of node; larger on the empty page. Each opens the form, which asks where. */

import type { NodeKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX } from 'preact';
import { route, routeNode } from '../../router.ts';
import { shownCluster } from '../../state/clusters/shown-cluster.ts';
import { hasRoom, placeOf } from '../../state/launching/launch-places.ts';
import { capabilityOf, findNode, kindNames } from '../../state/nodes/nodes.ts';
import { openDialog } from '../../state/page/dialogs.ts';
import { tableView } from '../../state/page/table-view.ts';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';

/** The place that is meant: of the node in the mesh, of the filter, or of the cluster that is shown; `undefined` if that is not open. */
function placeMeant(): string | undefined {
  const node = route.value.page === 'mesh' ? findNode(routeNode() ?? '') : undefined;
  const keys = [node?.place.key, tableView.value.filters.place, shownCluster.value?.id];
  return keys.find((key) => placeOf(key)?.isUp === true);
}

function openForm(of?: NodeKind): void {
  openDialog.value = { kind: 'launch', of, place: placeMeant() };
}

function titleOf(kind: NodeKind): string {
  if (!hasRoom()) return 'The node limit of the console is reached; delete a node first';
  return `Launch ${kindNames[kind]} nodes`;
}

function LaunchButton({ kind }: { readonly kind: NodeKind }): JSX.Element {
  return (
    <button
      type="button"
      class="button launch-button"
      data-testid={`launch-${kind}`}
      title={titleOf(kind)}
      aria-label={`Launch ${kindNames[kind]}`}
      disabled={!hasRoom()}
      onClick={() => openForm(kind)}
    >
      <KindMark kind={kind} size="small" />
      <span>{kindNames[kind]}</span>
      <Glyph name="plus" />
    </button>
  );
}

export function LaunchBar(): JSX.Element {
  return (
    <div class="launch-bar" role="group" aria-label="Launch a node">
      {nodeKinds.map((kind) => (
        <LaunchButton key={kind} kind={kind} />
      ))}
      <button
        type="button"
        class="button primary"
        data-testid="launch-dialog"
        disabled={!hasRoom()}
        onClick={() => openForm()}
      >
        Launch…
      </button>
    </div>
  );
}

function LaunchCard({ kind }: { readonly kind: NodeKind }): JSX.Element {
  const capability = capabilityOf(kind);
  const isAvailable = capability?.available !== false;
  return (
    <button
      type="button"
      class={`launch-card ${isAvailable ? '' : 'is-unavailable'}`}
      data-testid={`launch-${kind}`}
      onClick={() => openForm(kind)}
    >
      <KindMark kind={kind} />
      <strong>{kindNames[kind]}</strong>
      <span class="launch-version">{capability?.version ?? (isAvailable ? 'Ready' : 'Not installed')}</span>
      <span class="launch-hint">{isAvailable ? 'Launch…' : 'How to get it'}</span>
    </button>
  );
}

export function LaunchCards(): JSX.Element {
  return (
    <div class="launch-cards">
      {nodeKinds.map((kind) => (
        <LaunchCard key={kind} kind={kind} />
      ))}
    </div>
  );
}
