/** A field by which the node filters a list. The key `/` goes to it. */

import type { JSX } from 'preact';
import { Glyph } from '../../glyphs.tsx';

export function FilterField(props: {
  readonly value: string;
  /** What it is compared with: `Name, call, label`. */
  readonly placeholder: string;
  /** The same as a sentence. */
  readonly label: string;
  readonly testId: string;
  readonly onType: (text: string) => void;
}): JSX.Element {
  const { value, placeholder, label, testId, onType } = props;
  return (
    <label class="filter">
      <Glyph name="search" />
      <input
        type="search"
        value={value}
        maxLength={200}
        placeholder={placeholder}
        aria-label={label}
        data-filter
        data-testid={testId}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}
