/** One of a few values as a row of buttons, and a small list to choose a number from. */

import type { JSX } from 'preact';

export function Segments<Value extends string>(props: {
  /** What is chosen, for screen readers: `Sort by`. */
  readonly label: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}): JSX.Element {
  const { label, name, value, options, onChoose } = props;
  return (
    <fieldset class="segments" aria-label={label}>
      {options.map(([one, text]) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === value}
            data-testid={`${name}-${one}`}
            onChange={() => onChoose(one)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** How many rows are asked for. */
export function LimitSelect(props: {
  /** What there is a number of: `processes`. */
  readonly of: string;
  /** One of them, where one can be chosen: `process`. */
  readonly one?: string;
  readonly value: number;
  readonly options: readonly number[];
  readonly onChoose: (limit: number) => void;
}): JSX.Element {
  const { of, one = of, value, options, onChoose } = props;
  return (
    <select
      class="filter-select"
      aria-label={`Number of ${of}`}
      data-testid="limit"
      value={String(value)}
      onChange={(event) => onChoose(Number(event.currentTarget.value))}
    >
      {options.map((limit) => (
        <option key={limit} value={String(limit)}>
          {limit} {limit === 1 ? one : of}
        </option>
      ))}
    </select>
  );
}
