/**
 * The forms of a control message: a peer gets the newest one that its flags allow (OTP 23 has no aliases and no unlink ids), and
 * what is received is handled in one form, whatever the peer sent. Both follow from the rows in control-rows.ts, but for
 * ALTACT_SIG_SEND, whose older form depends on its flags. Pure.
 */

import { Pid, type Term } from '../etf/index.ts';
import { AltactFlag, type Control, type ControlOf } from './control-messages.ts';
import { type ControlKind, controlRows, type FormerKind, isControlKind, rowOf } from './control-rows.ts';
import { Flag, hasFlags } from './flags.ts';

/** A control message with its payload. */
export interface Envelope<Message extends Control = Control> {
  readonly control: Message;
  readonly payload: Term;
}

/** A control message in the form in which it is handled. */
export type CurrentControl = Exclude<Control, { readonly kind: FormerKind }>;

/** The kinds of message that are sent unchanged with these negotiated flags: looked up for each message. */
export function sendableKinds(flags: bigint): ReadonlySet<ControlKind> {
  return new Set(
    Object.keys(controlRows)
      .filter(isControlKind)
      .filter((kind) => isSentAsItIs(kind, flags)),
  );
}

/** The message in the form for these flags; `undefined` if there is none and the message must be dropped. */
export function adaptMessage(envelope: Envelope, flags: bigint): Envelope | undefined {
  const { control, payload } = envelope;
  if (isSentAsItIs(control.kind, flags)) return envelope;
  if (isAliasSend(control) && hasFlags(flags, Flag.ALTACT_SIG)) {
    return { control: altactOf(control), payload };
  }
  const older = olderForm(envelope);
  return older === undefined ? undefined : adaptMessage(older, flags);
}

/** Whether a received message is in a form that is handled as another one. */
export function isFormer(control: Control): control is Extract<Control, { readonly kind: FormerKind }> {
  return rowOf(control.kind).handledAs !== undefined;
}

/** The form in which a received message is handled: a reason is the payload, and the token of a trace is left out. */
export function currentForm(envelope: Envelope): Envelope<CurrentControl> {
  const kind = rowOf(envelope.control.kind).handledAs;
  // Rows that are handled as another one name a current one, which the tests of the rows hold.
  return (kind === undefined ? envelope : converted(envelope, kind)) as Envelope<CurrentControl>;
}

function isSentAsItIs(kind: ControlKind, flags: bigint): boolean {
  const { needs } = rowOf(kind);
  if (needs !== undefined && !hasFlags(flags, Flag[needs])) return false;
  // OTP 30 will not have the older messages to aliases any more.
  return !(isAliasKind(kind) && hasFlags(flags, Flag.ALTACT_SIG));
}

function olderForm(envelope: Envelope): Envelope | undefined {
  const { control } = envelope;
  const { older } = rowOf(control.kind);
  if (older !== undefined) return converted(envelope, older);
  return control.kind === 'ALTACT_SIG_SEND' ? withoutAltact(control, envelope.payload) : undefined;
}

/** The message as another kind, which has the same fields or fewer. A reason is a field of the older kinds, and the payload of the newer. */
function converted({ control, payload }: Envelope, kind: string): Envelope {
  if (!isControlKind(kind)) throw new TypeError(`${kind} is not a control message`);
  const fields = control as unknown as Readonly<Record<string, Term>>;
  const row = rowOf(kind);
  const message: Record<string, unknown> = { kind };
  for (const name of Object.keys(row.fields)) {
    if (name !== 'cookie')
      message[name] = name === 'reason' && !('reason' in fields) ? payload : fields[name];
  }
  const isReasonMoved = row.payload === 'reason' && 'reason' in fields;
  const newPayload = isReasonMoved ? fields['reason'] : row.payload === undefined ? undefined : payload;
  return { control: message as unknown as Control, payload: newPayload };
}

type AliasSend = ControlOf<'ALIAS_SEND'> | ControlOf<'ALIAS_SEND_TT'>;

function isAliasKind(kind: ControlKind): kind is AliasSend['kind'] {
  return kind === 'ALIAS_SEND' || kind === 'ALIAS_SEND_TT';
}

function isAliasSend(control: Control): control is AliasSend {
  return isAliasKind(control.kind);
}

function altactOf(control: AliasSend): ControlOf<'ALTACT_SIG_SEND'> {
  const { from, to } = control;
  if (control.kind === 'ALIAS_SEND') {
    return { kind: 'ALTACT_SIG_SEND', flags: AltactFlag.ALIAS, from, to, token: undefined };
  }
  const flags = AltactFlag.ALIAS | AltactFlag.TOKEN;
  return { kind: 'ALTACT_SIG_SEND', flags, from, to, token: control.token };
}

/** What OTP does for peers without the flag: priority is lost, and an exit signal to an alias is dropped. */
function withoutAltact(control: ControlOf<'ALTACT_SIG_SEND'>, payload: Term): Envelope | undefined {
  const { flags, from, to, token } = control;
  const isTraced = (flags & AltactFlag.TOKEN) !== 0;
  if ((flags & AltactFlag.EXIT) !== 0) {
    return to instanceof Pid ? { control: { kind: 'PAYLOAD_EXIT2', from, to }, payload } : undefined;
  }
  if (typeof to === 'string') {
    return isTraced
      ? { control: { kind: 'REG_SEND_TT', from, to, token }, payload }
      : { control: { kind: 'REG_SEND', from, to }, payload };
  }
  if (to instanceof Pid) {
    return isTraced
      ? { control: { kind: 'SEND_SENDER_TT', from, to, token }, payload }
      : { control: { kind: 'SEND_SENDER', from, to }, payload };
  }
  return isTraced
    ? { control: { kind: 'ALIAS_SEND_TT', from, to, token }, payload }
    : { control: { kind: 'ALIAS_SEND', from, to }, payload };
}
