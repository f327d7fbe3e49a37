/** Every open shell, and every node on which a shell can be opened. The shells themselves are in the dock. */

import type { NodeView, ShellView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { NodeLabel } from '../components/clusters/node-label.tsx';
import { CutText } from '../components/cut-text.tsx';
import { Glyph } from '../components/glyphs.tsx';
import { KindMark } from '../components/kind-mark.tsx';
import { formatClock, formatCount } from '../state/page/format.ts';
import { showTab } from '../state/shells/dock.ts';
import { nodeTitle } from '../state/clusters/node-titles.ts';
import { shownUpNodes } from '../state/clusters/shown-cluster.ts';
import { findNode, versionText } from '../state/nodes/nodes.ts';
import { consoleShells, otherViewersOf } from '../state/shells/console-shells.ts';
import { fullShellName, shellKindsOf, shellName, shellNames } from '../state/shells/shell-names.ts';
import { closeTab, endShell, openShell, showShell } from '../state/shells/shells.ts';
import { type ShellTab, shellTabs } from '../state/shells/shell-tabs.ts';
import { goTo } from '../router.ts';
import { EmptyState, PageFrame } from './page-frame.tsx';

const phaseTexts: Readonly<Record<ShellTab['phase'], string>> = {
  opening: 'Opening',
  live: 'Open',
  resuming: 'Reconnecting',
  ended: 'Ended',
  failed: 'Failed',
};

function viewersText(count: number): string {
  return count === 0 ? '' : ` · also on ${formatCount(count, 'other page')}`;
}

function openedText(shell: ShellView | undefined): string {
  return shell === undefined ? '' : ` · since ${formatClock(shell.openedAt)}`;
}

function EndButton({ shell }: { readonly shell: ShellView }): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button danger"
      data-testid="end-shell"
      aria-label={`End ${fullShellName(shell)}`}
      title="End the shell"
      onClick={() => endShell(shell.id)}
    >
      <Glyph name="trash" />
    </button>
  );
}

function OpenShellRow({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const shell = consoleShells().find(({ id }) => id === tab.shellId);
  const others = tab.shellId === undefined ? 0 : otherViewersOf(tab.shellId, { isHere: true });
  return (
    <li class="shell-row" data-testid="open-shell-row" data-shell-node={tab.node}>
      <KindMark kind={findNode(tab.node)?.kind ?? 'unknown'} />
      <div class="node-names">
        <strong>
          <NodeLabel id={tab.node} />
        </strong>
        <span>
          {shellName(tab)} · {phaseTexts[tab.phase]}
          {openedText(shell)}
          {viewersText(others)}
        </span>
      </div>
      <div class="node-actions">
        <button
          type="button"
          class="button"
          aria-label={`Show ${fullShellName(tab)}`}
          onClick={() => showTab(tab.key)}
        >
          Show
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Close the tab of ${fullShellName(tab)}`}
          title={shell === undefined ? 'Close the tab' : 'Close the tab; the shell stays open'}
          onClick={() => closeTab(tab.key)}
        >
          <Glyph name="close" />
        </button>
        {shell !== undefined && <EndButton shell={shell} />}
      </div>
    </li>
  );
}

function whereShown({ viewers, isWaiting }: ShellView): string {
  // The console was restarted, and goes on with the shell as soon as it can.
  if (isWaiting === true) return 'waiting for its node';
  return viewers === 0 ? 'on no page' : `on ${formatCount(viewers, 'other page')}`;
}

/** A shell that is open on the console, but has no tab on this page. */
function OtherShellRow({ shell }: { readonly shell: ShellView }): JSX.Element {
  const { node } = shell;
  return (
    <li class="shell-row" data-testid="other-shell-row" data-shell-node={node}>
      <KindMark kind={findNode(node)?.kind ?? 'unknown'} />
      <div class="node-names">
        <strong>
          <NodeLabel id={node} />
        </strong>
        <span>
          {shellName(shell)}
          {openedText(shell)} · {whereShown(shell)}
        </span>
      </div>
      <div class="node-actions">
        <button
          type="button"
          class="button"
          aria-label={`Show ${fullShellName(shell)}`}
          onClick={() => showShell(shell)}
        >
          Show
        </button>
        <EndButton shell={shell} />
      </div>
    </li>
  );
}

function NodeShellRow({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <li class="shell-row">
      <KindMark kind={node.kind} />
      <div class="node-names">
        <strong>
          <NodeLabel id={node.id} />
        </strong>
        <span>
          <CutText text={versionText(node) ?? node.provider} />
        </span>
      </div>
      <div class="node-actions">
        {shellKindsOf(node).map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            aria-label={`Open ${shellNames[kind]} on ${nodeTitle(node.id)}`}
            onClick={() => openShell(node.id, kind)}
          >
            <Glyph name="plus" />
            {shellNames[kind]}
          </button>
        ))}
      </div>
    </li>
  );
}

function OpenShells({ others }: { readonly others: readonly ShellView[] }): JSX.Element {
  const tabs = shellTabs.value;
  return (
    <>
      {tabs.length > 0 && (
        <section class="group">
          <h2>Open on this page</h2>
          <ul class="shell-list">
            {tabs.map((tab) => (
              <OpenShellRow key={tab.key} tab={tab} />
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section class="group">
          <h2>Open on the console</h2>
          <ul class="shell-list">
            {others.map((shell) => (
              <OtherShellRow key={shell.id} shell={shell} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function ShellsPage(): JSX.Element {
  const tabs = shellTabs.value;
  const others = consoleShells().filter(({ id }) => !tabs.some(({ shellId }) => shellId === id));
  const count = tabs.length + others.length;
  const up = shownUpNodes.value;
  return (
    <PageFrame title="Shells" note={count === 0 ? 'None open' : formatCount(count, 'open shell')}>
      {up.length === 0 && count === 0 && (
        <EmptyState title="A shell needs a node">
          <p>Launch one, then open IEx, erl or a TypeScript shell on it from here.</p>
          <button type="button" class="button primary" onClick={() => goTo({ page: 'nodes' })}>
            Go to the nodes
          </button>
        </EmptyState>
      )}
      <OpenShells others={others} />
      {up.length > 0 && (
        <section class="group">
          <h2>{count === 0 ? 'Open a shell' : 'Open another'}</h2>
          <ul class="shell-list">
            {up.map((node) => (
              <NodeShellRow key={node.id} node={node} />
            ))}
          </ul>
        </section>
      )}
    </PageFrame>
  );
}
