/**
 * The entry point `@convoy/node/etf`: Erlang terms, and their conversion to and from bytes and text. Nothing here does I/O.
 */

export { ByteReader } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export type { DecodeOptions } from './decode/decode-context.ts';
export { decode, readTerm } from './decode/decode.ts';
export { assertTerm } from './encode/assert-term.ts';
export { encodedLength } from './encode/byte-length.ts';
export type { EncodeOptions } from './encode/encode-context.ts';
export { encode, writeTerm } from './encode/encode.ts';
export { equals } from './equality.ts';
export { inspect } from './text/inspect.ts';
export type { InspectOptions } from './text/inspect.ts';
export { toJson } from './text/json.ts';
export { parseJson } from './text/parse-json.ts';
export { parseTerm } from './text/parse.ts';
export type { Term } from './terms.ts';
export {
  Atom,
  atom,
  atomName,
  atomOf,
  BitString,
  ExportFun,
  Float,
  float,
  Fun,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  Reference,
  TermMap,
  termKey,
  Tuple,
  tuple,
} from './terms.ts';
