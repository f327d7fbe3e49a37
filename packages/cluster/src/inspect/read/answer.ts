/** What every question about the inside of a node returns: a value and what it cost, or the reason why there is none. Pure. */

/** Why a node has not answered a question. */
export type InspectProblemKind =
  /** It did not answer in time. Nothing is left running there. */
  | 'slow'
  /** The entry is not connected to it, or the connection was lost. */
  | 'unreachable'
  /** It has no such function: another kind of node, or an older release. */
  | 'unsupported'
  /** The function exists and failed. */
  | 'failed'
  /** The answer, or what had to be read for it, is larger than the bound. */
  | 'too-large'
  /** The process, table or application does not exist, or no longer does. */
  | 'gone';

/** The reason why there is no value. */
export interface InspectProblem {
  readonly kind: InspectProblemKind;
  /** A whole sentence, without control characters. */
  readonly message: string;
  /** What usually helps: one sentence. */
  readonly remedy?: string;
}

/** What a question cost the node that answered it. */
export interface InspectCost {
  /** Remote calls made for it. */
  readonly questions: number;
  /** Reductions that it took there. `undefined` if the node did not say so, as the others are. */
  readonly reductions?: number;
  /** Time from reading the question to the last step there, in milliseconds. */
  readonly elapsedMs?: number;
  /** The part of `elapsedMs` in which it did not rest on purpose: more than the time it used on a scheduler, never less. */
  readonly busyMs?: number;
  /** How long to wait before the same question, so that it takes at most `maxLoad` (2 %) of the node's schedulers. */
  readonly restMs?: number;
}

/** The answer to a question. */
export type InspectAnswer<Value> =
  | { readonly state: 'answered'; readonly value: Value; readonly cost: InspectCost }
  | { readonly state: 'unavailable'; readonly problem: InspectProblem; readonly cost: InspectCost };

/** A part of an answer that may be missing for a reason of its own. */
export type InspectPart<Value> = Value | { readonly problem: InspectProblem };

/** The share of all schedulers of a node that questions may use. */
export const maxLoad = 0.02;

/** The cost that a node reported; times in microseconds. */
export function costOf(report: {
  readonly reductions: number | undefined;
  readonly elapsedUs: number | undefined;
  readonly restedUs: number | undefined;
  readonly schedulers: number | undefined;
}): Omit<InspectCost, 'questions'> {
  const { reductions, elapsedUs, restedUs = 0, schedulers = 1 } = report;
  if (elapsedUs === undefined) return reductions === undefined ? {} : { reductions };
  const busyMs = Math.max(0, elapsedUs - restedUs) / 1000;
  const periodMs = busyMs / (maxLoad * Math.max(1, schedulers));
  const elapsedMs = elapsedUs / 1000;
  return {
    ...(reductions === undefined ? {} : { reductions }),
    elapsedMs,
    busyMs,
    restMs: Math.max(0, Math.ceil(periodMs - elapsedMs)),
  };
}

/** Whether a part of an answer is missing. */
export function isProblem(part: unknown): part is { readonly problem: InspectProblem } {
  return typeof part === 'object' && part !== null && 'problem' in part;
}
