/** The Mnesia tables of a node. */

import { z } from 'zod';
import { inspectAnswerSchema } from './answer.ts';

/** A Mnesia table. */
export const mnesiaTableSchema = z.object({
  table: z.string(),
  type: z.string().optional(),
  /** How the node keeps it; missing if it is on other nodes only. */
  storage: z.enum(['ram', 'disc', 'disc-only', 'external']).optional(),
  size: z.number().optional(),
  bytes: z.number().optional(),
  /** Nodes with a copy. */
  copies: z.object({ ram: z.array(z.string()), disc: z.array(z.string()), discOnly: z.array(z.string()) }),
  readFrom: z.string().optional(),
  attributes: z.array(z.string()),
  recordName: z.string().optional(),
  isLocalContent: z.boolean(),
});

/** Mnesia on a node. */
export const mnesiaOverviewSchema = z.object({
  status: z.string(),
  version: z.string().optional(),
  directory: z.string().optional(),
  isOnDisc: z.boolean().optional(),
  nodes: z.array(z.string()),
  runningNodes: z.array(z.string()),
  transactions: z.object({
    commits: z.number().optional(),
    failures: z.number().optional(),
    restarts: z.number().optional(),
  }),
  total: z.number(),
  tables: z.array(mnesiaTableSchema),
});
/** The type of `mnesiaOverviewSchema`. */
export type MnesiaOverviewView = z.infer<typeof mnesiaOverviewSchema>;

/** Answer of `GET /api/nodes/:name/mnesia`. */
export const mnesiaAnswerSchema = inspectAnswerSchema(mnesiaOverviewSchema);
