/** The fields of the launch form, each by the type that the console gives it. The kind of node is a choice with pictures. */

import type { FormFieldView, NodeKind } from '@convoy/console/protocol';
import { isNodeKind } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { LaunchPlace } from '../../state/launching/launch-places.ts';
import { kindNames } from '../../state/nodes/nodes.ts';
import type { FieldValue } from '../../state/page/launch-presets.ts';
import { FieldNote } from '../field-note.tsx';
import { KindMark } from '../kind-mark.tsx';
import { partLabelOf, textOf } from './field-texts.ts';

function KindChoice(props: {
  readonly kind: NodeKind;
  readonly place: LaunchPlace | undefined;
  readonly checked: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  const { kind, place, checked, onChoose } = props;
  const capability = place?.capabilities.find((one) => one.kind === kind);
  return (
    <label class="kind-choice">
      <input
        type="radio"
        name="kind"
        value={kind}
        checked={checked}
        onChange={onChoose}
        data-autofocus={checked ? true : undefined}
      />
      <KindMark kind={kind} />
      <strong>{kindNames[kind]}</strong>
      <small>{capability?.available === false ? 'not installed' : (capability?.version ?? '')}</small>
    </label>
  );
}

interface FieldProps {
  readonly field: FormFieldView;
  /** Whether its label is already shown by what it is folded into. */
  readonly isLabelled?: boolean;
  readonly value: FieldValue;
  readonly problem: string | undefined;
  readonly onChange: (value: FieldValue) => void;
}

export function KindField(
  props: Omit<FieldProps, 'problem'> & { readonly place: LaunchPlace | undefined },
): JSX.Element {
  const { field, value, place, onChange } = props;
  return (
    <fieldset class="kind-choices">
      <legend>Kind</legend>
      {(field.choices ?? []).filter(isNodeKind).map((one) => (
        <KindChoice
          key={one}
          kind={one}
          place={place}
          checked={one === value}
          onChoose={() => onChange(one)}
        />
      ))}
    </fieldset>
  );
}

function FlagField({ field, value, onChange }: FieldProps): JSX.Element {
  const { label, hint } = textOf(field.key);
  return (
    <label class="switch-row">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={value === true}
        data-testid={`launch-${field.key}`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== '' && <small>{hint}</small>}
      </span>
    </label>
  );
}

interface TextControl {
  readonly id: string;
  /** Its label, if none is shown. */
  readonly label: string | undefined;
  readonly describedBy: string;
  readonly value: string;
  readonly isInvalid: boolean;
  readonly onInput: (text: string) => void;
}

function LinesControl({ field, control }: ControlProps): JSX.Element {
  return (
    <textarea
      id={control.id}
      value={control.value}
      rows={3}
      placeholder={textOf(field.key).placeholder}
      autocomplete="off"
      spellcheck={false}
      aria-label={control.label}
      aria-invalid={control.isInvalid ? 'true' : undefined}
      aria-describedby={control.describedBy}
      data-testid={`launch-${field.key}-text`}
      onInput={(event) => control.onInput(event.currentTarget.value)}
    />
  );
}

interface ControlProps {
  readonly field: FormFieldView;
  readonly control: TextControl;
}

function ChoiceControl({ field, control }: ControlProps): JSX.Element {
  return (
    <select
      id={control.id}
      value={control.value}
      aria-label={control.label}
      aria-invalid={control.isInvalid ? 'true' : undefined}
      aria-describedby={control.describedBy}
      data-testid={`launch-${field.key}`}
      onChange={(event) => control.onInput(event.currentTarget.value)}
    >
      {!field.required && <option value="">–</option>}
      {(field.choices ?? []).map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

function SecretControl({ field, control }: ControlProps): JSX.Element {
  return (
    <input
      id={control.id}
      type="password"
      value={control.value}
      autocomplete="off"
      aria-label={control.label}
      aria-invalid={control.isInvalid ? 'true' : undefined}
      aria-describedby={control.describedBy}
      data-testid={`launch-${field.key}`}
      onInput={(event) => control.onInput(event.currentTarget.value)}
    />
  );
}

/** A text or a number, with suggestions if the console has some. */
function LineControl({ field, control }: ControlProps): JSX.Element {
  const listId = `${control.id}-list`;
  const suggestions = field.suggestions ?? [];
  return (
    <>
      <input
        id={control.id}
        type="text"
        inputMode={field.type === 'number' ? 'numeric' : 'text'}
        value={control.value}
        placeholder={textOf(field.key).placeholder}
        autocomplete="off"
        spellcheck={false}
        {...(suggestions.length === 0 ? {} : { list: listId })}
        aria-label={control.label}
        aria-invalid={control.isInvalid ? 'true' : undefined}
        aria-describedby={control.describedBy}
        data-testid={`launch-${field.key}`}
        onInput={(event) => control.onInput(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={listId}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Control(props: ControlProps): JSX.Element {
  const { type, choices } = props.field;
  if (type === 'variables') return <LinesControl {...props} />;
  if (type === 'secret') return <SecretControl {...props} />;
  return type === 'choice' && choices !== undefined ? (
    <ChoiceControl {...props} />
  ) : (
    <LineControl {...props} />
  );
}

function TextField({ field, isLabelled, value, problem, onChange }: FieldProps): JSX.Element {
  const id = useId();
  const noteId = `${id}-note`;
  const { label, hint } = textOf(field.key);
  const text = typeof value === 'string' ? value : '';
  const isOptional = !field.required && field.default === undefined;
  const control = {
    ...{ id, describedBy: noteId, value: text, onInput: onChange },
    label: isLabelled === true ? label : undefined,
    isInvalid: problem !== undefined,
  };
  return (
    <div class="field">
      {isLabelled !== true && (
        <label for={id}>
          {label} {isOptional && <small>optional</small>}
        </label>
      )}
      <Control field={field} control={control} />
      <FieldNote id={noteId} hint={hint} problem={problem} testId={`launch-${field.key}-note`} />
    </div>
  );
}

/** A field whose value has a text for each of its parts. */
function PartsField({ field, isLabelled, value, problem, onChange }: FieldProps): JSX.Element {
  const id = useId();
  const noteId = `${id}-note`;
  const { label, hint } = textOf(field.key);
  const parts = typeof value === 'object' ? value : {};
  return (
    <fieldset class="parts-field" aria-label={label} aria-describedby={noteId}>
      {isLabelled !== true && <span aria-hidden="true">{label}</span>}
      {(field.each ?? []).map((part) => (
        <div key={part} class="field">
          <label for={`${id}-${part}`}>{partLabelOf(part)}</label>
          <Control
            field={{ ...field, key: `${field.key}-${part}` }}
            control={{
              id: `${id}-${part}`,
              label: undefined,
              describedBy: noteId,
              value: parts[part] ?? '',
              isInvalid: problem !== undefined,
              onInput: (text) => onChange({ ...parts, [part]: text }),
            }}
          />
        </div>
      ))}
      <FieldNote id={noteId} hint={hint} problem={problem} testId={`launch-${field.key}-note`} />
    </fieldset>
  );
}

export function LaunchField(props: FieldProps): JSX.Element {
  if (props.field.each !== undefined) return <PartsField {...props} />;
  return props.field.type === 'flag' ? <FlagField {...props} /> : <TextField {...props} />;
}
