/**
 * Searching a terminal's screen and scroll-back. A search starts at the newest output: Enter goes to the match above,
 * Shift-Enter to the one below.
 */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { searchedTab } from '../../state/shells/dock.ts';
import { fullShellName } from '../../state/shells/shell-names.ts';
import type { ShellTab } from '../../state/shells/shell-tabs.ts';
import { readSearchColours } from '../../terminal/terminal-palette.ts';
import { terminalOf } from '../../terminal/terminal-registry.ts';
import { Glyph } from '../glyphs.tsx';

/** What xterm.js has found. Beyond a thousand matches it does not know which one is shown. */
interface Matches {
  readonly index: number;
  readonly count: number;
}

const mostCounted = 1000;

function describe(text: string, { index, count }: Matches): string {
  if (text === '') return '';
  if (count === 0) return 'no match';
  const total = count >= mostCounted ? `${mostCounted} or more` : String(count);
  return index < 0 ? `${total} matches` : `${index + 1} of ${total}`;
}

function useMatches(key: string): Matches {
  const [matches, setMatches] = useState<Matches>({ index: -1, count: 0 });
  // Before anybody can type: a plain effect runs after the next frame, and the result of a search before that would be lost.
  useLayoutEffect(() => {
    const { search } = terminalOf(key);
    const listener = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setMatches({ index: resultIndex, count: resultCount }),
    );
    return () => {
      listener.dispose();
      search.clearDecorations();
    };
  }, [key]);
  return matches;
}

type Direction = 'up' | 'down';

function findIn(key: string, text: string, direction: Direction): void {
  const { search } = terminalOf(key);
  const options = { decorations: readSearchColours() };
  if (text === '') search.clearDecorations();
  else if (direction === 'down') search.findNext(text, options);
  else search.findPrevious(text, options);
}

export function TerminalSearch({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const { key } = tab;
  const [text, setText] = useState('');
  const matches = useMatches(key);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const close = (): void => {
    searchedTab.value = undefined;
    terminalOf(key).terminal.focus();
  };
  const search = (wanted: string): void => {
    setText(wanted);
    // From the newest output on, however far the last search went.
    terminalOf(key).terminal.clearSelection();
    findIn(key, wanted, 'up');
  };
  return (
    <div class="terminal-search" role="search" aria-label={`Search ${fullShellName(tab)}`}>
      <Glyph name="search" />
      <input
        ref={input}
        type="text"
        aria-label="Search this shell"
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={text !== '' && matches.count === 0}
        data-testid="search-input"
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.isComposing) findIn(key, text, event.shiftKey ? 'down' : 'up');
          if (event.key === 'Escape') close();
        }}
      />
      <small role="status" data-testid="search-count">
        {describe(text, matches)}
      </small>
      <MatchButtons
        hasNone={text === '' || matches.count === 0}
        onFind={(direction) => findIn(key, text, direction)}
      />
      <SearchButton label="Close the search" glyph="close" disabled={false} onClick={close} />
    </div>
  );
}

function MatchButtons(props: {
  readonly hasNone: boolean;
  readonly onFind: (direction: Direction) => void;
}): JSX.Element {
  const { hasNone, onFind } = props;
  return (
    <>
      <SearchButton label="Match above (Enter)" glyph="up" disabled={hasNone} onClick={() => onFind('up')} />
      <SearchButton
        label="Match below (Shift Enter)"
        glyph="chevronDown"
        disabled={hasNone}
        onClick={() => onFind('down')}
      />
    </>
  );
}

function SearchButton(props: {
  readonly label: string;
  readonly glyph: 'up' | 'chevronDown' | 'close';
  readonly disabled: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button tiny"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Glyph name={props.glyph} />
    </button>
  );
}
