/** The launch buttons, one for each kind of node; larger on the empty page. */

import type { NodeKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX } from 'preact';
import { hasRoom, launching, launchOrExplain } from '../../state/actions.ts';
import { openDialog } from '../../state/page/dialogs.ts';
import { capabilityOf, kindNames } from '../../state/nodes/nodes.ts';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';

function titleOf(kind: NodeKind): string {
  const capability = capabilityOf(kind);
  if (!hasRoom()) return 'The node limit of the console is reached; delete a node first';
  if (capability?.available === false) return capability.remedy ?? `${kindNames[kind]} is not available here`;
  return `Launch a node with ${capability?.version ?? kindNames[kind]} that joins the others`;
}

function LaunchButton({ kind }: { readonly kind: NodeKind }): JSX.Element {
  const isAvailable = capabilityOf(kind)?.available !== false;
  return (
    <button
      type="button"
      class={`button launch-button ${isAvailable ? '' : 'is-unavailable'}`}
      data-testid={`launch-${kind}`}
      title={titleOf(kind)}
      aria-label={
        isAvailable ? `Launch ${kindNames[kind]}` : `${kindNames[kind]} is not available: how to get it`
      }
      disabled={!hasRoom()}
      aria-busy={launching.value.has(kind)}
      onClick={() => launchOrExplain(kind)}
    >
      <KindMark kind={kind} size="small" />
      <span>{kindNames[kind]}</span>
      <Glyph name={isAvailable ? 'plus' : 'info'} />
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
        onClick={() => {
          openDialog.value = { kind: 'launch' };
        }}
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
      aria-busy={launching.value.has(kind)}
      onClick={() => launchOrExplain(kind)}
    >
      <KindMark kind={kind} />
      <strong>{kindNames[kind]}</strong>
      <span class="launch-version">{capability?.version ?? (isAvailable ? 'Ready' : 'Not installed')}</span>
      <span class="launch-hint">{isAvailable ? 'Launch' : 'How to get it'}</span>
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
