/** A choice from a list, in the form of a cluster. */

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { FieldNote } from '../field-note.tsx';

interface SelectFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly testId: string;
  readonly onChoose: (value: string) => void;
}

export function SelectField(props: SelectFieldProps): JSX.Element {
  const { label, hint, value, problem, options, testId, onChoose } = props;
  const noteId = useId();
  return (
    <div class="field-group">
      <label class="field">
        <span>{label}</span>
        <select
          value={value}
          data-testid={testId}
          aria-invalid={problem === undefined ? undefined : 'true'}
          aria-describedby={noteId}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {options.map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <FieldNote id={noteId} hint={hint} problem={problem} testId={`${testId}-note`} />
    </div>
  );
}
