/** Whether the page is live; if not, when it reconnects. */

import type { JSX } from 'preact';
import type { SocketState } from '../console-link/live-socket.ts';
import { slowClock } from '../state/page/clock.ts';
import { retryNow, socketState } from '../console-link/live-link.ts';

function Countdown({ retryAt }: { readonly retryAt: number }): JSX.Element {
  const seconds = Math.max(0, Math.ceil((retryAt - slowClock.value) / 1000));
  return <>Reconnecting in {seconds} s</>;
}

function describe(state: SocketState): JSX.Element {
  if (state.kind === 'live') return <>Live</>;
  if (state.kind === 'waiting') return <Countdown retryAt={state.retryAt} />;
  if (state.kind === 'refused') return <>Signed out</>;
  return state.kind === 'connecting' && state.attempt > 0 ? <>Reconnecting…</> : <>Connecting</>;
}

function titleOf(state: SocketState): string {
  if (state.kind === 'live')
    return state.latencyMs === undefined ? 'Connected' : `Connected, ${state.latencyMs} ms round trip`;
  return 'What you see is as of the last contact';
}

export function SocketStateChip(): JSX.Element {
  const state = socketState.value;
  return (
    <div class={`socket-state socket-${state.kind}`} data-testid="socket-state" data-state={state.kind}>
      <span class="socket-mark" aria-hidden="true" />
      <span role="status" title={titleOf(state)}>
        {describe(state)}
      </span>
      {state.kind === 'live' && state.latencyMs !== undefined && (
        <span class="socket-latency">{state.latencyMs} ms</span>
      )}
      {state.kind === 'waiting' && (
        <button type="button" class="link-button" onClick={retryNow}>
          Now
        </button>
      )}
    </div>
  );
}
