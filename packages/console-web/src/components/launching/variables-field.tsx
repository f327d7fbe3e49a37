/** The field for the environment variables of a node. Collapsed at first, because most launches need none. */

import type { JSX, Ref } from 'preact';
import { useId } from 'preact/hooks';
import { FieldNote } from '../field-note.tsx';

export function VariablesField(props: {
  readonly value: string;
  readonly problem: string | undefined;
  /** Whether the node had variables before, perhaps, whose values the page does not have. */
  readonly isAgain: boolean;
  readonly field: Ref<HTMLTextAreaElement>;
  readonly onInput: (text: string) => void;
}): JSX.Element {
  const { value, problem, isAgain, onInput } = props;
  const noteId = useId();
  return (
    <details class="more-fields" data-testid="launch-variables" open={isAgain}>
      <summary>Environment variables</summary>
      {isAgain && (
        <p class="quiet">Enter those of the last launch again: this page does not have their values.</p>
      )}
      <div class="field">
        <textarea
          ref={props.field}
          value={value}
          rows={3}
          placeholder="DATABASE_URL=postgres://..."
          autocomplete="off"
          spellcheck={false}
          aria-label="Environment variables"
          aria-invalid={problem === undefined ? undefined : 'true'}
          aria-describedby={noteId}
          data-testid="launch-variables-text"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
      <FieldNote
        id={noteId}
        hint="One NAME=value per line, for this node only. The console neither shows nor logs the values."
        problem={problem}
      />
    </details>
  );
}
