/**
 * When a connection owes its peer a sign of life, and when the peer is to be given up: OTP's net_ticktime, checked
 * four times per tick time. Pure: told the byte counters at each check, it says what to do. Judged on bytes only, so a
 * long queue of messages does not matter.
 */

/** Checks without a byte from the peer after which it is given up. */
const maxSilentChecks = 4;

/** What was known at the last check. */
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

/** Milliseconds between two checks. */
export function tickIntervalMs(netTickTimeMs: number): number {
  return Math.max(1, Math.round(netTickTimeMs / maxSilentChecks));
}

export function createTickState(counters: ByteCounters): TickState {
  return { bytesIn: counters.bytesIn, bytesOut: counters.bytesOut, silentChecks: 0 };
}

/** One check. A late check (a blocked event loop) counts as one, as unread bytes may be waiting. */
export function stepTick(state: TickState, counters: ByteCounters): TickDecision {
  const { bytesIn, bytesOut } = counters;
  const silentChecks = bytesIn === state.bytesIn ? state.silentChecks + 1 : 0;
  const action = silentChecks >= maxSilentChecks ? 'give-up' : bytesOut === state.bytesOut ? 'tick' : 'none';
  return { state: { bytesIn, bytesOut, silentChecks }, action };
}
