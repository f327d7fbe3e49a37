/** A field of the form of a cluster, with what belongs in it or what is wrong with what is in it. */

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { FieldNote } from '../field-note.tsx';

interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly testId: string;
  readonly placeholder?: string;
  readonly kind?: 'text' | 'password' | 'lines';
  readonly isFirst?: boolean;
  readonly onInput: (text: string) => void;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const { label, hint, value, problem, testId, placeholder, kind = 'text', isFirst = false, onInput } = props;
  const noteId = useId();
  const shared = {
    value,
    placeholder,
    autocomplete: 'off',
    spellcheck: false,
    'data-testid': testId,
    'data-autofocus': isFirst ? true : undefined,
    'aria-invalid': problem === undefined ? undefined : ('true' as const),
    'aria-describedby': noteId,
  };
  return (
    <div class="field-group">
      <label class="field">
        <span>{label}</span>
        {kind === 'lines' && (
          <textarea {...shared} rows={2} onInput={(event) => onInput(event.currentTarget.value)} />
        )}
        {kind === 'text' && (
          <input {...shared} type="text" onInput={(event) => onInput(event.currentTarget.value)} />
        )}
        {kind === 'password' && (
          <input {...shared} type="password" onInput={(event) => onInput(event.currentTarget.value)} />
        )}
      </label>
      <FieldNote id={noteId} hint={hint} problem={problem} testId={`${testId}-note`} />
    </div>
  );
}
