/** The bar of the dock: tabs, the menu that opens another shell, and the buttons that fold or maximise the dock. */

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { splitNodeName } from '@convoy/node/names';
import {
  dockPanes,
  dockSize,
  focusedTab,
  joinPanes,
  nextToSplit,
  showTab,
  splitTab,
  toggleDock,
  toggleMaximised,
} from '../../state/shells/dock.ts';
import { distinguishingCluster, nodeName, nodeTitle } from '../../state/clusters/node-titles.ts';
import { shownUpNodes } from '../../state/clusters/shown-cluster.ts';
import { findNode } from '../../state/nodes/nodes.ts';
import { distinctionOf, fullShellName, needsHost } from '../../state/shells/shell-names.ts';
import { closeTab, openShell } from '../../state/shells/shells.ts';
import { type ShellPhase, type ShellTab, shellTabs } from '../../state/shells/shell-tabs.ts';
import { useKeptInView } from '../../state/page/use-kept-in-view.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { MenuButton } from '../menu.tsx';
import { KindMark } from '../kind-mark.tsx';
import { ShellMenu } from './shell-menu.tsx';

const phaseWords: Readonly<Record<ShellPhase, string>> = {
  opening: 'opening',
  live: '',
  resuming: 'reconnecting',
  ended: 'ended',
  failed: 'failed',
};

function moveAlongTabs(event: KeyboardEvent, key: string): void {
  const keys = shellTabs.value.map((tab) => tab.key);
  const current = keys.indexOf(key);
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: current - 1,
    ArrowRight: current + 1,
    Home: 0,
    End: -1,
  };
  if (event.key === 'Delete') return closeTab(key);
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = keys.at(step >= keys.length ? 0 : step);
  document.getElementById(`tab-${next}`)?.focus();
}

/** The node's short name, with what tells the shell from others. */
function TabName({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const { name, host } = splitNodeName(nodeName(tab.node));
  const cluster = distinguishingCluster(tab.node);
  const distinction = distinctionOf(tab);
  const word = phaseWords[tab.phase];
  return (
    <>
      <span class="tab-node">
        <CutText text={name} />
      </span>
      {needsHost(tab.node) && (
        <span class="tab-host">
          <CutText text={`@${host}`} />
        </span>
      )}
      {cluster !== undefined && (
        <span class="tab-host">
          &nbsp;
          <CutText text={`(${cluster})`} />
        </span>
      )}
      {distinction !== undefined && <span class="tab-number">{distinction}</span>}
      {word !== '' && <span class="tab-word">{word}</span>}
    </>
  );
}

function Tab({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const isSeen = dockSize.value !== 'folded' && dockPanes.value.includes(tab.key);
  const isFocused = focusedTab.value === tab.key;
  const element = useRef<HTMLDivElement>(null);
  useKeptInView(element, isFocused);
  return (
    <div
      ref={element}
      role="presentation"
      class={`tab ${isSeen ? 'is-seen' : ''} ${isFocused ? 'is-focused' : ''} tab-${tab.phase}`}
    >
      <button
        type="button"
        role="tab"
        id={`tab-${tab.key}`}
        class="tab-name"
        aria-selected={isSeen}
        aria-controls={isSeen ? `pane-${tab.key}` : undefined}
        tabIndex={isFocused || focusedTab.value === undefined ? 0 : -1}
        title={fullShellName(tab)}
        aria-keyshortcuts="Delete"
        data-testid="shell-tab"
        data-shell-node={tab.node}
        data-phase={tab.phase}
        onClick={() => showTab(tab.key)}
        onAuxClick={(event) => {
          if (event.button === 1) closeTab(tab.key);
        }}
        onKeyDown={(event) => moveAlongTabs(event, tab.key)}
      >
        <KindMark kind={findNode(tab.node)?.kind ?? 'unknown'} size="small" />
        <TabName tab={tab} />
        {tab.unseen && <span class="tab-unseen" role="img" aria-label="new output" />}
      </button>
      {/* Only for pointers: a list of tabs holds nothing but tabs. Otherwise the key Delete and the menu close a tab. */}
      <button
        type="button"
        class="icon-button tiny"
        tabIndex={-1}
        aria-hidden="true"
        title="Close the tab; the shell stays open"
        data-testid="close-shell"
        onClick={() => closeTab(tab.key)}
      >
        <Glyph name="close" />
      </button>
    </div>
  );
}

function NewShellMenu(): JSX.Element {
  const items = shownUpNodes.value.map((node) => ({
    id: `shell-${node.id}`,
    label: (
      <>
        <KindMark kind={node.kind} size="small" />
        <CutText text={nodeTitle(node.id)} />
      </>
    ),
    onSelect: () => openShell(node.id),
  }));
  return (
    <MenuButton
      label="Open a shell"
      buttonClass="icon-button"
      items={items}
      emptyText="No node is up. Launch one first."
      testId="new-shell"
    >
      <Glyph name="plus" />
    </MenuButton>
  );
}

function BarButton(props: {
  readonly label: string;
  readonly glyph: 'split' | 'pane' | 'maximise' | 'restore' | 'chevronDown' | 'chevronUp';
  readonly disabled?: boolean;
  readonly testId: string;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Glyph name={props.glyph} />
    </button>
  );
}

function SizeButtons(): JSX.Element {
  const isMaximised = dockSize.value === 'maximised';
  const isFolded = dockSize.value === 'folded';
  const isSplit = dockPanes.value.length > 1;
  const next = nextToSplit();
  return (
    <div class="dock-buttons" role="group" aria-label="Dock">
      <ShellMenu />
      {isSplit ? (
        <BarButton label="Show one shell" glyph="pane" testId="dock-unsplit" onClick={joinPanes} />
      ) : (
        <BarButton
          label="Show two shells side by side"
          glyph="split"
          testId="dock-split"
          disabled={next === undefined}
          onClick={() => next !== undefined && splitTab(next)}
        />
      )}
      <BarButton
        label={isMaximised ? 'Restore' : 'Maximise'}
        glyph={isMaximised ? 'restore' : 'maximise'}
        testId="dock-maximise"
        onClick={toggleMaximised}
      />
      <BarButton
        label={isFolded ? 'Unfold (Ctrl `)' : 'Fold (Ctrl `)'}
        glyph={isFolded ? 'chevronUp' : 'chevronDown'}
        testId="dock-fold"
        onClick={toggleDock}
      />
    </div>
  );
}

export function DockBar(): JSX.Element {
  const tabs = shellTabs.value;
  return (
    <div class="dock-bar">
      {tabs.length === 0 ? (
        <span class="dock-hint">
          <Glyph name="shell" />
          No shell is open
        </span>
      ) : (
        <div class="tabs" role="tablist" aria-label="Open shells">
          {tabs.map((tab) => (
            <Tab key={tab.key} tab={tab} />
          ))}
        </div>
      )}
      <NewShellMenu />
      {tabs.length > 0 && <SizeButtons />}
    </div>
  );
}
