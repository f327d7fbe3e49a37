/**
 * What one encoding works with: limits, what the peer can read, and how deep it is in the value.
 */

import { defaultLimits } from '../../limits.ts';
import type { Limits } from '../../limits.ts';

/** How terms are encoded. */
export type EncodeOptions = {
  /** `maxTermDepth` and `maxIntegerBytes` count here; see limits.ts for the defaults. */
  readonly limits?: Partial<Limits>;
  /** Whether the reader knows native records (OTP 29). Default true; false makes one throw EncodeError. */
  readonly nativeRecords?: boolean;
};

/** Containers deeper than this are encoded on a stack of our own; see decode-context.ts. */
const recursionDepth = 200;

export type EncodeContext = {
  /** Containers around the term being written. */
  depth: number;
  readonly recursionDepth: number;
  readonly maxDepth: number;
  readonly maxIntegerBytes: number;
  readonly hasNativeRecords: boolean;
};

/** `recursion` is for tests, which make both ways of encoding agree. */
export function createEncodeContext(
  options: EncodeOptions,
  recursion: number = recursionDepth,
): EncodeContext {
  const maxDepth = options.limits?.maxTermDepth ?? defaultLimits.maxTermDepth;
  return {
    depth: 0,
    recursionDepth: Math.min(recursion, maxDepth),
    maxDepth,
    maxIntegerBytes: options.limits?.maxIntegerBytes ?? defaultLimits.maxIntegerBytes,
    hasNativeRecords: options.nativeRecords ?? true,
  };
}

let lastOptions: EncodeOptions = {};
let lastContext: EncodeContext = createEncodeContext(lastOptions);
const defaultContext: EncodeContext = createEncodeContext({});

/** The context for these options. Encoding is synchronous, so calls with the same options share one. */
export function encodeContextOf(options: EncodeOptions | undefined): EncodeContext {
  if (options === undefined) return defaultContext;
  if (options !== lastOptions) {
    lastOptions = options;
    lastContext = createEncodeContext(options);
  }
  return lastContext;
}
