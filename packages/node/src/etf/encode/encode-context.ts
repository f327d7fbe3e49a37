/**
 * The state of one encoding: limits, what the peer supports, and the current depth in the value.
 */

import { defaultLimits } from '../../limits.ts';
import type { Limits } from '../../limits.ts';

/** How terms are encoded. */
export type EncodeOptions = {
  /** Only `maxTermDepth` and `maxIntegerBytes` are used. Default: `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Whether the receiver supports native records (OTP 29). Default true; with false they throw `EncodeError`. */
  readonly nativeRecords?: boolean;
};

/** Containers deeper than this are encoded on an explicit stack; see decode-context.ts. */
const recursionDepth = 200;

export type EncodeContext = {
  /** The number of containers around the current term. */
  depth: number;
  readonly recursionDepth: number;
  readonly maxDepth: number;
  readonly maxIntegerBytes: number;
  readonly hasNativeRecords: boolean;
};

/** `recursion` is for tests, which check that both ways of encoding agree. */
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
