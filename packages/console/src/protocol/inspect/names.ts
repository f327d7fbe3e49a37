/** The names of a node, and the process groups that it knows. */

import { z } from 'zod';
import { inspectAnswerSchema, inspectPartSchema, numberText } from './answer.ts';

/** A process of a cluster: its pid as its own node prints it. */
export const clusterProcessSchema = z.object({ pid: z.string(), node: z.string() });

const filterSchema = z.string().min(1).max(200).describe('text in the name').optional();

const nameListSchema = z.object({
  total: z.number(),
  matching: z.number(),
  rows: z.array(
    z.object({
      name: z.string(),
      /** Missing if it ended in between, and for a name of a port. */
      process: clusterProcessSchema.optional(),
      port: z.string().optional(),
    }),
  ),
});
/** The type of `nameListSchema`. */
export type NameListView = z.infer<typeof nameListSchema>;

/** The registered names of a node, and those of `global` as Erlang text. */
export const nodeNamesSchema = z.object({
  registered: nameListSchema,
  global: inspectPartSchema(nameListSchema),
});
/** The type of `nodeNamesSchema`. */
export type NodeNamesView = z.infer<typeof nodeNamesSchema>;

/** A scope of `pg` and its largest groups, whose names are Erlang text. */
export const groupScopeSchema = z.object({
  scope: z.string(),
  total: z.number(),
  matching: z.number(),
  groups: z.array(
    z.object({
      group: z.string(),
      /** Members on all nodes; more than `members` if there are many. */
      count: z.number(),
      members: z.array(clusterProcessSchema),
    }),
  ),
});
/** The type of `groupScopeSchema`. */
export type GroupScopeView = z.infer<typeof groupScopeSchema>;

/** Query of `GET /api/nodes/:name/names`. */
export const namesQuerySchema = z.object({
  filter: filterSchema,
  limit: numberText('number of names of each kind, up to 1000; default 200'),
});
/** Query of `GET /api/nodes/:name/groups`. */
export const groupsQuerySchema = z.object({
  filter: filterSchema,
  limit: numberText('number of groups of each scope, up to 500; default 100'),
  maxMembers: numberText('number of members of each group, up to 200; default 20'),
});

/** Answer of `GET /api/nodes/:name/names`. */
export const namesAnswerSchema = inspectAnswerSchema(nodeNamesSchema);
/** Answer of `GET /api/nodes/:name/groups`. */
export const groupsAnswerSchema = inspectAnswerSchema(z.array(groupScopeSchema));
