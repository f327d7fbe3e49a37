/**
 * The state of one decoding: the options, and the current depth in the term.
 */

import { defaultLimits } from '../../limits.ts';
import type { Limits } from '../../limits.ts';
import { ByteReader } from '../byte-reader.ts';
import { BitString, ExportFun, Float, ImproperList, Pid, Port, Reference, TermMap, Tuple } from '../terms.ts';

/** How terms are decoded. The defaults are lossless: encoding the result yields an equal term. */
export type DecodeOptions = {
  /** Only `maxTermDepth`, `maxTermObjects`, `maxIntegerBytes` and `maxUncompressedBytes` are used. Default: `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** `'string'`: binaries that are valid UTF-8 become strings, others stay bytes. Default `'bytes'`. */
  readonly binaries?: 'bytes' | 'string';
  /** `'object'`: maps whose keys are all atoms become plain objects. Default `'term'`: every map is a `TermMap`. */
  readonly maps?: 'term' | 'object';
};

/**
 * Containers deeper than this are decoded and encoded on an explicit stack. It is deep enough for all real messages, and
 * shallow enough for a JavaScript stack that the caller has mostly used up.
 */
const recursionDepth = 200;

/**
 * One value of every class that decoding creates. V8 drops compiled code when the last object of a shape it was compiled
 * for is collected: without these, decoding took three to ten times as long for 100 ms after each full collection.
 */
const shapes: readonly object[] = [
  new ByteReader(new Uint8Array(0)),
  new Tuple([]),
  new TermMap(),
  new ImproperList([0], 0),
  new Float(0),
  new BitString(new Uint8Array(1), 1),
  new Pid('', 0, 0, 0),
  new Port('', 0n, 0),
  new Reference('', 0, [0]),
  new ExportFun('', '', 0),
];

export type DecodeContext = {
  /** @internal Only kept alive; see `shapes`. */
  readonly shapes: readonly object[];
  /** The number of containers around the current term. */
  depth: number;
  /** How many more objects the term may have. */
  objectsLeft: number;
  readonly recursionDepth: number;
  readonly maxDepth: number;
  readonly maxObjects: number;
  readonly maxIntegerBytes: number;
  readonly hasStrings: boolean;
  readonly hasObjects: boolean;
};

/** `recursion` is for tests, which check that both ways of decoding agree. */
export function createContext(options: DecodeOptions, recursion: number = recursionDepth): DecodeContext {
  const maxDepth = options.limits?.maxTermDepth ?? defaultLimits.maxTermDepth;
  const maxObjects = options.limits?.maxTermObjects ?? defaultLimits.maxTermObjects;
  return {
    shapes,
    depth: 0,
    objectsLeft: maxObjects,
    recursionDepth: Math.min(recursion, maxDepth),
    maxDepth,
    maxObjects,
    maxIntegerBytes: options.limits?.maxIntegerBytes ?? defaultLimits.maxIntegerBytes,
    hasStrings: options.binaries === 'string',
    hasObjects: options.maps === 'object',
  };
}

let lastOptions: DecodeOptions = {};
let lastContext: DecodeContext = createContext(lastOptions);
const defaultContext: DecodeContext = createContext({});

/** A context for the start of a term. Decoding is synchronous, so calls with the same options share one. */
export function contextOf(options: DecodeOptions | undefined): DecodeContext {
  if (options === undefined) {
    defaultContext.depth = 0;
    defaultContext.objectsLeft = defaultContext.maxObjects;
    return defaultContext;
  }
  if (options !== lastOptions) {
    lastOptions = options;
    lastContext = createContext(options);
  }
  lastContext.depth = 0;
  lastContext.objectsLeft = lastContext.maxObjects;
  return lastContext;
}
