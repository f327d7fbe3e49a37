/** What a node answers to a question of a command: a value, or the reason why there is none. */

import type { InspectCostView, InspectProblemView } from '@convoy/console/protocol';

/** A value as it was answered. */
export type Shown<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Shown<Value[Key]> }
  : Value;

/** The answer to a question: a value, or the reason why there is none. */
export type Answer<Value> =
  | { readonly state: 'answered'; readonly value: Shown<Value>; readonly cost: Shown<InspectCostView> }
  | {
      readonly state: 'unavailable';
      readonly problem: Shown<InspectProblemView>;
      readonly cost: Shown<InspectCostView>;
    };

/** Rows of a table. */
export interface TableContentView {
  readonly total: number;
  readonly limit: number;
  readonly rows: readonly string[];
  /** With a key: the number of rows that have it. */
  readonly found?: number | undefined;
}
