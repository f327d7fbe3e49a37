/** The loaded modules of a node, one of them, and which nodes of a cluster run different code. */

import { z } from 'zod';
import { inspectAnswerSchema, inspectPartSchema, inspectProblemSchema, numberText } from './answer.ts';
import { clusterProcessSchema } from './names.ts';

/** A loaded module. */
export const moduleRowSchema = z.object({
  module: z.string(),
  path: z.string().optional(),
  /** Of one without a file: `preloaded`. */
  origin: z.string().optional(),
  md5: z.string().optional(),
  vsn: z.string().optional(),
  hasOldCode: z.boolean(),
});

/** Loaded modules, by name. */
export const moduleListSchema = z.object({
  total: z.number(),
  withOldCode: z.number(),
  matching: z.number(),
  rows: z.array(moduleRowSchema),
});
/** The type of `moduleListSchema`. */
export type ModuleListView = z.infer<typeof moduleListSchema>;

const namedValuesSchema = z.array(z.object({ name: z.string(), value: z.string() }));

/** One loaded module. Values are Erlang text, cut by the node. */
export const moduleDetailsSchema = moduleRowSchema.extend({
  exports: z.object({ count: z.number(), items: z.array(z.string()) }),
  attributes: namedValuesSchema,
  compileInfo: namedValuesSchema,
  /** Processes that run its old code, if that was asked for. */
  oldCodeUse: z
    .object({
      total: z.number(),
      asked: z.number(),
      /** Those that were too busy to tell. */
      unknown: z.number(),
      count: z.number(),
      processes: z.array(clusterProcessSchema.extend({ name: z.string().optional() })),
    })
    .optional(),
  /** Documentation of the function that was asked for. */
  docs: inspectPartSchema(
    z.array(
      z.object({
        kind: z.enum(['function', 'macro']),
        function: z.string(),
        signature: z.array(z.string()),
        /** Usually Markdown. */
        text: z.string().optional(),
      }),
    ),
  ).optional(),
});
/** The type of `moduleDetailsSchema`. */
export type ModuleDetailsView = z.infer<typeof moduleDetailsSchema>;

/** Query of `GET /api/nodes/:name/modules`. */
export const modulesQuerySchema = z.object({
  filter: z.string().min(1).max(200).describe('text in the name').optional(),
  limit: numberText('number of modules, up to 2000; default 200'),
  old: z.enum(['true', 'false']).describe('only modules with old code').optional(),
});
/** Query of `GET /api/nodes/:name/modules/:module`. */
export const moduleQuerySchema = z.object({
  doc: z.string().min(1).max(260).describe('a function to document: map/2, or map for each arity').optional(),
  oldCodeProcesses: numberText(
    'number of processes to ask whether they run old code of the module, up to 100000; default 0',
  ),
});

/** Which nodes of a cluster run different code. */
export const codeComparisonSchema = z.object({
  /** Nodes of the cluster that are up; the first 100 of them are compared. */
  total: z.number(),
  nodes: z.array(z.object({ node: z.string(), modules: z.number(), fingerprint: z.string() })),
  /** The number of modules that several nodes have loaded with different code. */
  differing: z.number(),
  /** The first 1000 of them; the largest group of nodes first. */
  modules: z.array(
    z.object({
      module: z.string(),
      groups: z.array(z.object({ md5: z.string(), nodes: z.array(z.string()) })),
    }),
  ),
  /** Why a node could not be compared, by its name. */
  problems: z.record(z.string(), inspectProblemSchema),
});
/** The type of `codeComparisonSchema`. */
export type CodeComparisonView = z.infer<typeof codeComparisonSchema>;

/** Answer of `GET /api/nodes/:name/modules`. */
export const modulesAnswerSchema = inspectAnswerSchema(moduleListSchema);
/** Answer of `GET /api/nodes/:name/modules/:module`. */
export const moduleAnswerSchema = inspectAnswerSchema(moduleDetailsSchema);
/** Answer of `GET /api/clusters/:id/code`. */
export const codeAnswerSchema = inspectAnswerSchema(codeComparisonSchema);
