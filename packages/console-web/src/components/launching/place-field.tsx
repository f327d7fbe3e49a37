/** Where nodes are launched: the open places, and buttons that open another one. */

import type { JSX } from 'preact';
import { type LaunchPlace, launchPlaces, platforms } from '../../state/launching/launch-places.ts';
import { type LaunchDraft, keptDraft } from '../../state/launching/kept-draft.ts';
import { openDialog } from '../../state/page/dialogs.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { openLabelOf } from './field-texts.ts';

function PlaceChoice(props: {
  readonly place: LaunchPlace;
  readonly checked: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  const { place, checked, onChoose } = props;
  return (
    <label class="place-choice">
      <input
        type="radio"
        name="place"
        value={place.key}
        checked={checked}
        disabled={!place.isUp}
        data-testid="launch-place"
        data-place={place.key}
        onChange={onChoose}
      />
      <strong>
        <CutText text={place.label} />
      </strong>
      <small>
        <CutText text={place.note} />
      </small>
    </label>
  );
}

/** Opens the dialog of a platform. The form comes back as it is with the button that launches in the new place. */
function openAnother(platform: string, draft: LaunchDraft): void {
  keptDraft.value = draft;
  openDialog.value = platform === 'ssh' ? { kind: 'ssh' } : { kind: 'railway' };
}

export function PlaceField(props: {
  readonly draft: LaunchDraft;
  readonly onChoose: (key: string) => void;
}): JSX.Element {
  const { draft, onChoose } = props;
  const openable = (platforms.value ?? []).flatMap(({ kind, open }) => {
    const label = open.length === 0 ? undefined : openLabelOf(kind);
    return label === undefined ? [] : [{ kind, label }];
  });
  return (
    <fieldset class="place-choices">
      <legend>Where</legend>
      {launchPlaces.value.map((place) => (
        <PlaceChoice
          key={place.key}
          place={place}
          checked={place.key === draft.place}
          onChoose={() => onChoose(place.key)}
        />
      ))}
      <div class="button-row">
        {openable.map(({ kind, label }) => (
          <button
            key={kind}
            type="button"
            class="button quiet"
            data-testid={`launch-open-${kind}`}
            onClick={() => openAnother(kind, draft)}
          >
            <Glyph name="plus" />
            {label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
