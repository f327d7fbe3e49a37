/** Reads the loaded modules of a node. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import { countOf, elementsOf, given, listOf, nameOf, textOf } from '../read/read-term.ts';

/** A loaded module. */
export interface ModuleRow {
  /** With `Elixir.`, if it has that. */
  readonly module: string;
  /** Where it was loaded from. Missing for one that has no file. */
  readonly path?: string;
  /** Of one without a file: `preloaded`, `cover_compiled`. */
  readonly origin?: string;
  /** MD5 sum of its code, hexadecimal. */
  readonly md5?: string;
  /** Its `vsn` attribute, as Erlang text. */
  readonly vsn?: string;
  /** Whether an older version is still there, which processes may be running. */
  readonly hasOldCode: boolean;
}

/** Loaded modules, in the order of the alphabet. */
export interface ModuleList {
  /** All loaded modules of the node. */
  readonly total: number;
  /** Those with old code. */
  readonly withOldCode: number;
  /** Those that pass the filter. */
  readonly matching: number;
  readonly rows: readonly ModuleRow[];
}

/** Reads the answer to `modulesBody`; `undefined` if it is not one. */
export function readModules(answer: Term, { limit }: { readonly limit: number }): ModuleList | undefined {
  const [total, old, matching, rows] = elementsOf(answer);
  const [all, withOldCode, kept] = [countOf(total), countOf(old), countOf(matching)];
  if (all === undefined || withOldCode === undefined || kept === undefined) return undefined;
  const read = listOf(rows, limit).flatMap((row) => {
    const [module, file, md5, vsn, isOld] = elementsOf(row);
    return moduleOf({ module, file, md5, vsn, isOld }) ?? [];
  });
  return { total: all, withOldCode, matching: kept, rows: read };
}

/** What lists and details of modules have in common. */
export function moduleOf(parts: {
  readonly module: Term;
  readonly file: Term;
  readonly md5: Term;
  readonly vsn: Term;
  readonly isOld: Term;
}): ModuleRow | undefined {
  const { module, file, md5, vsn, isOld } = parts;
  const name = nameOf(module);
  if (name === undefined) return undefined;
  const origin = atomName(file) === undefined ? undefined : nameOf(file);
  return {
    module: name,
    ...given({
      path: origin === undefined && file !== undefined ? textOf(file, 1000) || undefined : undefined,
      origin: file === undefined ? undefined : origin,
      md5: sumOf(md5),
      vsn: vsn === undefined ? undefined : textOf(vsn, 200),
    }),
    hasOldCode: isOld === true,
  };
}

/** An MD5 sum, in hexadecimal. */
export function sumOf(term: Term): string | undefined {
  return term instanceof Uint8Array && term.length === 16 ? Buffer.from(term).toString('hex') : undefined;
}
