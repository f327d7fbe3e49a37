/** What is asked of a trace, checked before any node is asked. Pure. */

import { atom, type Term } from '@convoy/node/etf';
import { count, localPid, text } from '../asking/options.ts';
import { InspectError } from '../../errors.ts';
import type { TraceTarget } from './trace-target.ts';

/** Which calls to trace, and the bounds of the trace. */
export interface TraceOptions extends TraceTarget {
  /** The trace ends after so many calls, each with its return: 1 to 10,000. Default 100. */
  readonly maxCalls?: number | undefined;
  /** The trace ends after this time, in milliseconds: up to 10 minutes. Default 10 s. */
  readonly maxMs?: number | undefined;
  /** Only calls by these processes, as their node prints them: `<0.85.0>`; up to 100. Default: all processes. */
  readonly pids?: readonly string[] | undefined;
  /** Whether to tell what calls returned, or raised, and after how long. Default true. */
  readonly withReturns?: boolean | undefined;
  /** How much of the arguments of a call, and of what it returned, is shown: 20 to 10,000 characters. Default 500. */
  readonly maxCharacters?: number | undefined;
  /** Ends the trace when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** The bounds of a trace. */
export interface TraceBounds {
  readonly maxCalls: number;
  readonly maxMs: number;
  readonly maxCharacters: number;
}

/** A tracer that was not told for this long that it is still wanted ends: a frozen program keeps its connection for a minute. */
export const leaseMs = 10_000;
const maxPids = 100;
/** Memory of the tracer, in words: 128 MiB. */
const heapWords = 16_777_216;
/** How many calls may be on their way to the tracer: at first, when the size of the arguments is not known, and later. */
const credit = { first: 20, calls: 1000 };
/** Words of arguments and results: those that may be on their way, those of an event that is sent at once, and those of all events. */
const words = { room: 1_048_576, large: 16_384, all: 16_777_216 };
/** Characters of the events that are sent together. */
const batchCharacters = 20_000;
/** How long calls may take to return after the last one has begun. */
const lingerMs = 5000;
export const startMs = 15_000;

/** Checks options. Throws INSPECT_BAD_OPTION. */
export function boundsOf(options: TraceOptions): TraceBounds {
  const { arity } = options;
  text('module', options.module, 255);
  text('function', options.function, 255);
  if (arity !== undefined) count('arity', arity, { least: 0, most: 255, otherwise: 0 });
  return {
    maxCalls: count('maxCalls', options.maxCalls, { least: 1, most: 10_000, otherwise: 100 }),
    maxMs: count('maxMs', options.maxMs, { least: 1, most: 600_000, otherwise: 10_000 }),
    maxCharacters: count('maxCharacters', options.maxCharacters, { least: 20, most: 10_000, otherwise: 500 }),
  };
}

/** The variables of `clearProgram`, some of those of `traceProgram`. */
export function targetBindings({
  module,
  function: name,
  arity,
}: TraceTarget): Readonly<Record<string, Term>> {
  return { Arity: arity ?? atom('any'), Function: atom(name), Module: atom(module) };
}

/** The variables of `traceProgram`, but for `Owner` and `Tag`. */
export function traceBindings(options: TraceOptions, bounds: TraceBounds): Readonly<Record<string, Term>> {
  return {
    ...targetBindings(options),
    Begin: credit.first,
    Characters: bounds.maxCharacters,
    Credit: credit.calls,
    Each: Math.max(1, Math.floor(batchCharacters / bounds.maxCharacters)),
    Heap: heapWords,
    Large: words.large,
    Lease: leaseMs,
    Lifetime: bounds.maxMs,
    Linger: lingerMs,
    Most: bounds.maxCalls,
    Patience: startMs,
    Pids: options.pids === undefined ? atom('all') : pidsOf(options.pids),
    Returning: (options.withReturns ?? true) ? 1 : 0,
    Room: words.room,
    Volumes: words.all,
  };
}

function pidsOf(pids: readonly string[]): Term {
  if (pids.length >= 1 && pids.length <= maxPids) {
    return pids.map((pid) => Array.from(localPid(pid), (character) => character.charCodeAt(0)));
  }
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `pids has ${pids.length} processes, and may have 1 to ${maxPids}`,
    {
      value: pids.length,
      remedy: `Name 1 to ${maxPids} processes, or leave pids out to trace all.`,
    },
  );
}
