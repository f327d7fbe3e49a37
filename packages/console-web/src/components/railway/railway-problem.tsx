/** What Railway, or the console on the way to it, said no to, and what usually helps. */

import type { Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';

export function RailwayProblem({ problem }: { readonly problem: Problem }): JSX.Element {
  return (
    <div class="problem-text" role="alert" data-testid="railway-problem">
      <p>{problem.message}</p>
      {problem.remedy !== undefined && (
        <p class="remedy boxed">
          <Glyph name="info" />
          <span>
            <PlainText text={problem.remedy} />
          </span>
        </p>
      )}
    </div>
  );
}
