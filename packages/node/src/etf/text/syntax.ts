/**
 * A language for `inspect`: the text of terms that hold no other terms, and the punctuation of those that do.
 */

import type { Term, TermMap } from '../terms.ts';

export interface Syntax {
  readonly separator: string;
  atom(name: string): string;
  float(value: number): string;
  /** A binary that is text. */
  text(text: string): string;
  /** The last segment of a bit string, e.g. `5` with 3 bits. */
  bits(value: number, size: number): string;
  /** Pids, ports, references and funs. */
  identifier(term: Term & object): string | undefined;
  /** A list that is text; `undefined` if it should be shown as a list. */
  charlist(items: readonly Term[]): string | undefined;
  /** An element of a keyword list: the `a: ` and the `1` in `[a: 1]`. */
  keyword(item: Term): { readonly name: string; readonly value: Term } | undefined;
  map(map: TermMap): MapText;
  readonly record: {
    readonly open: (module: string, name: string) => string;
    readonly assign: string;
    readonly close: string;
  };
}

/** How one map is written: `open`, the key and value of each entry, `close`. */
export type MapText = {
  readonly open: string;
  readonly close: string;
  readonly entries: Iterable<readonly [Term, Term]>;
  /** The text of a key and of its separator from the value, for keys that have a short form. */
  readonly shortKey: (key: Term) => string | undefined;
  readonly arrow: string;
};
