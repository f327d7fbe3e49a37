/** A problem and its remedy in a dialog. */

import type { Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { adviceFor } from '../state/page/field-hints.ts';
import { Glyph } from './glyphs.tsx';
import { PlainText } from './plain-text.tsx';

interface ProblemTextProps {
  readonly problem: Problem;
  readonly testId: string;
  /** The message is already shown above; show only the remedy. */
  readonly isTold?: boolean;
}

export function ProblemText({ problem, testId, isTold = false }: ProblemTextProps): JSX.Element {
  const advice = adviceFor(problem);
  return (
    <div class="problem-text" role="alert" data-testid={testId}>
      {!isTold && <p>{problem.message}</p>}
      {advice !== '' && (
        <p class="remedy boxed">
          <Glyph name="info" />
          <span>
            <PlainText text={advice} />
          </span>
        </p>
      )}
    </div>
  );
}
