/** What a panel shows of an answer: the last one, greyed while there is no newer one, and why there is none. */

import type { InspectProblemView } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { formatAge } from '../../../state/inside/inside-format.ts';
import type { Poll, Trouble } from '../../../state/inside/poll.ts';
import { slowClock } from '../../../state/page/clock.ts';
import { formatClock } from '../../../state/page/format.ts';
import { Glyph } from '../../glyphs.tsx';
import { PlainText } from '../../plain-text.tsx';

const titles: Readonly<Record<InspectProblemView['kind'], string>> = {
  slow: 'The node has not answered in time',
  unreachable: 'The node cannot be reached',
  unsupported: 'This node does not answer this question',
  failed: 'The node refused',
  'too-large': 'The answer would be too large',
  gone: 'It does not exist any more',
};

function ShownFrom({ at }: { readonly at: number }): JSX.Element {
  return (
    <p class="quiet">
      What is shown is from {formatClock(at)}, {formatAge(slowClock.value - at)}.
    </p>
  );
}

/** What a trouble is called where the usual title says less. */
type TroubleTitles = Partial<typeof titles>;

/** Why there is no answer, or none that is newer than `at`. */
export function TroubleBox(props: {
  readonly trouble: Trouble;
  readonly at?: number | undefined;
  readonly titles?: TroubleTitles | undefined;
}): JSX.Element {
  const { trouble, at } = props;
  const { kind, message, remedy } = trouble;
  const title =
    kind === undefined ? 'The console could not ask the node' : (props.titles?.[kind] ?? titles[kind]);
  return (
    <div class="trouble" role="status" data-testid="trouble" data-kind={kind ?? 'refused'}>
      <Glyph name="warning" />
      <div>
        <strong>{title}</strong>
        <p>{message}</p>
        {remedy !== undefined && (
          <p>
            <PlainText text={remedy} />
          </p>
        )}
        {at !== undefined && <ShownFrom at={at} />}
      </div>
    </div>
  );
}

/** Why one part of an answer is missing. */
export function PartProblem({ problem }: { readonly problem: InspectProblemView }): JSX.Element {
  return (
    <p class="part-problem" data-testid="part-problem" data-kind={problem.kind}>
      <Glyph name="info" />
      <span>
        <PlainText text={`${problem.message} ${problem.remedy ?? ''}`.trim()} />
      </span>
    </p>
  );
}

export function PanelBody<Value>(props: {
  readonly poll: Poll<Value>;
  /** The key of the question that is asked now. An answer to another one is greyed. */
  readonly asked: string;
  readonly children: (value: Value) => ComponentChildren;
  /** What is shown until the user has asked. */
  readonly idle?: ComponentChildren;
  readonly titles?: TroubleTitles;
}): JSX.Element {
  const { poll, asked, children, idle, titles: own } = props;
  const { last, trouble, isAsking } = poll.state.value;
  if (last === undefined) {
    if (trouble !== undefined) return <TroubleBox trouble={trouble} titles={own} />;
    if (idle !== undefined && !isAsking) return <>{idle}</>;
    return (
      <p class="quiet asking" role="status">
        Asking the node…
      </p>
    );
  }
  const isOfOther = last.key !== asked;
  return (
    <>
      {trouble !== undefined && <TroubleBox trouble={trouble} at={last.at} titles={own} />}
      <div
        class={trouble !== undefined || isOfOther ? 'answer is-stale' : 'answer'}
        aria-busy={isOfOther && isAsking}
        data-testid="answer"
      >
        {children(last.value)}
      </div>
    </>
  );
}
