/** Searches the screen and scroll-back of a terminal. Enter goes to the next match above, Shift-Enter below. */

import type { ISearchOptions } from '@xterm/addon-search';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { terminalOf } from '../../terminal/terminal-registry.ts';
import { Glyph } from '../glyphs.tsx';

export function TerminalSearch(props: {
  readonly tabKey: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { tabKey, onClose } = props;
  const [isFound, setFound] = useState(true);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const find = (direction: 'up' | 'down', options: ISearchOptions = {}): void => {
    const { search } = terminalOf(tabKey);
    const text = input.current?.value ?? '';
    if (text === '') return setFound(true);
    setFound(direction === 'down' ? search.findNext(text, options) : search.findPrevious(text, options));
  };
  return (
    <div class="terminal-search" role="search">
      <Glyph name="search" />
      <input
        ref={input}
        type="text"
        aria-label="Search this shell"
        placeholder="Search"
        aria-invalid={!isFound}
        onInput={() => find('up', { incremental: true })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'down' : 'up');
          if (event.key === 'Escape') onClose();
        }}
      />
      {!isFound && <small>not found</small>}
      <button type="button" class="icon-button tiny" aria-label="Close the search" onClick={onClose}>
        <Glyph name="close" />
      </button>
    </div>
  );
}
