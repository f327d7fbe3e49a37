/** How many bytes a term takes when it is encoded, for bounds on terms that wait to be sent. */

import { ByteWriter } from '../byte-writer.ts';
import type { Term } from '../terms.ts';
import { writeTerm } from './encode.ts';

/** Throws `EncodeError` unless `term` can be encoded. */
export function encodedLength(term: Term): number {
  // A getter inside the term may measure a term itself, so the writer is not shared.
  const writer = new ByteWriter();
  writeTerm(writer, term);
  return writer.length;
}
