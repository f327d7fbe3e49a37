/** The launch dialog: where, what, how many. It stays open, with everything that was typed, until the console has accepted the launch. */

import type { FormFieldView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { kindIn, countIn } from '../../state/launching/launch-fields.ts';
import { loadLaunchPlaces, placeInSentence, platformsProblem } from '../../state/launching/launch-places.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { kindNames } from '../../state/nodes/nodes.ts';
import { Dialog } from '../dialog.tsx';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';
import { ProblemText } from '../problem-text.tsx';
import { textOf } from './field-texts.ts';
import { KindField, LaunchField } from './launch-fields.tsx';
import { PlaceField } from './place-field.tsx';
import { PresetChoice, SavePreset } from './preset-fields.tsx';
import { type LaunchForm, type LaunchStart, useLaunchForm } from './use-launch-form.ts';

/** Why the chosen kind cannot be launched in the chosen place; `undefined` if it can. */
function unavailability({ draft, place, values }: LaunchForm): string | undefined {
  const kind = kindIn(values);
  if (place === undefined) return `${draft.place} is not open. Choose another place, or open it.`;
  const capability = place.capabilities.find((one) => one.kind === kind);
  if (kind === undefined || capability?.available !== false) return undefined;
  const where = `on ${placeInSentence(place)}`;
  return `${kindNames[kind]} nodes cannot be launched ${where} yet. ${capability.remedy ?? ''}`;
}

function Unavailable({ text }: { readonly text: string }): JSX.Element {
  return (
    <p class="remedy boxed" role="status">
      <Glyph name="info" />
      <span>
        <PlainText text={text} />
      </span>
    </p>
  );
}

/** Moves the focus to the first field that was refused, and opens what it is folded into. */
function useFocusOnRefusal(turn: number, isReady: boolean): { readonly current: HTMLFormElement | null } {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (turn === 0 || !isReady) return;
    const field = element.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.closest('details')?.setAttribute('open', '');
    field?.focus();
  }, [turn, isReady]);
  return element;
}

interface FieldsProps {
  readonly form: LaunchForm;
  readonly fields: readonly FormFieldView[];
}

interface FieldProps {
  readonly form: LaunchForm;
  readonly field: FormFieldView;
  readonly isLabelled?: boolean;
}

function Field({ form, field, isLabelled = false }: FieldProps): JSX.Element {
  return (
    <LaunchField
      field={field}
      isLabelled={isLabelled}
      value={form.values[field.key] ?? ''}
      problem={form.problems.get(field.key)}
      onChange={(value) => form.change(field.key, value)}
    />
  );
}

/** A field that most launches leave as it is. */
function RareField({ form, field, isAgain }: FieldProps & { readonly isAgain: boolean }): JSX.Element {
  const isVariables = field.type === 'variables';
  return (
    <details class="more-fields" data-testid={`launch-${field.key}-fold`} open={isAgain && isVariables}>
      <summary>{textOf(field.key).label}</summary>
      {isAgain && isVariables && (
        <p class="quiet">Enter those of the last launch again: this page does not have their values.</p>
      )}
      <Field form={form} field={field} isLabelled />
    </details>
  );
}

function Fields({ form, fields, isAgain }: FieldsProps & { readonly isAgain: boolean }): JSX.Element {
  const kind = fields.find(({ key }) => key === 'kind');
  const shown = fields.filter(({ key }) => key !== 'kind' && !(isAgain && key === 'count'));
  const isRare = ({ key, required }: FormFieldView): boolean => textOf(key).isRare === true && !required;
  const inLine = shown.filter(({ key }) => key === 'count' || key === 'name');
  const other = shown.filter((field) => !inLine.includes(field) && !isRare(field));
  const reason = unavailability(form);
  return (
    <>
      {kind !== undefined && (
        <KindField
          field={kind}
          place={form.place}
          value={form.values['kind'] ?? ''}
          onChange={(value) => form.change('kind', value)}
        />
      )}
      {reason !== undefined && <Unavailable text={reason} />}
      <div class="launch-line">
        {inLine.map((field) => (
          <Field key={field.key} form={form} field={field} />
        ))}
      </div>
      {other.map((field) => (
        <Field key={field.key} form={form} field={field} />
      ))}
      {shown.filter(isRare).map((field) => (
        <RareField key={field.key} form={form} field={field} isAgain={isAgain} />
      ))}
    </>
  );
}

function Foot({ form }: { readonly form: LaunchForm }): JSX.Element {
  const count = countIn(form.values);
  return (
    <footer class="dialog-foot">
      <button type="button" class="button" onClick={closeDialog}>
        Cancel
      </button>
      <button
        type="submit"
        class="button primary"
        data-testid="confirm-launch"
        disabled={form.fields === undefined || unavailability(form) !== undefined}
        aria-busy={form.isBusy}
      >
        {count > 1 ? `Launch ${count} nodes` : 'Launch'}
      </button>
    </footer>
  );
}

/** What is there until the console has described the fields. */
function NoFields(): JSX.Element {
  const problem = platformsProblem.value;
  if (problem === undefined) return <p class="quiet">Asking the console what can be launched…</p>;
  return (
    <>
      <ProblemText testId="launch-fields-problem" problem={problem} />
      <button type="button" class="button" onClick={() => void loadLaunchPlaces()}>
        Try again
      </button>
    </>
  );
}

export function LaunchDialog(start: LaunchStart): JSX.Element {
  const form = useLaunchForm(start);
  const { draft, fields, refusal } = form;
  const element = useFocusOnRefusal(form.turn, fields !== undefined);
  const isAgain = start.refused?.replaces !== undefined;
  useEffect(() => void loadLaunchPlaces(), []);
  return (
    <Dialog title="Launch nodes" onClose={closeDialog} testId="launch-form">
      <form
        ref={element}
        class="form"
        // What is wrong is said beside the field, in our words.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (unavailability(form) === undefined && !form.isBusy) void form.submit();
        }}
      >
        {!isAgain && <PresetChoice draft={draft} onFill={form.fill} />}
        <PlaceField draft={draft} onChoose={form.choosePlace} />
        {fields === undefined ? <NoFields /> : <Fields form={form} fields={fields} isAgain={isAgain} />}
        {refusal !== undefined && <ProblemText testId="launch-problem" problem={refusal} />}
        {fields !== undefined && <SavePreset draft={draft} fields={fields} />}
        <Foot form={form} />
      </form>
    </Dialog>
  );
}
