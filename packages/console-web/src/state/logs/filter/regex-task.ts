/** What the page and its worker say to each other about regular expressions. */

import type { Regex } from './line-filter.ts';

/** Which of the texts match. */
export interface RegexTask {
  readonly id: number;
  readonly regex: Regex;
  readonly texts: readonly string[];
}

export type RegexAnswer =
  /** The worker has started. */
  { readonly id: 0 } | { readonly id: number; readonly found: readonly boolean[] };
