/** Messages about nodes, launches and their output. Times are in milliseconds since 1970. */

import { nodeKinds } from '@convoy/node/names';
import { z } from 'zod';

/** Kind of a node. */
export const nodeKindSchema = z.enum(nodeKinds);
/** The type of `nodeKindSchema`. */
export type NodeKind = z.infer<typeof nodeKindSchema>;

/** Kind of a node as shown, by what is on it; `unknown` if nothing has answered. Gleam and LFE nodes cannot be launched. */
export const shownKindSchema = z.enum([...nodeKinds, 'gleam', 'lfe', 'unknown']);

/** A step of a launch. `detail` is one line for people: a port, a version, the reason of a failure. */
export const stepSchema = z.object({
  name: z.string(),
  label: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  detail: z.string().optional(),
});
/** The type of `stepSchema`. */
export type Step = z.infer<typeof stepSchema>;

/** An error in an answer: a stable code, what failed, and what usually fixes it. */
export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});
/** The type of `problemSchema`. */
export type Problem = z.infer<typeof problemSchema>;

/** Status of a node. */
export const nodeStatusSchema = z.enum([
  'launching',
  'up',
  'unreachable',
  'stopping',
  /** It was stopped, but not by this console: `System.stop()`, `q()`, `halt(0)`, SIGTERM. */
  'stopped',
  /** It was a member of a cluster that was attached, and is not connected to its entry any more: it has ended, or stands apart. */
  'left',
  'failed',
  'crashed',
]);
/** The type of `nodeStatusSchema`. */
export type NodeStatus = z.infer<typeof nodeStatusSchema>;

/** The place of a node. */
export const placeRefSchema = z.object({
  /** Unique among the places: `local`, `ssh://ops@db1`, `railway:convoy/production`. */
  key: z.string(),
  /** The kind of its platform, as `GET /api/platforms` lists it: `local`, `ssh`, `railway`. */
  kind: z.string(),
});
/** The type of `placeRefSchema`. */
export type PlaceRef = z.infer<typeof placeRefSchema>;

/** Another console with the same store, which has a node. */
export const nodeOwnerSchema = z.object({
  /** Public id of that console. */
  id: z.string(),
  /** What people call it: its host name and port, `web-2:4000`. */
  label: z.string(),
  /** Its page, without a token, if it says that others can open it. */
  url: z.string().optional(),
  /** When it was last there, if it does not answer any more. */
  lastSeenAt: z.number().optional(),
});
/** The type of `nodeOwnerSchema`. */
export type NodeOwner = z.infer<typeof nodeOwnerSchema>;

/** A node as the page shows it. */
export const nodeViewSchema = z.object({
  /**
   * Unique among the nodes of the console, and what routes and messages call it: its name, preceded by the id of its cluster and
   * a colon if that was attached: `prod:app@10.0.0.5`. The id of a node of another console begins with the id of that console.
   */
  id: z.string(),
  /** The full node name, `worker-1@127.0.0.1`. Two clusters may have nodes of the same name. */
  name: z.string(),
  kind: shownKindSchema,
  /**
   * `launched` by this console, `attached` on a host that is reached by SSH, `discovered` as a peer of such a node, `member` of a
   * cluster that was attached, or `shared` by another console with the same store: its `owner`, which alone opens shells on it and
   * changes it.
   */
  origin: z.enum(['launched', 'attached', 'discovered', 'member', 'shared']),
  /** The console that has it, if that is another one. */
  owner: nodeOwnerSchema.optional(),
  /** Where it runs. Both parts are `elsewhere` for a discovered node, whose place is not known; a shared one has the kind `console`. */
  place: placeRefSchema,
  /** The key of its place; the former name of `place`. */
  provider: z.string(),
  /** Id of its cluster, as `GET /api/clusters` lists it. Its nodes have the same cookie and reach one another. */
  cluster: z.string(),
  status: nodeStatusSchema,
  /** Whether it joins the other nodes when it is launched. */
  join: z.boolean(),
  /** Whether it was launched to live on when the console stops. */
  keep: z.boolean().optional(),
  steps: z.array(stepSchema),
  /** Names of the visible nodes of its cluster that it reports as its peers. */
  peers: z.array(z.string()),
  /** Whether it is a hidden node, which others do not list in `nodes()`. */
  isHidden: z.boolean().optional(),
  /** Visible members of its cluster that it is not connected to: it stands apart from them. */
  missing: z.array(z.string()).optional(),
  /** The release that it was booted from. */
  release: z.object({ name: z.string(), version: z.string() }).optional(),
  startedAt: z.number(),
  upSince: z.number().optional(),
  /** Memory in bytes at the last probe. */
  memoryBytes: z.number().optional(),
  memoryHistory: z.array(z.number()),
  /** The last values, at most 60, as `memoryHistory` has them. Missing for a node that does not report them. */
  processHistory: z.array(z.number()).optional(),
  /** Processes and ports that waited for a scheduler. */
  runQueueHistory: z.array(z.number()).optional(),
  /** How busy the event loop of a TypeScript node was, in percent. */
  loadHistory: z.array(z.number()).optional(),
  /** Number of processes on the node, if it reports one. */
  processes: z.number().optional(),
  /** Versions of its runtime: `OTP 25, Elixir 1.14.0`. */
  version: z.string().optional(),
  osPid: z.number().optional(),
  problem: problemSchema.optional(),
  /** The last lines of output of a node that stopped, failed or crashed. */
  lastOutput: z.array(z.string()),
});
/** The type of `nodeViewSchema`. */
export type NodeView = z.infer<typeof nodeViewSchema>;

