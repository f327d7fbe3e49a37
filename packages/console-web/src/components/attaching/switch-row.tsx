/** A switch with its label and what it means. */

import type { JSX } from 'preact';

export function SwitchRow(props: {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly testId: string;
  readonly onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <label class="switch-row">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.checked}
        data-testid={props.testId}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>
        {props.label}
        <small>{props.hint}</small>
      </span>
    </label>
  );
}
