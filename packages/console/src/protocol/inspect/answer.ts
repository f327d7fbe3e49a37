/** What every question about the inside of a node answers: a value and what it cost, or the reason why there is none. */

import { z } from 'zod';

/** Why a node has not answered a question; the node itself may be well. */
export const inspectProblemSchema = z.object({
  kind: z.enum([
    /** It did not answer in time. Nothing is left running there. */
    'slow',
    'unreachable',
    /** It has no such function: another kind of node, or an older release. */
    'unsupported',
    'failed',
    /** The answer, or what had to be read for it, is larger than the bound. */
    'too-large',
    /** The process, table or application does not exist any more. */
    'gone',
  ]),
  message: z.string(),
  remedy: z.string().optional(),
});
/** The type of `inspectProblemSchema`. */
export type InspectProblemView = z.infer<typeof inspectProblemSchema>;

/** What a question cost the node that answered it. */
export const inspectCostSchema = z.object({
  /** Remote calls made for it. */
  questions: z.number(),
  reductions: z.number().optional(),
  /** Time from reading the question to the last step there, in milliseconds. */
  elapsedMs: z.number().optional(),
  /** The part of `elapsedMs` in which it did not rest on purpose. */
  busyMs: z.number().optional(),
  /** How long to wait before the same question, so that it takes at most 2 % of the schedulers of the node. */
  restMs: z.number().optional(),
  /** When the console got the answer, in milliseconds since 1970: the same answer serves all who ask before `restMs` is over. */
  answeredAt: z.number().optional(),
});
/** The type of `inspectCostSchema`. */
export type InspectCostView = z.infer<typeof inspectCostSchema>;

/** The schema of an answer with a value. */
export function inspectAnswerSchema<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('state', [
    z.object({ state: z.literal('answered'), value, cost: inspectCostSchema }),
    z.object({ state: z.literal('unavailable'), problem: inspectProblemSchema, cost: inspectCostSchema }),
  ]);
}

/** The schema of a part of a value that may be missing for a reason of its own. */
export function inspectPartSchema<Value extends z.ZodType>(value: Value) {
  return z.union([value, z.object({ problem: inspectProblemSchema })]);
}

/** A number in the query of a request. */
export function numberText(description: string): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .describe(description)
    .optional();
}
