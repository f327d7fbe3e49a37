/** Banner on every page while the console cannot write its audit log, so that actions may leave no trace. */

import type { JSX } from 'preact';
import { auditProblem } from '../state/connection.ts';
import { Glyph } from './glyphs.tsx';
import { PlainText } from './plain-text.tsx';

export function AuditBanner(): JSX.Element | null {
  const problem = auditProblem.value;
  if (problem === undefined) return null;
  return (
    <div class="audit-banner" role="alert" data-testid="audit-banner">
      <Glyph name="warning" />
      <p>
        <strong>
          <PlainText text={problem.message} />.
        </strong>{' '}
        {problem.remedy !== undefined && <PlainText text={problem.remedy} />}
      </p>
    </div>
  );
}
