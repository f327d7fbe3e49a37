/** The messages of the live socket about traces: the calls of a function on a node, as they happen. */

import { z } from 'zod';

/** Starts a trace. It belongs to the socket: it ends when the socket does. Answered by `trace.started`. */
export const traceStartSchema = z.object({
  type: z.literal('trace.start'),
  requestId: z.string().max(64),
  /** The id of the node. */
  node: z.string().min(3).max(300),
  /** As people write it: `shop_cart:add/2`, `Shop.Cart.add/2`. Without the arity, all functions of that name. */
  function: z.string().min(1).max(600),
  /** The trace ends after so many calls. Default 100. */
  maxCalls: z.number().int().min(1).max(10_000).optional(),
  /** And after so many seconds. Default 10. */
  maxSeconds: z.number().min(0.1).max(600).optional(),
  /** Only calls by these processes. Default: by all. */
  pids: z.array(z.string().max(40)).min(1).max(100).optional(),
  /** Whether to tell what calls returned. Default true. */
  withReturns: z.boolean().optional(),
});
/** The type of `traceStartSchema`. */
export type TraceStartMessage = z.infer<typeof traceStartSchema>;

/** Ends a trace of this socket. Answered by `trace.ended`. */
export const traceStopSchema = z.object({ type: z.literal('trace.stop'), traceId: z.string().max(64) });

const place = {
  /** Counts the calls of a trace from 1. A return has the number of its call. */
  number: z.number(),
  /** The process that called: `<0.85.0>`. */
  pid: z.string(),
  /** By the clock of the node, in milliseconds since 1970. */
  at: z.number(),
  arity: z.number(),
};
const outcome = {
  /** What the call returned, or `{Class, Reason}` of what it raised; cut. */
  value: z.string(),
  /** The time between call and return, in microseconds. */
  durationUs: z.number(),
};

/** Something that happened in a trace. */
export const traceEventSchema = z.discriminatedUnion('kind', [
  /** `args` are the arguments, separated by commas; cut. */
  z.object({ kind: z.literal('call'), ...place, args: z.string() }),
  z.object({ kind: z.literal('return'), ...place, ...outcome }),
  z.object({ kind: z.literal('exception'), ...place, ...outcome }),
]);
/** The type of `traceEventSchema`. */
export type TraceEventView = z.infer<typeof traceEventSchema>;

/** Why and how a trace has ended. */
export const traceEndSchema = z.object({
  reason: z.enum([
    'calls',
    'time',
    'stopped',
    'node-gone',
    'no-process',
    'size',
    'memory',
    'lapsed',
    'failed',
  ]),
  message: z.string(),
  /** How often the function was called on the node during the trace, by any process. */
  calls: z.number().optional(),
  /** The calls that were traced. */
  traced: z.number().optional(),
  /** Events that were left out because a connection was full. */
  dropped: z.number().optional(),
});
/** The type of `traceEndSchema`. */
export type TraceEndView = z.infer<typeof traceEndSchema>;

/** The messages of the console about traces. */
export const traceMessageSchemas = [
  z.object({
    type: z.literal('trace.started'),
    requestId: z.string(),
    traceId: z.string(),
    node: z.string(),
    /** The function as its own language writes it: `lists:map/2`, `Shop.Cart.add/2`. */
    function: z.string(),
    /** The arities of the functions that are traced. */
    arities: z.array(z.number()),
  }),
  z.object({ type: z.literal('trace.events'), traceId: z.string(), events: z.array(traceEventSchema) }),
  z.object({ type: z.literal('trace.ended'), traceId: z.string(), end: traceEndSchema }),
] as const;
