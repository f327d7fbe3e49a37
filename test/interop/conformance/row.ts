/** A row of the conformance table: a feature of the distribution protocol, and what shows that a Convoy node has it. */

import type { Combination, Scene } from './scene.ts';

/** Something that is tried in every combination that it applies to, on one scene after the other. */
export interface ConformanceCase {
  readonly title: string;
  /** Default: every combination. */
  readonly appliesTo?: (combination: Combination) => boolean;
  readonly run: (scene: Scene) => Promise<void>;
}

export interface ConformanceRow {
  readonly feature: string;
  /** What stands in the table: `Yes`, or the reason why not. */
  readonly answer: string;
  readonly cases?: readonly ConformanceCase[];
  /** Other suites that try it, as paths from the root of the repository. */
  readonly suites?: readonly string[];
}

export const since =
  (release: number) =>
  (combination: Combination): boolean =>
    Number(combination.release) >= release;
export const visibly = ({ isHidden }: Combination): boolean => !isHidden;
export const hiddenly = ({ isHidden }: Combination): boolean => isHidden;
export const over =
  (carrier: Combination['carrier']) =>
  (combination: Combination): boolean =>
    combination.carrier === carrier;
