/**
 * Reads the index and hash of a fun, which are all that is shown of it. A `Fun` holds its external form unchanged.
 */

import { ByteReader } from '../byte-reader.ts';
import { createContext } from '../decode/decode-context.ts';
import { readAtomName } from '../decode/atom-table.ts';
import { readInteger } from '../decode/decode-leaf.ts';
import { DecodeError } from '../../errors.ts';
import type { Fun } from '../terms.ts';

/* u8 tag | u32 size | u8 arity | 16 uniq | u32 index | u32 free | module | old index | old uniq | ... */
export function funParts(fun: Fun): { readonly index: number | bigint; readonly hash: number | bigint } {
  try {
    const reader = new ByteReader(fun.bytes, 1 + 4 + 1 + 16 + 4 + 4);
    const context = createContext({});
    readAtomName(reader, 'the module of a fun');
    const index = readInteger(reader, context, 'the index of a fun');
    return { index, hash: readInteger(reader, context, 'the old hash of a fun') };
  } catch (error) {
    // A `Fun` that was built by hand may be invalid, but is still shown.
    if (error instanceof DecodeError) return { index: 0, hash: 0 };
    throw error;
  }
}
