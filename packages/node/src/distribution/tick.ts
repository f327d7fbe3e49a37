/**
 * Decides when to send a tick and when to give up a silent peer: OTP's net_ticktime, checked four times per tick time. Pure:
 * it gets the byte counters at each check and returns what to do. Only bytes count, so a long queue of messages does not
 * matter.
 */

/** The number of checks without a byte from the peer after which it is given up. */
const maxSilentChecks = 4;

/** The state at the last check. */
export interface TickState {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly silentChecks: number;
}

export interface ByteCounters {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface TickDecision {
  readonly state: TickState;
  /** `tick`: send an empty frame. `give-up`: the peer has been silent for a whole tick time. */
  readonly action: 'none' | 'tick' | 'give-up';
}

/** The time between two checks, in milliseconds. */
export function tickIntervalMs(netTickTimeMs: number): number {
  return Math.max(1, Math.round(netTickTimeMs / maxSilentChecks));
}

export function createTickState(counters: ByteCounters): TickState {
  return { bytesIn: counters.bytesIn, bytesOut: counters.bytesOut, silentChecks: 0 };
}

/** Performs one check. A late check (a blocked event loop) counts once, because unread bytes may be waiting. */
export function stepTick(state: TickState, counters: ByteCounters): TickDecision {
  const { bytesIn, bytesOut } = counters;
  const silentChecks = bytesIn === state.bytesIn ? state.silentChecks + 1 : 0;
  const action = silentChecks >= maxSilentChecks ? 'give-up' : bytesOut === state.bytesOut ? 'tick' : 'none';
  return { state: { bytesIn, bytesOut, silentChecks }, action };
}
