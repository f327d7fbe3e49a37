/** Lists of processes, and one process. Values are Erlang text, cut by their node. */

import { z } from 'zod';
import { inspectAnswerSchema, inspectPartSchema, numberText } from './answer.ts';

/** What the top of a list of processes is. */
export const processSortSchema = z.enum(['reductions', 'memory', 'queue']);
/** The type of `processSortSchema`. */
export type ProcessSortView = z.infer<typeof processSortSchema>;

/** A process in a list. */
export const processRowSchema = z.object({
  /** As its node prints it: `<0.85.0>`. */
  pid: z.string(),
  name: z.string().optional(),
  initialCall: z.string().optional(),
  label: z.string().optional(),
  currentFunction: z.string().optional(),
  status: z.string().optional(),
  memoryBytes: z.number().optional(),
  reductions: z.number().optional(),
  /** Only in a list by reductions that measured for a while. */
  reductionsPerSecond: z.number().optional(),
  messageQueueLength: z.number().optional(),
});
/** The type of `processRowSchema`. */
export type ProcessRowView = z.infer<typeof processRowSchema>;

/** Query of `GET /api/nodes/:name/processes`. */
export const processesQuerySchema = z.object({
  sort: processSortSchema.optional(),
  limit: numberText('number of processes, up to 500; default 50'),
  filter: z.string().min(1).max(200).describe('text in the name, the initial call or the label').optional(),
  windowMs: numberText('time between two sweeps for reductions per second; default 1000, 0 for one sweep'),
});

/** The top processes of a node. */
export const processListSchema = z.object({
  total: z.number(),
  /** Those that were looked at. */
  seen: z.number(),
  matching: z.number(),
  rows: z.array(processRowSchema),
});
/** The type of `processListSchema`. */
export type ProcessListView = z.infer<typeof processListSchema>;

function excerptSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ count: z.number(), items: z.array(item) });
}

/** One process. */
export const processDetailsSchema = processRowSchema.omit({ reductionsPerSecond: true }).extend({
  priority: z.string().optional(),
  isTrappingExits: z.boolean().optional(),
  groupLeader: z.string().optional(),
  heapWords: z.number().optional(),
  stackWords: z.number().optional(),
  parent: z.string().optional(),
  /** Pids or names, the nearest first. */
  ancestors: z.array(z.string()),
  callers: z.array(z.string()),
  links: excerptSchema(z.string()),
  monitors: excerptSchema(z.string()),
  monitoredBy: excerptSchema(z.string()),
  /** Innermost first. */
  stack: z.array(
    z.object({ function: z.string(), file: z.string().optional(), line: z.number().optional() }),
  ),
  dictionary: inspectPartSchema(excerptSchema(z.object({ key: z.string(), value: z.string() }))),
  messages: inspectPartSchema(excerptSchema(z.string())),
  /** Only if it was asked for. */
  state: inspectPartSchema(z.string()).optional(),
});
/** The type of `processDetailsSchema`. */
export type ProcessDetailsView = z.infer<typeof processDetailsSchema>;

/** Query of `GET /api/nodes/:name/processes/:pid`. */
export const processQuerySchema = z.object({
  state: z.enum(['true', 'false']).describe('whether the process is asked for its state by sys').optional(),
});

/** Answer of `GET /api/nodes/:name/processes`. */
export const processesAnswerSchema = inspectAnswerSchema(processListSchema);
/** Answer of `GET /api/nodes/:name/processes/:pid`. */
export const processAnswerSchema = inspectAnswerSchema(processDetailsSchema);
/** Answer of the acts on a process. */
export const processActAnswerSchema = inspectAnswerSchema(
  z.object({
    /** Whether there was such a process. */
    wasAlive: z.boolean(),
    /** Of a kill: whether it is gone. A process inside a native function ends later. */
    hasEnded: z.boolean().optional(),
    name: z.string().optional(),
    initialCall: z.string().optional(),
    /** Bytes before and after, of a collection. */
    memoryBefore: z.number().optional(),
    memoryAfter: z.number().optional(),
  }),
);
