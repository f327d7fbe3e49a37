/**
 * Which control messages require a negotiated flag, and what is sent instead if the peer lacks it: older nodes (OTP 23 has
 * no aliases and no unlink ids) get the older form of the same signal. Pure; the connection calls it before encoding.
 */

import { Pid, type Reference, type Term } from '../etf/index.ts';
import { type Control, type ControlKind, controlRows } from './control-messages.ts';
import { Flag, hasFlags } from './flags.ts';

/** A control message with its payload. */
export interface Envelope {
  readonly control: Control;
  readonly payload: Term;
}

/** The flags that messages require, if any. */
const needs: Partial<Record<ControlKind, bigint>> = {
  MONITOR_P: Flag.DIST_MONITOR,
  DEMONITOR_P: Flag.DIST_MONITOR,
  MONITOR_P_EXIT: Flag.DIST_MONITOR,
  SEND_SENDER: Flag.SEND_SENDER,
  SEND_SENDER_TT: Flag.SEND_SENDER,
  PAYLOAD_EXIT: Flag.EXIT_PAYLOAD,
  PAYLOAD_EXIT_TT: Flag.EXIT_PAYLOAD,
  PAYLOAD_EXIT2: Flag.EXIT_PAYLOAD,
  PAYLOAD_EXIT2_TT: Flag.EXIT_PAYLOAD,
  PAYLOAD_MONITOR_P_EXIT: Flag.EXIT_PAYLOAD,
  SPAWN_REQUEST: Flag.SPAWN,
  SPAWN_REQUEST_TT: Flag.SPAWN,
  SPAWN_REPLY: Flag.SPAWN,
  SPAWN_REPLY_TT: Flag.SPAWN,
  ALIAS_SEND: Flag.ALIAS,
  ALIAS_SEND_TT: Flag.ALIAS,
  UNLINK_ID: Flag.UNLINK_ID,
  UNLINK_ID_ACK: Flag.UNLINK_ID,
  ALTACT_SIG_SEND: Flag.ALTACT_SIG,
};

/** The kinds of message that can be sent unchanged with these negotiated flags: looked up for each message. */
export function sendableKinds(flags: bigint): ReadonlySet<ControlKind> {
  const kinds = Object.keys(controlRows) as ControlKind[];
  return new Set(kinds.filter((kind) => hasFlags(flags, needs[kind] ?? 0n)));
}

/** The message in the newest form that the flags allow; `undefined` if there is none and the message must be dropped. */
export function adaptMessage(envelope: Envelope, flags: bigint): Envelope | undefined {
  const need = needs[envelope.control.kind];
  if (need === undefined || hasFlags(flags, need)) return envelope;
  const older = olderForm(envelope);
  return older === undefined ? undefined : adaptMessage(older, flags);
}

function olderForm({ control, payload }: Envelope): Envelope | undefined {
  switch (control.kind) {
    case 'SEND_SENDER':
      return { control: { kind: 'SEND', to: control.to }, payload };
    case 'SEND_SENDER_TT':
      return { control: { kind: 'SEND_TT', to: control.to, token: control.token }, payload };
    case 'PAYLOAD_EXIT':
      return inline({ ...control, kind: 'EXIT', reason: payload });
    case 'PAYLOAD_EXIT_TT':
      return inline({ ...control, kind: 'EXIT_TT', reason: payload });
    case 'PAYLOAD_EXIT2':
      return inline({ ...control, kind: 'EXIT2', reason: payload });
    case 'PAYLOAD_EXIT2_TT':
      return inline({ ...control, kind: 'EXIT2_TT', reason: payload });
    case 'PAYLOAD_MONITOR_P_EXIT':
      return inline({ ...control, kind: 'MONITOR_P_EXIT', reason: payload });
    case 'UNLINK_ID':
      return inline({ kind: 'UNLINK', from: control.from, to: control.to });
    case 'ALTACT_SIG_SEND':
      return withoutAltact(control, payload);
    default:
      return undefined;
  }
}

/** What OTP does for peers without the flag: priority is lost, and an exit signal to an alias is dropped. */
function withoutAltact(
  control: Extract<Control, { kind: 'ALTACT_SIG_SEND' }>,
  payload: Term,
): Envelope | undefined {
  const { flags, from, to, token } = control;
  const isTraced = (flags & 2) !== 0;
  if ((flags & 16) !== 0)
    return isPid(to) ? { control: { kind: 'PAYLOAD_EXIT2', from, to }, payload } : undefined;
  if (typeof to === 'string') {
    return isTraced
      ? { control: { kind: 'REG_SEND_TT', from, to, token }, payload }
      : { control: { kind: 'REG_SEND', from, to }, payload };
  }
  if (isPid(to)) {
    return isTraced
      ? { control: { kind: 'SEND_SENDER_TT', from, to, token }, payload }
      : { control: { kind: 'SEND_SENDER', from, to }, payload };
  }
  return isTraced
    ? { control: { kind: 'ALIAS_SEND_TT', from, to, token }, payload }
    : { control: { kind: 'ALIAS_SEND', from, to }, payload };
}

function inline(control: Control): Envelope {
  return { control, payload: undefined };
}

function isPid(target: string | Pid | Reference): target is Pid {
  return target instanceof Pid;
}
