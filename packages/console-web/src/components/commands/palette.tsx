/** The command palette: finds commands by a few typed letters; arrow keys select, Enter runs. */

import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { searchCommands } from '../../state/command-search.ts';
import { allCommands, type PaletteCommand, type SteppedCommand } from '../../state/commands.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';
import { useModal } from '../../state/page/use-modal.ts';

const mostShown = 60;

function Option(props: {
  readonly command: PaletteCommand;
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

interface PaletteState {
  readonly found: readonly PaletteCommand[];
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly typed: string;
  readonly setTyped: (text: string) => void;
  /** The command whose second step is shown. */
  readonly step: SteppedCommand | undefined;
  readonly setStep: (step: SteppedCommand | undefined) => void;
}

function usePalette(): PaletteState {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const [step, setStep] = useState<SteppedCommand | undefined>(undefined);
  const commands = useMemo<readonly PaletteCommand[]>(() => step?.choices() ?? allCommands(), [step]);
  const found = searchCommands(commands, typed).slice(0, mostShown);
  const restart = (text: string): void => {
    setTyped(text);
    setActive(0);
  };
  return {
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    setActive,
    typed,
    setTyped: restart,
    step,
    setStep(next) {
      setStep(next);
      restart('');
    },
  };
}

/** Carries out a command, or shows its second step. */
function run(command: PaletteCommand | undefined, { setStep }: PaletteState): void {
  if (command === undefined) return;
  if ('choices' in command) return setStep(command);
  closeDialog();
  // After the dialog has returned the focus, so that a command can move it.
  requestAnimationFrame(command.run);
}

function Results({ palette }: { readonly palette: PaletteState }): JSX.Element {
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
          onRun={() => run(command, palette)}
          onPoint={() => index !== active && setActive(index)}
        />
      ))}
      {found.length === 0 && <p class="quiet padded">Nothing is called “{typed}”.</p>}
    </div>
  );
}

function Typed({ palette }: { readonly palette: PaletteState }): JSX.Element {
  const { found, active, setActive, typed, setTyped, step, setStep } = palette;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.isComposing) run(found[active], palette);
    else if (event.key === 'Backspace' && typed === '' && step !== undefined) setStep(undefined);
    else if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setActive((active - 1 + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };
  return (
    <label class="palette-input">
      <Glyph name="search" />
      <input
        type="text"
        role="combobox"
        value={typed}
        placeholder={step?.prompt ?? 'What do you want to do?'}
        aria-label={step?.prompt ?? 'Command'}
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
  );
}

export function Palette(): JSX.Element {
  const palette = usePalette();
  const { step, setStep } = palette;
  const element = useModal();
  return (
    <dialog
      ref={element}
      class="dialog palette"
      aria-label="Command palette"
      data-testid="palette"
      onCancel={(event) => {
        event.preventDefault();
        // Out of the second step first.
        if (step === undefined) closeDialog();
        else setStep(undefined);
      }}
      // A browser closes it without asking when Escape is pressed twice in a row.
      onClose={() => {
        if (openDialog.value?.kind === 'palette') closeDialog();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) closeDialog();
      }}
    >
      <Typed palette={palette} />
      <Results palette={palette} />
      <footer class="palette-foot">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> do it
        </span>
        <span>
          <kbd>Esc</kbd> {step === undefined ? 'leave' : 'back'}
        </span>
      </footer>
    </dialog>
  );
}
