/** The pane of one shell: its terminal, covered by a message while the shell accepts no input. */

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dockPanes, focusedTab, focusRequests } from '../../state/shells/dock.ts';
import { pendingInputs, type ShownInput, typeInto } from '../../state/shells/shell-input.ts';
import { closeShell, announceSize, reopenShell } from '../../state/shells/shells.ts';
import type { ShellTab } from '../../state/shells/shell-tabs.ts';
import { bindTerminalKeys } from '../../terminal/terminal-keys.ts';
import { terminalOf } from '../../terminal/terminal-registry.ts';
import { PlainText } from '../plain-text.tsx';
import { PasteQuestion } from './paste-question.tsx';
import { HeldInput, NotSent, WaitingInput } from './pending-input.tsx';
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
  const text = tab.phase === 'opening' ? `Opening a shell on ${tab.node}…` : 'Reconnecting…';
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

function EndNotice(props: {
  readonly tab: ShellTab;
  readonly pending?: ShownInput | undefined;
}): JSX.Element {
  const { tab, pending } = props;
  return (
    <div class={`pane-notice pane-${tab.phase}`} role="alert">
      <div>
        <p>
          {tab.phase === 'ended'
            ? `This shell has ended: ${tab.reason ?? 'no reason given'}`
            : tab.problem?.message}
        </p>
        {pending !== undefined && (
          <p>
            <NotSent pending={pending} label="Not sent:" />
          </p>
        )}
        {tab.problem?.remedy !== undefined && (
          <p class="remedy">
            <span>
              <PlainText text={tab.problem.remedy} />
            </span>
          </p>
        )}
      </div>
      <div class="button-row">
        <button type="button" class="button" onClick={() => reopenShell(tab.key)}>
          Open again
        </button>
        <button type="button" class="button quiet" onClick={() => closeShell(tab.key)}>
          Close
        </button>
      </div>
    </div>
  );
}

/** Fits the terminal to its pane, and reports its size to the console. */
function useFitting(place: { readonly current: HTMLElement | null }, key: string, phase: string): void {
  useLayoutEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const shown = terminalOf(key);
    shown.mount(parent);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fit = (): void => {
      const size = shown.fit();
      if (size !== undefined) announceSize(key, size);
    };
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(fit, 60);
    });
    observer.observe(parent);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [key]);
  useEffect(() => {
    const size = terminalOf(key).fit();
    if (size !== undefined) announceSize(key, size);
  }, [key, phase]);
}

interface Paste {
  readonly text: string;
  readonly lines: number;
}

/** What the pane shows on behalf of the terminal's keys: the confirmation of a long paste, the search field. */
function useTerminalKeys(key: string): {
  readonly paste: Paste | undefined;
  /** Closes the confirmation and moves the focus to the terminal, as `closeSearch` does for the search. */
  readonly closePaste: () => void;
  readonly isSearching: boolean;
  readonly closeSearch: () => void;
} {
  const [paste, setPaste] = useState<Paste | undefined>(undefined);
  const [isSearching, setSearching] = useState(false);
  useEffect(
    () =>
      bindTerminalKeys(terminalOf(key), {
        type: (data) => typeInto(key, data),
        askToPaste: (text, lines) => setPaste({ text, lines }),
        search: () => setSearching(true),
      }),
    [key],
  );
  const closePaste = (): void => {
    setPaste(undefined);
    terminalOf(key).terminal.focus();
  };
  const closeSearch = (): void => {
    setSearching(false);
    terminalOf(key).terminal.focus();
  };
  return { paste, closePaste, isSearching, closeSearch };
}

export function ShellPane({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const { key, node } = tab;
  const place = useRef<HTMLDivElement>(null);
  const { paste, closePaste, isSearching, closeSearch } = useTerminalKeys(key);
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
      <div
        ref={place}
        class="shell-terminal"
        data-testid="terminal"
        data-shell-node={node}
        data-shell-id={tab.shellId}
        data-phase={tab.phase}
      />
      <PaneNotice tab={tab} onDone={backToTerminal} />
      {isSearching && <TerminalSearch tabKey={key} onClose={closeSearch} />}
      {paste !== undefined && (
        <PasteQuestion
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
