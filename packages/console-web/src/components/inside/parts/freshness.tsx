/** How old an answer is, what the question has cost its node, and buttons that hold and repeat it. */

import type { JSX } from 'preact';
import { costDetails, formatAge, formatCost } from '../../../state/inside/inside-format.ts';
import type { LastAnswer, Poll } from '../../../state/inside/poll.ts';
import { slowClock } from '../../../state/page/clock.ts';
import { Glyph } from '../../glyphs.tsx';

function Age({ at }: { readonly at: number }): JSX.Element {
  return <span class="freshness-age">{formatAge(slowClock.value - at)}</span>;
}

function Cost({ last, what }: { readonly last: LastAnswer<unknown>; readonly what: string }): JSX.Element {
  const { cost, periodMs } = last;
  const text = formatCost(cost, { what, periodMs });
  return (
    <span class="freshness-cost" data-testid="cost" title={costDetails(cost, { periodMs })}>
      {text}
    </span>
  );
}

export function Freshness(props: {
  readonly poll: Poll<unknown>;
  /** What took the time: `This list`. */
  readonly what: string;
  /** It is asked again by itself. */
  readonly isLive: boolean;
}): JSX.Element {
  const { poll, what, isLive } = props;
  const { last, isAsking, isPaused } = poll.state.value;
  return (
    <div class="freshness">
      <span class="freshness-text">
        {last !== undefined && (
          <>
            <Age at={last.at} />
            <Cost last={last} what={what} />
          </>
        )}
      </span>
      {isLive && (
        <button
          type="button"
          class="button"
          aria-pressed={isPaused}
          data-testid="panel-pause"
          title={isPaused ? 'Ask again by itself' : 'Keep what is shown'}
          onClick={() => poll.pause(!isPaused)}
        >
          <Glyph name={isPaused ? 'play' : 'pause'} />
          Pause
        </button>
      )}
      <button
        type="button"
        class="button"
        aria-busy={isAsking}
        data-testid="panel-refresh"
        title="Ask the node now"
        onClick={() => poll.refresh()}
      >
        <Glyph name="again" />
        Refresh
      </button>
    </div>
  );
}