/** Whether a kind of node can be launched, and if not, what to do about it. */
export const capabilitySchema = z.object({
  kind: nodeKindSchema,
  available: z.boolean(),
  version: z.string().optional(),
  /** How its programs were found: `on PATH`, `by an interactive login shell (/usr/bin/zsh)`. */
  foundBy: z.string().optional(),
  remedy: z.string().optional(),
});
/** The type of `capabilitySchema`. */
export type Capability = z.infer<typeof capabilitySchema>;

/** Answer of `GET /api/info`. */
export const consoleInfoSchema = z.object({
  version: z.string(),
  /** Full name of the console's own hidden node. */
  node: z.string(),
  host: z.string(),
  epmd: z.enum(['system', 'embedded']),
  epmdPort: z.number(),
  nodeLimit: z.number(),
  capabilities: z.array(capabilitySchema),
});
/** The type of `consoleInfoSchema`. */
export type ConsoleInfo = z.infer<typeof consoleInfoSchema>;

/** Answer of `GET /api/state`: the health of the console itself. */
export const consoleStateSchema = z.object({
  /** Number of contained internal errors since the start, by the kind of what they ended. */
  faults: z.object({
    request: z.number(),
    socket: z.number(),
    shell: z.number(),
    follower: z.number(),
    poller: z.number(),
    launch: z.number(),
    host: z.number(),
    railway: z.number(),
    cluster: z.number(),
  }),
  /** Why and since when the audit log cannot be written; empty while it can. */
  audit: z.object({ problem: problemSchema.optional(), since: z.number().optional() }),
});

/** Body of `POST /api/nodes`. */
export const launchRequestSchema = z.object({
  kind: nodeKindSchema,
  /** The part before the `@`: at most 63 letters, digits, `_` and `-`, starting with a letter. Default: a free name. */
  name: z
    .string()
    .max(63, 'must have at most 63 characters')
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must start with a letter and contain only letters, digits, - and _')
    .optional(),
  join: z.boolean().default(true),
  /** Where to launch it: an open place, by its key. Default `local`. A `kind` that the place does not have is refused. */
  place: z.object({ key: z.string().max(600), kind: z.string().max(100).optional() }).optional(),
  /** The key of the place; the former name of `place`. */
  provider: z.string().max(600).optional(),
  /** Environment variables of the node. Their values are passed only to the node. */
  variables: z.record(z.string().max(128), z.string().max(32_768)).optional(),
  /** Whether it lives on when the console stops, until it is deleted. Nodes on Railway do so in any case. */
  keep: z.boolean().optional(),
  /** Memory limit in MB; of a TypeScript node, that of its JavaScript heap. Refused where nothing can limit the node. */
  memoryMb: z.int().min(128).max(1_048_576).optional(),
  /**
   * What it runs once it is up: the absolute path of a module (TypeScript) or script (Elixir), or a function without arguments,
   * `Shop.Worker.start` or `shop_worker:start`, with the folder of its module before it if need be. Refused on Railway.
   */
  program: z.string().min(1).max(1000).optional(),
});
/** The type of `launchRequestSchema`. */
export type LaunchRequest = z.infer<typeof launchRequestSchema>;

/** Answer of `POST /api/nodes` and `GET /api/launches/:id`. */
export const launchViewSchema = z.object({
  id: z.string(),
  node: z.string(),
  kind: nodeKindSchema,
  /** `ready` means that every step has succeeded; a node that is up but has not joined the others has `failed`. */
  state: z.enum(['running', 'ready', 'failed']),
  steps: z.array(stepSchema),
  problem: problemSchema.optional(),
  /** The last lines of output of a node that did not start. */
  lastOutput: z.array(z.string()).optional(),
});
/** A launch that is in progress or has ended. */
export type LaunchView = z.infer<typeof launchViewSchema>;

/** Body of `POST /api/nodes/:name/join` and `/disconnect`. */
export const peerRequestSchema = z.object({ peer: z.string().min(3).max(255) });
/** The type of `peerRequestSchema`. */
export type PeerRequest = z.infer<typeof peerRequestSchema>;
