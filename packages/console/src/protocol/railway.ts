/** What the page and the command are told about Railway: the account, its projects, and the environments opened to launch in. */

import { z } from 'zod';
import { capabilitySchema, nodeKindSchema, problemSchema } from './nodes.ts';

const id = z.string().min(1).max(100);

/** Body of `POST /api/railway/login`. The token stays on the console's side and is never told again. */
export const railwayLoginSchema = z.object({
  /** Left out: the one the console was started with. */
  token: z.string().min(1).max(4096).optional(),
});
export type RailwayLogin = z.infer<typeof railwayLoginSchema>;

export const railwayProjectSchema = z.object({ id: z.string(), name: z.string() });
export type RailwayProjectView = z.infer<typeof railwayProjectSchema>;

export const railwayEnvironmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Of a pull request, and gone with it. */
  isEphemeral: z.boolean(),
});
export type RailwayEnvironmentView = z.infer<typeof railwayEnvironmentSchema>;

/** What a token reaches. */
export const railwayAccountSchema = z.object({
  kind: z.enum(['account', 'workspace', 'project']),
  /** Whose it is: a name, or names of workspaces. */
  owner: z.string().optional(),
  projects: z.array(railwayProjectSchema),
});
export type RailwayAccountView = z.infer<typeof railwayAccountSchema>;

/** A node that is a service on Railway, up or not, whoever launched it. */
export const railwayNodeSchema = z.object({
  name: z.string(),
  kind: nodeKindSchema,
  service: z.string(),
  /** Railway's word for its newest deployment: `SUCCESS`, `CRASHED`. */
  status: z.string().optional(),
  region: z.string().optional(),
  /** Nothing of it runs. */
  isStopped: z.boolean(),
});
export type RailwayNodeView = z.infer<typeof railwayNodeSchema>;

/** An environment that was opened: a place to launch nodes in. */
export const railwayPlaceSchema = z.object({
  id: z.string(),
  /** The provider of nodes that are launched there: `railway:convoy/production`. */
  name: z.string(),
  project: z.string(),
  environment: z.string(),
  capabilities: z.array(capabilitySchema),
  /** At the last look. */
  nodes: z.array(railwayNodeSchema),
  problem: problemSchema.optional(),
});
export type RailwayPlaceView = z.infer<typeof railwayPlaceSchema>;

/** Answer of `GET /api/railway`. */
export const railwayViewSchema = z.object({
  /** `Railway`, or `Simulated Railway`. */
  label: z.string(),
  /** Whether the console was started with a token. */
  hasOwnToken: z.boolean(),
  /** What images are proposed for a new place, by kind of node. */
  images: z.partialRecord(nodeKindSchema, z.string()),
  account: railwayAccountSchema.optional(),
  places: z.array(railwayPlaceSchema),
  /** Requests that Railway still takes until `resetAt` (milliseconds since 1970), where it has said so. */
  budget: z
    .object({ remaining: z.number(), limit: z.number().optional(), resetAt: z.number().optional() })
    .optional(),
});
export type RailwayView = z.infer<typeof railwayViewSchema>;

const imageText = z
  .string()
  .max(300)
  .regex(/^(?:repo:[\w.-]+\/[\w.-]+|[\w./:@-]+)$/, 'write an image, or repo:owner/name');

/** Body of `POST /api/railway/places`. */
export const railwayPlaceRequestSchema = z.object({
  projectId: id,
  environmentId: id,
  /** By kind of node: an image of a registry, or `repo:owner/name`. Left out: those proposed. */
  images: z.partialRecord(nodeKindSchema, imageText).optional(),
  /** Id of the cluster, which marks its services. */
  cluster: z
    .string()
    .regex(/^[a-z0-9_]{1,32}$/, 'a cluster has small letters, digits and _ only, at most 32')
    .default('convoy'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .optional(),
});
export type RailwayPlaceRequest = z.infer<typeof railwayPlaceRequestSchema>;

/** Body of `POST /api/railway/places/:id/control`. `adopt` takes a node that runs already among those of the console. */
export const railwayControlSchema = z.object({
  node: z.string().min(1).max(255),
  action: z.enum(['adopt', 'restart', 'redeploy', 'stop', 'delete']),
});
export type RailwayControlRequest = z.infer<typeof railwayControlSchema>;
