/** Presets of the launch form: a choice that fills the form in, and a field that saves what is filled in. */

import type { FormFieldView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { LaunchDraft } from '../../state/launching/kept-draft.ts';
import { withoutSecrets } from '../../state/launching/launch-fields.ts';
import { placeOf } from '../../state/launching/launch-places.ts';
import { dropPreset, longestPresetName, presets, savePreset } from '../../state/page/launch-presets.ts';
import { showMessage } from '../../state/page/toasts.ts';
import { Glyph } from '../glyphs.tsx';

interface PresetChoiceProps {
  readonly draft: LaunchDraft;
  readonly onFill: (draft: LaunchDraft) => void;
}

/** Fills the form in. A preset whose place is not open leaves the place as it is. */
export function PresetChoice({ draft, onFill }: PresetChoiceProps): JSX.Element | null {
  const id = useId();
  const [chosen, setChosen] = useState('');
  const [note, setNote] = useState('');
  if (presets.value.length === 0) return null;
  const choose = (name: string): void => {
    const preset = presets.value.find((one) => one.name === name);
    setChosen(preset?.name ?? '');
    if (preset === undefined) return setNote('');
    const isOpen = placeOf(preset.place) !== undefined;
    setNote(isOpen ? '' : `${preset.place} is not open; the place is left as it is.`);
    onFill({ place: isOpen ? preset.place : draft.place, values: preset.values });
  };
  const forget = (): void => {
    dropPreset(chosen);
    setChosen('');
  };
  return (
    <div class="field">
      <label for={id}>Preset</label>
      <div class="preset-row">
        <select
          id={id}
          value={chosen}
          aria-describedby={`${id}-note`}
          data-testid="launch-preset"
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">None</option>
          {presets.value.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="icon-button danger"
          aria-label="Delete the preset"
          title="Delete the preset"
          disabled={chosen === ''}
          onClick={forget}
        >
          <Glyph name="trash" />
        </button>
      </div>
      <small id={`${id}-note`} aria-live="polite">
        {note}
      </small>
    </div>
  );
}

interface SavePresetProps {
  readonly draft: LaunchDraft;
  readonly fields: readonly FormFieldView[];
}

export function SavePreset({ draft, fields }: SavePresetProps): JSX.Element {
  const id = useId();
  const [name, setName] = useState('');
  const save = (): void => {
    const given = name.trim();
    if (given === '') return;
    savePreset({ name: given, place: draft.place, values: withoutSecrets(fields, draft.values) });
    showMessage(`Saved the preset ${given}`);
    setName('');
  };
  return (
    <details class="more-fields" data-testid="launch-save-preset">
      <summary>Save as a preset</summary>
      <div class="field">
        <label for={id}>Name of the preset</label>
        <div class="preset-row">
          <input
            id={id}
            type="text"
            value={name}
            maxLength={longestPresetName}
            autocomplete="off"
            aria-describedby={`${id}-note`}
            data-testid="launch-preset-name"
            onInput={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              // Otherwise the form would launch.
              event.preventDefault();
              save();
            }}
          />
          <button
            type="button"
            class="button"
            data-testid="launch-preset-save"
            disabled={name.trim() === ''}
            onClick={save}
          >
            Save
          </button>
        </div>
        <small id={`${id}-note`}>
          Kept in this browser: the place and every field, but no secret. Of variables only the names are
          kept.
        </small>
      </div>
    </details>
  );
}
