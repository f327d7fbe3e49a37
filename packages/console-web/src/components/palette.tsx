/** The command palette: finds commands by a few typed letters; arrow keys select, Enter runs. */

import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { closeDialog } from '../state/page/dialogs.ts';
import { searchCommands } from '../state/command-search.ts';
import { allCommands, type Command } from '../state/commands.ts';
import { CutText } from './cut-text.tsx';
import { Glyph } from './glyphs.tsx';
import { KindMark } from './kind-mark.tsx';
import { useModal } from '../state/page/use-modal.ts';

const mostShown = 60;

function Option(props: {
  readonly command: Command;
  readonly isActive: boolean;
  readonly onRun: () => void;
  readonly onPoint: () => void;
}): JSX.Element {
  const { command, isActive } = props;
  return (
    <div
      id={`command-${command.id}`}
      class="palette-option"
      role="option"
      aria-selected={isActive}
      data-command={command.id}
      onMouseMove={props.onPoint}
      onClick={props.onRun}
    >
      {command.kind === undefined ? (
        <span class="palette-blank" />
      ) : (
        <KindMark kind={command.kind} size="small" />
      )}
      <span class="palette-text">
        <CutText text={command.text} />
      </span>
      <span class="palette-group">{command.group}</span>
    </div>
  );
}

function usePalette(): {
  found: readonly Command[];
  active: number;
  setActive: (index: number) => void;
  typed: string;
  setTyped: (text: string) => void;
} {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const commands = useMemo(allCommands, []);
  const found = searchCommands(commands, typed).slice(0, mostShown);
  return {
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    setActive,
    typed,
    setTyped(text) {
      setTyped(text);
      setActive(0);
    },
  };
}

function run(command: Command | undefined): void {
  if (command === undefined) return;
  closeDialog();
  // After the dialog has returned the focus, so that a command can move it.
  requestAnimationFrame(command.run);
}

function Results({ palette }: { readonly palette: ReturnType<typeof usePalette> }): JSX.Element {
  const { found, active, setActive, typed } = palette;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, typed]);
  return (
    <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label="Commands">
      {found.map((command, index) => (
        <Option
          key={command.id}
          command={command}
          isActive={index === active}
          onRun={() => run(command)}
          onPoint={() => index !== active && setActive(index)}
        />
      ))}
      {found.length === 0 && <p class="quiet padded">Nothing is called “{typed}”.</p>}
    </div>
  );
}

export function Palette(): JSX.Element {
  const palette = usePalette();
  const { found, active, setActive, typed, setTyped } = palette;
  const element = useModal();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.isComposing) run(found[active]);
    else if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setActive((active - 1 + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={element}
      class="dialog palette"
      aria-label="Command palette"
      data-testid="palette"
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) closeDialog();
      }}
    >
      <label class="palette-input">
        <Glyph name="search" />
        <input
          type="text"
          role="combobox"
          value={typed}
          placeholder="What do you want to do?"
          aria-label="Command"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[active] === undefined ? undefined : `command-${found[active].id}`}
          autocomplete="off"
          spellcheck={false}
          data-autofocus
          data-testid="palette-input"
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <Results palette={palette} />
      <footer class="palette-foot">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> do it
        </span>
        <span>
          <kbd>Esc</kbd> leave
        </span>
      </footer>
    </dialog>
  );
}
