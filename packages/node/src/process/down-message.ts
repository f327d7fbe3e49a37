/** The message that tells a process of the end of one that it monitors. */

import { atom, Reference, type Term, Tuple, tuple } from '../etf/index.ts';
import { referenceKey } from './relations/identity.ts';

const downTag = atom('DOWN');
const processTag = atom('process');

/** `{'DOWN', Ref, process, What, Reason}`. */
export function downMessage(ref: Reference, what: Term, reason: Term): Term {
  return tuple(downTag, ref, processTag, what, reason);
}

/** Whether a message is the DOWN of the monitor `ref`. */
export function isDownOf(message: Term, ref: Reference): boolean {
  if (!(message instanceof Tuple) || message.at(0) !== downTag) return false;
  const about = message.at(1);
  return about instanceof Reference && referenceKey(about) === referenceKey(ref);
}
