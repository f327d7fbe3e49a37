/** What has to be known about the lines: which loggers are not followed and why, what is not shown, which line was asked for. */

import type { ComponentChildren, JSX } from 'preact';
import { nodeName, nodeTitle } from '../../state/clusters/node-titles.ts';
import { addressedLine, chosenNodes, followedNodes, leaveLine } from '../../state/logs/log-scope.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import type { LogStateMessage } from '../../state/logs/log-link.ts';
import { mostLines } from '../../state/logs/log-stream.ts';
import { adviceFor } from '../../state/page/field-hints.ts';
import { formatNumber } from '../../state/page/format.ts';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';

function Notice(props: {
  readonly testId: string;
  readonly isWarning?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { testId, isWarning = false, children } = props;
  return (
    <div class={`log-notice ${isWarning ? 'is-warning' : ''}`} data-testid={testId}>
      <Glyph name={isWarning ? 'warning' : 'info'} />
      <div>{children}</div>
    </div>
  );
}

function Reason({ state }: { readonly state: LogStateMessage }): JSX.Element {
  const { problem } = state;
  const advice = problem === undefined ? '' : adviceFor(problem);
  const message = problem?.message ?? 'its logger is not followed';
  return (
    <>
      {/* Most messages name the node themselves. */}
      {message.includes(nodeName(state.node)) ? message : `${nodeTitle(state.node)}: ${message}`}
      {advice !== '' && (
        <>
          . <PlainText text={advice} />
        </>
      )}
    </>
  );
}

function Unfollowed({ session }: { readonly session: LogSession }): JSX.Element | null {
  const states = [...session.stream.states.value.values()].filter(({ state }) => state === 'unavailable');
  const [only, ...others] = states;
  if (only === undefined) return null;
  if (others.length === 0)
    return (
      <Notice testId="logs-unfollowed" isWarning>
        <Reason state={only} />
      </Notice>
    );
  return (
    <Notice testId="logs-unfollowed" isWarning>
      <details>
        <summary>The loggers of {states.length} nodes are not followed</summary>
        <ul>
          {states.map((state) => (
            <li key={state.node}>
              <Reason state={state} />
            </li>
          ))}
        </ul>
      </details>
    </Notice>
  );
}

function TooMany(): JSX.Element | null {
  const chosen = chosenNodes.value.length;
  const followed = followedNodes.value.length;
  if (chosen === followed) return null;
  return (
    <Notice testId="logs-too-many" isWarning>
      The first {followed} of {chosen} nodes are followed. Choose fewer nodes, or a cluster, to see the
      others.
    </Notice>
  );
}

function AroundLine({ session }: { readonly session: LogSession }): JSX.Element | null {
  const line = addressedLine.value;
  const missing = session.missing.value;
  const [node] = chosenNodes.value;
  if (line === undefined || node === undefined || session.stream.hold.value !== 'around') return null;
  const waiting = session.stream.waiting.value;
  return (
    <Notice testId="logs-around" isWarning={missing !== undefined}>
      {missing === undefined
        ? `These are the lines around line ${line} of ${nodeTitle(node.id)}.`
        : `The console no longer has line ${line} of ${nodeTitle(node.id)}. The lines next to it are shown.`}{' '}
      <button type="button" class="link-button" data-testid="logs-newest" onClick={leaveLine}>
        Go to the newest lines{waiting > 0 ? ` (${formatNumber(waiting)} new)` : ''}
      </button>
    </Notice>
  );
}

function LeftOut({ session }: { readonly session: LogSession }): JSX.Element | null {
  const dropped = session.stream.dropped.value;
  const { problem, isFull } = session.stream.history.state.value;
  return (
    <>
      {dropped > 0 && (
        <Notice testId="logs-dropped">
          The page keeps the last {formatNumber(mostLines)} lines; {formatNumber(dropped)} older ones have
          made room. Scroll up to load them again, as far as the console has stored them.
        </Notice>
      )}
      {isFull && (
        <Notice testId="logs-full">
          {formatNumber(mostLines)} older lines are loaded, which is the limit. Filter them, or download the
          log.
        </Notice>
      )}
      {problem !== undefined && (
        <Notice testId="logs-problem" isWarning>
          Older lines cannot be loaded: {problem.message}. <PlainText text={adviceFor(problem)} />
        </Notice>
      )}
    </>
  );
}

export function LogNotices({ session }: { readonly session: LogSession }): JSX.Element {
  return (
    <div class="log-notices" role="status">
      <AroundLine session={session} />
      <Unfollowed session={session} />
      <TooMany />
      <LeftOut session={session} />
    </div>
  );
}
