/**
 * The messages between a group leader and an anchor (repl/anchor.ts) that forwards requests to it. Pure.
 *
 * To the group leader: `{convoy_io, Anchor, N, From, Request}`, `{convoy_gone, N}` when the requesting process has ended,
 * `{convoy_exit, Pid, Reason}` of a linked process, `{convoy_attached, Anchor}`. From it: `{convoy_reply, N, Reply}`,
 * `{convoy_attach, GroupLeader}`, `{convoy_link, Pid}`, `{convoy_signal, Pid, Reason}`, `{convoy_end, Reason}`.
 */

import { atom, atomName, Pid, type Term, Tuple, tuple } from '@convoy/node/etf';

/** A message from an anchor. */
export type AnchorMessage =
  | {
      readonly kind: 'request';
      readonly anchor: Pid;
      readonly number: number;
      readonly from: Pid;
      readonly request: Term;
    }
  | { readonly kind: 'gone'; readonly number: number }
  | { readonly kind: 'exit'; readonly pid: Pid; readonly reason: Term }
  | { readonly kind: 'attached'; readonly anchor: Pid };

/** Parses a message from an anchor; `undefined` for any other message. */
export function parseAnchorMessage(message: Term): AnchorMessage | undefined {
  if (!(message instanceof Tuple)) return undefined;
  const [name, first, second, third, request] = message.elements;
  switch (`${atomName(name)}/${message.length}`) {
    case 'convoy_io/5':
      return first instanceof Pid &&
        typeof second === 'number' &&
        third instanceof Pid &&
        request !== undefined
        ? { kind: 'request', anchor: first, number: second, from: third, request }
        : undefined;
    case 'convoy_gone/2':
      return typeof first === 'number' ? { kind: 'gone', number: first } : undefined;
    case 'convoy_exit/3':
      return first instanceof Pid && second !== undefined
        ? { kind: 'exit', pid: first, reason: second }
        : undefined;
    case 'convoy_attached/2':
      return first instanceof Pid ? { kind: 'attached', anchor: first } : undefined;
  }
  return undefined;
}

export const anchorReply = (number: number, reply: Term): Term => tuple(atom('convoy_reply'), number, reply);
export const anchorAttach = (leader: Pid): Term => tuple(atom('convoy_attach'), leader);
export const anchorLink = (pid: Pid): Term => tuple(atom('convoy_link'), pid);
export const anchorSignal = (pid: Pid, reason: string): Term =>
  tuple(atom('convoy_signal'), pid, atom(reason));
export const anchorEnd = (reason: string): Term => tuple(atom('convoy_end'), atom(reason));
