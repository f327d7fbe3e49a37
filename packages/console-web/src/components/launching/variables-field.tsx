/** The field for the environment variables of a node. Collapsed at first, because most launches need none. */

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

export function VariablesField(props: {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onInput: (text: string) => void;
}): JSX.Element {
  const { value, problem, onInput } = props;
  const hintId = useId();
  return (
    <details class="more-fields" data-testid="launch-variables">
      <summary>Environment variables</summary>
      <label class="field">
        <textarea
          value={value}
          rows={3}
          placeholder="DATABASE_URL=postgres://..."
          autocomplete="off"
          spellcheck={false}
          aria-label="Environment variables"
          aria-invalid={problem === undefined ? undefined : 'true'}
          aria-describedby={hintId}
          data-testid="launch-variables-text"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      <small id={hintId} role={problem === undefined ? undefined : 'alert'}>
        {problem ??
          'One NAME=value per line, for this node only. The console neither shows nor logs the values.'}
      </small>
    </details>
  );
}
