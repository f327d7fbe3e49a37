/** The line under a field: what belongs in it, or what is wrong with what is in it. */

import type { JSX } from 'preact';
import { Glyph } from './glyphs.tsx';

export interface FieldNoteProps {
  /** The id by which the field is described. */
  readonly id: string;
  readonly hint: string;
  readonly problem: string | undefined;
  readonly testId?: string;
}

export function FieldNote({ id, hint, problem, testId }: FieldNoteProps): JSX.Element {
  // One element for both, so that a screen reader says when the hint becomes a problem.
  return (
    <small
      id={id}
      class={problem === undefined ? undefined : 'field-problem'}
      aria-live="polite"
      data-testid={testId}
    >
      {problem === undefined ? (
        hint
      ) : (
        <>
          <Glyph name="warning" />
          <span>{problem}</span>
        </>
      )}
    </small>
  );
}
