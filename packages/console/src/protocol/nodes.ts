/** What the page and the command are told about nodes, launches and their output. Times are milliseconds since 1970. */

import { nodeKinds } from '@convoy/node/names';
import { z } from 'zod';

export const nodeKindSchema = z.enum(nodeKinds);
export type NodeKind = z.infer<typeof nodeKindSchema>;

/** `unknown` is a node in the mesh that nobody has asked yet what it is. */
export const shownKindSchema = z.enum([...nodeKinds, 'unknown']);

/** One step of a launch. `detail` is one line for people: a port, a version, the reason of a failure. */
export const stepSchema = z.object({
  name: z.string(),
  label: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  detail: z.string().optional(),
});
export type Step = z.infer<typeof stepSchema>;

/** An error as every answer carries it. `remedy` says what usually fixes it. */
export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const nodeStatusSchema = z.enum(['launching', 'up', 'unreachable', 'stopping', 'failed', 'crashed']);
export type NodeStatus = z.infer<typeof nodeStatusSchema>;

/** A node as a card or a row shows it. */
export const nodeViewSchema = z.object({
  /** The full node name, `worker-1@127.0.0.1`. */
  name: z.string(),
  kind: shownKindSchema,
  /** `launched` by this console, `attached` to it on a host by SSH, or `discovered` in the mesh of such a node. */
  origin: z.enum(['launched', 'attached', 'discovered']),
  /** Where it runs: `local`, `ssh://ops@db1`. */
  provider: z.string(),
  status: nodeStatusSchema,
  /** Whether it was launched to join the others by itself. */
  join: z.boolean(),
  steps: z.array(stepSchema),
  /** Nodes it says it is connected to, hidden ones left out. */
  peers: z.array(z.string()),
  startedAt: z.number(),
  upSince: z.number().optional(),
  /** Bytes of memory at the last look, and the last looks, oldest first, at most 60. */
  memoryBytes: z.number().optional(),
  memoryHistory: z.array(z.number()),
  /** Process count of the node, where it tells. */
  processes: z.number().optional(),
  /** E.g. `OTP 25, Elixir 1.14.0`. */
  version: z.string().optional(),
  osPid: z.number().optional(),
  problem: problemSchema.optional(),
  /** The last lines it printed, for a crash. */
  lastOutput: z.array(z.string()),
});
export type NodeView = z.infer<typeof nodeViewSchema>;

export const logLineSchema = z.object({
  seq: z.number(),
  at: z.number(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** What can be launched here and now, and how to get what cannot. */
export const capabilitySchema = z.object({
  kind: nodeKindSchema,
  available: z.boolean(),
  version: z.string().optional(),
  remedy: z.string().optional(),
});
export type Capability = z.infer<typeof capabilitySchema>;

export const consoleInfoSchema = z.object({
  version: z.string(),
  /** The console's own hidden node. */
  node: z.string(),
  host: z.string(),
  epmd: z.enum(['system', 'embedded']),
  epmdPort: z.number(),
  nodeLimit: z.number(),
  capabilities: z.array(capabilitySchema),
});
export type ConsoleInfo = z.infer<typeof consoleInfoSchema>;

/** How the console itself is. */
export const consoleStateSchema = z.object({
  /** Errors that ended one thing and nothing else, since it was started. */
  faults: z.object({
    request: z.number(),
    socket: z.number(),
    shell: z.number(),
    follower: z.number(),
    poller: z.number(),
    launch: z.number(),
    host: z.number(),
    railway: z.number(),
  }),
  /** Empty while the log can be written. */
  audit: z.object({ problem: problemSchema.optional(), since: z.number().optional() }),
});

/** Body of `POST /api/nodes`. Without a name the console picks a free one. */
export const launchRequestSchema = z.object({
  kind: nodeKindSchema,
  /** The part before the `@`: letters, digits, `_` and `-`, starting with a letter. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/i, 'a name starts with a letter and has letters, digits, - and _ only')
    .optional(),
  join: z.boolean().default(true),
  /** `local` when left out, or the name of a host that is connected: `ssh://ops@db1`. */
  provider: z.string().max(600).optional(),
  /** Variables for the environment of the node. Their values are passed to the node only. */
  variables: z.record(z.string().max(128), z.string().max(32_768)).optional(),
});
export type LaunchRequest = z.infer<typeof launchRequestSchema>;

/** Answer of `POST /api/nodes` and `GET /api/launches/:id`. */
export const launchViewSchema = z.object({
  id: z.string(),
  node: z.string(),
  kind: nodeKindSchema,
  state: z.enum(['running', 'ready', 'failed']),
  steps: z.array(stepSchema),
  problem: problemSchema.optional(),
});
export type LaunchView = z.infer<typeof launchViewSchema>;

/** Body of `POST /api/nodes/:name/join` and `/disconnect`. */
export const peerRequestSchema = z.object({ peer: z.string().min(3).max(255) });
export type PeerRequest = z.infer<typeof peerRequestSchema>;
