/** The state of a process. It is asked for only when the user wants it, because the process itself has to answer. */

import type { JSX } from 'preact';
import { formatAge } from '../../../state/inside/inside-format.ts';
import { askState, type ProcessDetails } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { slowClock } from '../../../state/page/clock.ts';
import { PanelBody, PartProblem } from '../parts/panel-body.tsx';

function State({ state }: { readonly state: ProcessDetails['state'] }): JSX.Element {
  if (state === undefined) return <p class="quiet">The process has told none.</p>;
  if (typeof state !== 'string') return <PartProblem problem={state.problem} />;
  return (
    <pre
      class="state-text"
      role="group"
      tabIndex={0}
      aria-label="State of the process"
      data-testid="process-state"
    >
      {state}
    </pre>
  );
}

export function ProcessState({ node, pid }: { readonly node: string; readonly pid: string }): JSX.Element {
  const poll = usePoll<ProcessDetails>(node, {
    key: pid,
    isLive: false,
    isUrgent: false,
    ask: () => askState(node, pid),
  });
  const { last, isAsking } = poll.state.value;
  return (
    <section class="card card-wide" data-testid="card-state">
      <h2>State {last !== undefined && <small>{formatAge(slowClock.value - last.at)}</small>}</h2>
      <p class="quiet">
        The process itself is asked by <code>sys:get_state</code>, for at most a second: it answers between
        two messages. One that does not know such requests keeps this one in its queue.
      </p>
      <div class="button-row">
        <button
          type="button"
          class="button"
          aria-busy={isAsking}
          data-testid="ask-state"
          onClick={() => poll.refresh()}
        >
          {last === undefined ? 'Ask for its state' : 'Ask again'}
        </button>
      </div>
      <PanelBody poll={poll} asked={pid} idle={<></>}>
        {(process) => <State state={process.state} />}
      </PanelBody>
    </section>
  );
}
