/** The pane of one shell: its terminal, covered by a message while the shell accepts no input. */

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { consoleGoneSince } from '../../state/console-gone.ts';
import { formatClock } from '../../state/page/format.ts';
import { preferences } from '../../state/page/preferences.ts';
import { dockPanes, focusedTab, focusRequests, searchedTab, searchTab } from '../../state/shells/dock.ts';
import { pendingInputs, typeInto } from '../../state/shells/shell-input.ts';
import { takeOverSize } from '../../state/shells/shell-sizes.ts';
import { fitTab } from '../../state/shells/shells.ts';
import type { ShellTab } from '../../state/shells/shell-tabs.ts';
import { bindTerminalKeys } from '../../terminal/terminal-keys.ts';
import { terminalOf } from '../../terminal/terminal-registry.ts';
import { ProductionStrip } from '../clusters/production-note.tsx';
import { EndNotice } from './end-notice.tsx';
import { PasteQuestion } from './paste-question.tsx';
import { HeldInput, WaitingInput } from './pending-input.tsx';
import { TerminalSearch } from './terminal-search.tsx';
import { TouchKeys } from './touch-keys.tsx';

interface NoticeProps {
  readonly tab: ShellTab;
  readonly onDone: () => void;
}

function PaneNotice({ tab, onDone }: NoticeProps): JSX.Element | null {
  const pending = pendingInputs.value.get(tab.key);
  if (tab.phase === 'ended' || tab.phase === 'failed') return <EndNotice tab={tab} pending={pending} />;
  if (pending?.hold !== undefined) return <HeldInput tabKey={tab.key} pending={pending} onDone={onDone} />;
  if (tab.phase === 'live' && pending === undefined) return null;
  const text = tab.phase === 'opening' ? `Opening a shell on ${nodeTitle(tab.node)}…` : reconnecting();
  return (
    <div class="pane-notice" role="status" data-testid="pane-notice">
      {pending === undefined ? (
        <span>
          {text} {tab.phase !== 'opening' && 'What you type is sent when the connection is back.'}
        </span>
      ) : (
        <>
          <span>{text}</span>
          <WaitingInput tabKey={tab.key} pending={pending} onDone={onDone} />
        </>
      )}
    </div>
  );
}

function reconnecting(): string {
  const since = consoleGoneSince.value;
  return since === undefined ? 'Reconnecting…' : `The console has not answered since ${formatClock(since)}.`;
}

/** Says that the shell has the size of another page's window, and offers that of this one. */
function SizeChip({ tab, onDone }: NoticeProps): JSX.Element | null {
  const { foreignSize } = tab;
  if (foreignSize === undefined || tab.phase !== 'live') return null;
  return (
    <div class="size-chip" role="status" data-testid="size-chip">
      <span>
        Sized {foreignSize.cols} × {foreignSize.rows} by the window where someone typed last
      </span>
      <button
        type="button"
        class="link-button"
        data-testid="take-size"
        onClick={() => {
          takeOverSize(tab.key);
          onDone();
        }}
      >
        Use this window’s size
      </button>
    </div>
  );
}

/** Keeps the terminal in its place, and the console informed of how much room there is. */
function useFitting(place: { readonly current: HTMLElement | null }, key: string, phase: string): void {
  const { terminalFontSize } = preferences.value;
  useLayoutEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    terminalOf(key).mount(parent);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => fitTab(key), 60);
    });
    observer.observe(parent);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [key]);
  useEffect(() => fitTab(key), [key, phase, terminalFontSize]);
}

interface Paste {
  readonly text: string;
  readonly lines: number;
}

/** What the pane shows on behalf of the terminal's keys: the confirmation of a long paste, the search field. */
function useTerminalKeys(key: string): {
  readonly paste: Paste | undefined;
  /** Ends the question and gives the terminal the focus. */
  readonly closePaste: () => void;
} {
  const [paste, setPaste] = useState<Paste | undefined>(undefined);
  // Before the first key, which a plain effect would miss until the next frame.
  useLayoutEffect(
    () =>
      bindTerminalKeys(terminalOf(key), {
        type: (data) => typeInto(key, data),
        askToPaste: (text, lines) => setPaste({ text, lines }),
        search: () => searchTab(key),
      }),
    [key],
  );
  const closePaste = (): void => {
    setPaste(undefined);
    terminalOf(key).terminal.focus();
  };
  return { paste, closePaste };
}

export function ShellPane({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const { key, node } = tab;
  const place = useRef<HTMLDivElement>(null);
  const { paste, closePaste } = useTerminalKeys(key);
  const isFocused = focusedTab.value === key;
  useFitting(place, key, tab.phase);
  useEffect(() => {
    if (isFocused) terminalOf(key).terminal.focus();
  }, [key, isFocused, focusRequests.value]);
  const backToTerminal = (): void => terminalOf(key).terminal.focus();
  return (
    <div
      class={`pane ${isFocused ? 'is-focused' : ''}`}
      role="tabpanel"
      id={`pane-${key}`}
      aria-labelledby={`tab-${key}`}
      onFocusIn={() => {
        if (dockPanes.value.includes(key)) focusedTab.value = key;
      }}
    >
      <ProductionStrip node={node} />
      <div
        ref={place}
        class="shell-terminal"
        data-testid="terminal"
        data-shell-node={node}
        data-shell-id={tab.shellId}
        data-phase={tab.phase}
        onMouseDown={(event) => {
          // Beside a letterboxed terminal: what is typed next is meant for it all the same.
          if (event.target instanceof Element && event.target.closest('.xterm') !== null) return;
          event.preventDefault();
          backToTerminal();
        }}
      />
      <SizeChip tab={tab} onDone={backToTerminal} />
      <PaneNotice tab={tab} onDone={backToTerminal} />
      {searchedTab.value === key && <TerminalSearch tab={tab} />}
      {paste !== undefined && (
        <PasteQuestion
          tab={tab}
          lines={paste.lines}
          text={paste.text}
          onPaste={() => {
            terminalOf(key).terminal.paste(paste.text);
            closePaste();
          }}
          onCancel={closePaste}
        />
      )}
      <TouchKeys
        onKey={(data) => {
          typeInto(key, data);
          backToTerminal();
        }}
      />
    </div>
  );
}
