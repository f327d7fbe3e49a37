/** The overview of a node, and how it was during the last hour. */

import { z } from 'zod';
import { inspectAnswerSchema, inspectProblemSchema } from './answer.ts';

const usageSchema = z.object({ count: z.number().optional(), limit: z.number().optional() });

/** Shares of time, from 0 to 1. */
const schedulerUseSchema = z.object({
  average: z.number(),
  each: z.array(z.number()),
  dirtyCpu: z.array(z.number()),
});

/** An overview of a node. A part is missing if the node does not have it; if it should, `problems` says why. */
export const nodeOverviewSchema = z.object({
  kind: z.enum(['erlang', 'typescript']),
  uptimeMs: z.number().optional(),
  /** Bytes by kind: `total`, `processes`, `binary`, `ets`, `code`, `atom` and others; `heap` for a TypeScript node. */
  memory: z.record(z.string(), z.number()),
  processes: usageSchema,
  ports: usageSchema,
  atoms: usageSchema,
  tables: usageSchema,
  schedulers: z
    .object({
      count: z.number().optional(),
      online: z.number().optional(),
      /** `off`: the node does not measure the time of its schedulers unless it is asked to. */
      use: z.union([schedulerUseSchema, z.enum(['off', 'unknown'])]),
    })
    .optional(),
  runQueues: z
    .object({
      total: z.number().optional(),
      each: z.array(z.number()),
      activeTasks: z.number().optional(),
    })
    .optional(),
  /** Bytes since the node started. */
  io: z.object({ inBytes: z.number(), outBytes: z.number() }).optional(),
  reductions: z.number().optional(),
  garbageCollections: z.number().optional(),
  versions: z.record(z.string(), z.string()),
  connections: z.number().optional(),
  eventLoopUse: z.number().optional(),
  applications: z.array(z.object({ name: z.string(), version: z.string() })),
  problems: z.record(z.string(), inspectProblemSchema),
});
/** The type of `nodeOverviewSchema`. */
export type NodeOverviewView = z.infer<typeof nodeOverviewSchema>;

/** Query of `GET /api/nodes/:name/overview`. */
export const overviewQuerySchema = z.object({
  schedulers: z
    .enum(['true', 'false'])
    .describe(
      'whether schedulers that do not measure their time do so for the quarter of a second that the question takes; default true',
    )
    .optional(),
});

/** Answer of `GET /api/nodes/:name/overview`. */
export const overviewAnswerSchema = inspectAnswerSchema(nodeOverviewSchema);

/** A node at one time. A number that was not asked for then is missing. */
export const historySampleSchema = z.object({
  /** In milliseconds since 1970. */
  at: z.number(),
  memoryBytes: z.number().optional(),
  processes: z.number().optional(),
  /** Processes and ports that wait for a scheduler. */
  runQueue: z.number().optional(),
  /** Bytes per second. */
  inPerSecond: z.number().optional(),
  outPerSecond: z.number().optional(),
  reductionsPerSecond: z.number().optional(),
  /** Share of time from 0 to 1 in which the schedulers, or the event loop of a TypeScript node, worked. */
  load: z.number().optional(),
});
/** The type of `historySampleSchema`. */
export type HistorySample = z.infer<typeof historySampleSchema>;

/** Answer of `GET /api/nodes/:name/history`: the last hour, oldest first, at most 720 samples. */
export const nodeHistorySchema = z.object({ samples: z.array(historySampleSchema) });
