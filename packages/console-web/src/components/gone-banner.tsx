/** Banner on every page while the console has not answered for long. */

import type { JSX } from 'preact';
import { retryNow, socketState } from '../console-link/live-link.ts';
import { consoleGoneSince } from '../state/console-gone.ts';
import { slowClock } from '../state/page/clock.ts';
import { formatClock, formatUptime } from '../state/page/format.ts';
import { Glyph } from './glyphs.tsx';

export function GoneBanner(): JSX.Element | null {
  const since = consoleGoneSince.value;
  if (since === undefined || socketState.value.kind === 'refused') return null;
  return (
    <div class="audit-banner gone-banner" data-testid="gone-banner">
      <Glyph name="warning" />
      <p>
        <strong role="alert">The console has not answered since {formatClock(since)}.</strong> It may have
        been stopped: start it again with <code>convoy up</code>. What this page shows is{' '}
        {formatUptime(slowClock.value - since)} old.
      </p>
      <button type="button" class="button" onClick={retryNow}>
        Try now
      </button>
    </div>
  );
}
