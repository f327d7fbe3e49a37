/** Makes a fault of its meaning and its evidence. Pure. */

import type { Fault } from '../model/diagnosis.ts';

type Meaning = Omit<Fault, 'evidence'>;

/** Empty lines of evidence are dropped. */
export function makeFault(meaning: Meaning, ...evidence: readonly string[]): Fault {
  return { ...meaning, evidence: evidence.filter((line) => line !== '') };
}

/** The part of a node name before the `@`, for a sentence about EPMD. */
export interface NodeAt {
  readonly node: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly evidence: readonly string[];
}
