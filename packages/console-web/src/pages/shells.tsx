/** Every open shell, and every node on which a shell can be opened. The shells themselves are in the dock. */

import type { NodeView, ShellKind } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { Glyph } from '../components/glyphs.tsx';
import { KindMark } from '../components/kind-mark.tsx';
import { formatCount } from '../state/page/format.ts';
import { showTab } from '../state/shells/dock.ts';
import { findNode, upNodes } from '../state/nodes/nodes.ts';
import { closeShell, openShell } from '../state/shells/shells.ts';
import { type ShellTab, shellTabs } from '../state/shells/shell-tabs.ts';
import { goTo } from '../router.ts';
import { EmptyState, PageFrame } from './page-frame.tsx';

export const shellNames: Readonly<Record<ShellKind, string>> = { iex: 'IEx', erl: 'erl', ts: 'TypeScript' };

/** The kinds of shell that a node can run, the default first. */
export function shellKindsOf(node: NodeView): readonly ShellKind[] {
  if (node.kind === 'typescript') return ['ts'];
  if (node.kind === 'elixir') return ['iex', 'erl'];
  return node.kind === 'erlang' ? ['erl'] : ['iex', 'erl', 'ts'];
}

const phaseTexts: Readonly<Record<ShellTab['phase'], string>> = {
  opening: 'Opening',
  live: 'Open',
  resuming: 'Reconnecting',
  ended: 'Ended',
  failed: 'Failed',
};

function OpenShellRow({ tab }: { readonly tab: ShellTab }): JSX.Element {
  return (
    <li class="shell-row">
      <KindMark kind={findNode(tab.node)?.kind ?? 'unknown'} />
      <div class="node-names">
        <strong>{tab.node}</strong>
        <span>
          {tab.kind === undefined ? 'Shell' : shellNames[tab.kind]} · {phaseTexts[tab.phase]}
        </span>
      </div>
      <div class="node-actions">
        <button type="button" class="button" onClick={() => showTab(tab.key)}>
          Show
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Close the shell on ${tab.node}`}
          title="Close"
          onClick={() => closeShell(tab.key)}
        >
          <Glyph name="close" />
        </button>
      </div>
    </li>
  );
}

function NodeShellRow({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <li class="shell-row">
      <KindMark kind={node.kind} />
      <div class="node-names">
        <strong>{node.name}</strong>
        <span>{node.version ?? node.provider}</span>
      </div>
      <div class="node-actions">
        {shellKindsOf(node).map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            aria-label={`Open ${shellNames[kind]} on ${node.name}`}
            onClick={() => openShell(node.name, kind)}
          >
            <Glyph name="plus" />
            {shellNames[kind]}
          </button>
        ))}
      </div>
    </li>
  );
}

export function ShellsPage(): JSX.Element {
  const tabs = shellTabs.value;
  const up = upNodes.value;
  return (
    <PageFrame title="Shells" note={tabs.length === 0 ? 'None open' : formatCount(tabs.length, 'open shell')}>
      {up.length === 0 && tabs.length === 0 && (
        <EmptyState title="A shell needs a node">
          <p>Launch one, then open IEx, erl or a TypeScript shell on it from here.</p>
          <button type="button" class="button primary" onClick={() => goTo({ page: 'nodes' })}>
            Go to the nodes
          </button>
        </EmptyState>
      )}
      {tabs.length > 0 && (
        <section class="group">
          <h2>Open</h2>
          <ul class="shell-list">
            {tabs.map((tab) => (
              <OpenShellRow key={tab.key} tab={tab} />
            ))}
          </ul>
        </section>
      )}
      {up.length > 0 && (
        <section class="group">
          <h2>{tabs.length === 0 ? 'Open a shell' : 'Open another'}</h2>
          <ul class="shell-list">
            {up.map((node) => (
              <NodeShellRow key={node.name} node={node} />
            ))}
          </ul>
        </section>
      )}
    </PageFrame>
  );
}
