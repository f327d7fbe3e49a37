/**
 * What a language is to `inspect`: the text of everything that holds no other terms, and the punctuation of what does.
 */

import type { Term, TermMap } from '../terms.ts';

export interface Syntax {
  readonly separator: string;
  atom(name: string): string;
  float(value: number): string;
  /** A binary that is text. */
  text(text: string): string;
  /** The sizeless part at the end of a bit string: `5` of 3 bits. */
  bits(value: number, size: number): string;
  /** Pids, ports, references and funs. */
  identifier(term: Term & object): string | undefined;
  /** A list that is text, or `undefined` if it is to be shown as a list. */
  charlist(items: readonly Term[]): string | undefined;
  /** How the elements of a list begin, when they are pairs with atoms: `a: ` of `[a: 1]`. */
  keyword(item: Term): { readonly name: string; readonly value: Term } | undefined;
  map(map: TermMap): MapText;
  readonly record: {
    readonly open: (module: string, name: string) => string;
    readonly assign: string;
    readonly close: string;
  };
}

/** How one map is written: `open`, then key and value of each entry, then `close`. */
export type MapText = {
  readonly open: string;
  readonly close: string;
  readonly entries: Iterable<readonly [Term, Term]>;
  /** The text of a key with what stands between it and the value, for keys that have a short form. */
  readonly shortKey: (key: Term) => string | undefined;
  readonly arrow: string;
};
