/**
 * What one decoding works with: the limits and conveniences asked for, and how deep it is in the term.
 */

import { defaultLimits } from '../../limits.ts';
import type { Limits } from '../../limits.ts';
import { ByteReader } from '../byte-reader.ts';
import { BitString, ExportFun, Float, ImproperList, Pid, Port, Reference, TermMap, Tuple } from '../terms.ts';

/** How terms are decoded. The defaults lose nothing: encoding the result gives an equal term. */
export type DecodeOptions = {
  /** `maxTermDepth`, `maxTermObjects`, `maxIntegerBytes` and `maxUncompressedBytes` count here; see limits.ts for the defaults. */
  readonly limits?: Partial<Limits>;
  /** `'string'`: binaries that are valid UTF-8 become strings, others stay bytes. Default `'bytes'`. */
  readonly binaries?: 'bytes' | 'string';
  /** `'object'`: maps whose keys are all atoms become plain objects. Default `'term'`: every map is a `TermMap`. */
  readonly maps?: 'term' | 'object';
};

/**
 * Containers deeper than this are decoded and encoded on a stack of our own. Deep enough for all real messages,
 * shallow enough for a JavaScript stack of which the caller has used most.
 */
const recursionDepth = 200;

/**
 * One value of every class that decoding makes. V8 drops compiled code when the last object of a shape it was compiled
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
  /** @internal Only to be held; see `shapes`. */
  readonly shapes: readonly object[];
  /** Containers around the term being read. */
  depth: number;
  /** How many more objects it may be made of. */
  objectsLeft: number;
  readonly recursionDepth: number;
  readonly maxDepth: number;
  readonly maxObjects: number;
  readonly maxIntegerBytes: number;
  readonly hasStrings: boolean;
  readonly hasObjects: boolean;
};

/** `recursion` is for tests, which make both ways of decoding agree. */
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

/** A context at the beginning of a term. Decoding is synchronous, so calls with the same options share one. */
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
