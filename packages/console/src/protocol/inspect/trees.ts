/** The applications of a node, and the supervision tree of one. */

import { z } from 'zod';
import { inspectAnswerSchema, inspectProblemSchema, numberText } from './answer.ts';

/** An application that has been started. */
export const startedApplicationSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  /** The process at the top of its tree; missing for an application without processes. */
  root: z.string().optional(),
  problem: inspectProblemSchema.optional(),
});
/** The type of `startedApplicationSchema`. */
export type StartedApplicationView = z.infer<typeof startedApplicationSchema>;

/** A process in a supervision tree. */
export interface TreeNodeView {
  pid?: string | undefined;
  /** Its id in the supervisor, as Erlang text. */
  id?: string | undefined;
  name?: string | undefined;
  initialCall?: string | undefined;
  memoryBytes?: number | undefined;
  messageQueueLength?: number | undefined;
  kind: 'supervisor' | 'worker' | 'not-running';
  /** How the children of a supervisor are known: it named them, or they are linked to it, because it was not asked or did not answer. */
  source?: 'asked' | 'slow' | 'busy' | 'huge' | 'unasked' | 'cut' | undefined;
  childCount?: number | undefined;
  children: TreeNodeView[];
}

/** A process in a supervision tree, with those below it. */
export const treeNodeSchema: z.ZodType<TreeNodeView, TreeNodeView> = z
  .object({
    pid: z.string().optional(),
    id: z.string().optional(),
    name: z.string().optional(),
    initialCall: z.string().optional(),
    memoryBytes: z.number().optional(),
    messageQueueLength: z.number().optional(),
    kind: z.enum(['supervisor', 'worker', 'not-running']),
    source: z.enum(['asked', 'slow', 'busy', 'huge', 'unasked', 'cut']).optional(),
    childCount: z.number().optional(),
    get children() {
      return z.array(treeNodeSchema);
    },
  })
  .meta({ id: 'TreeNode' });

/** Query of `GET /api/nodes/:name/applications/:application/tree`. */
export const treeQuerySchema = z.object({
  maxDepth: numberText('levels below the root, up to 50; default 20'),
  maxChildren: numberText('children of one supervisor, up to 1000; default 200'),
});

/** Answer of `GET /api/nodes/:name/applications`. */
export const applicationsAnswerSchema = inspectAnswerSchema(z.array(startedApplicationSchema));
/** Answer of `GET /api/nodes/:name/applications/:application/tree`. */
export const treeAnswerSchema = inspectAnswerSchema(treeNodeSchema);
