/** Messages about Railway: the account, its projects, and the environments that are open for launching nodes. */

import { z } from 'zod';
import { capabilitySchema, nodeKindSchema, problemSchema } from './nodes.ts';

const id = z.string().min(1).max(100);

/** Body of `POST /api/railway/login`. The console keeps the token in memory and never sends it back. */
export const railwayLoginSchema = z.object({
  /** Default: the token that the console was started with. */
  token: z.string().min(1).max(4096).optional(),
});
/** The type of `railwayLoginSchema`. */
export type RailwayLogin = z.infer<typeof railwayLoginSchema>;

/** A project of Railway. */
export const railwayProjectSchema = z.object({ id: z.string(), name: z.string() });
/** The type of `railwayProjectSchema`. */
export type RailwayProjectView = z.infer<typeof railwayProjectSchema>;

/** An environment of a project. */
export const railwayEnvironmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Whether it belongs to a pull request and is deleted with it. */
  isEphemeral: z.boolean(),
});
/** The type of `railwayEnvironmentSchema`. */
export type RailwayEnvironmentView = z.infer<typeof railwayEnvironmentSchema>;

/** What a token gives access to. */
export const railwayAccountSchema = z.object({
  kind: z.enum(['account', 'workspace', 'project']),
  /** Who the token belongs to: a name, or names of workspaces. */
  owner: z.string().optional(),
  projects: z.array(railwayProjectSchema),
});
/** The type of `railwayAccountSchema`. */
export type RailwayAccountView = z.infer<typeof railwayAccountSchema>;

/** A node that is a service on Railway, whether or not it is up or was launched here. */
export const railwayNodeSchema = z.object({
  name: z.string(),
  kind: nodeKindSchema,
  service: z.string(),
  /** Railway's status of its newest deployment: `SUCCESS`, `CRASHED`. */
  status: z.string().optional(),
  region: z.string().optional(),
  /** Whether none of its deployments is running. */
  isStopped: z.boolean(),
});
/** The type of `railwayNodeSchema`. */
export type RailwayNodeView = z.infer<typeof railwayNodeSchema>;

/** An open environment, in which nodes can be launched. */
export const railwayPlaceSchema = z.object({
  id: z.string(),
  /** Name of the provider for nodes launched there: `railway:convoy/production`. */
  name: z.string(),
  project: z.string(),
  environment: z.string(),
  capabilities: z.array(capabilitySchema),
  /** The nodes at the last refresh. */
  nodes: z.array(railwayNodeSchema),
  problem: problemSchema.optional(),
});
/** The type of `railwayPlaceSchema`. */
export type RailwayPlaceView = z.infer<typeof railwayPlaceSchema>;

/** Answer of `GET /api/railway`. */
export const railwayViewSchema = z.object({
  /** `Railway`, or `Simulated Railway`. */
  label: z.string(),
  /** Whether the console was started with a token. */
  hasOwnToken: z.boolean(),
  /** Images proposed for a new environment, by kind of node. */
  images: z.partialRecord(nodeKindSchema, z.string()),
  account: railwayAccountSchema.optional(),
  places: z.array(railwayPlaceSchema),
  /** Requests left until `resetAt` (milliseconds since 1970), if Railway has reported them. */
  budget: z
    .object({ remaining: z.number(), limit: z.number().optional(), resetAt: z.number().optional() })
    .optional(),
});
/** The type of `railwayViewSchema`. */
export type RailwayView = z.infer<typeof railwayViewSchema>;

const imageText = z
  .string()
  .max(300)
  .regex(/^(?:repo:[\w.-]+\/[\w.-]+|[\w./:@-]+)$/, 'must be an image or repo:owner/name');

/** Body of `POST /api/railway/places`. */
export const railwayPlaceRequestSchema = z.object({
  projectId: id,
  environmentId: id,
  /** By kind of node: an image of a registry, or `repo:owner/name`. Default: the proposed ones. */
  images: z.partialRecord(nodeKindSchema, imageText).optional(),
  /** Id of the cluster, which marks its services. Default `convoy`. */
  cluster: z
    .string()
    .regex(/^[a-z0-9_]{1,32}$/, 'must have at most 32 characters: lower-case letters, digits and _')
    .default('convoy'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'must have at most 60 characters: lower-case letters, digits and -')
    .optional(),
});
/** The type of `railwayPlaceRequestSchema`. */
export type RailwayPlaceRequest = z.infer<typeof railwayPlaceRequestSchema>;

/** Body of `POST /api/railway/places/:id/control`. `adopt` connects the console to a node that is already running. */
export const railwayControlSchema = z.object({
  node: z.string().min(1).max(255),
  action: z.enum(['adopt', 'restart', 'redeploy', 'stop', 'delete']),
});
/** The type of `railwayControlSchema`. */
export type RailwayControlRequest = z.infer<typeof railwayControlSchema>;
