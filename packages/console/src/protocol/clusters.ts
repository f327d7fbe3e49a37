/**
 * Messages about clusters: nodes with one cookie that the console reaches in one way, by a hidden node of its own. Times are in
 * milliseconds since 1970.
 */

import { z } from 'zod';
import { diagnosisSchema } from './doctor.ts';
import { problemSchema } from './nodes.ts';

/** Colours by which clusters are told apart. */
export const clusterColors = ['blue', 'green', 'amber', 'red', 'violet', 'teal', 'pink', 'grey'] as const;

const colorSchema = z.enum(clusterColors);
/** The colour of a cluster. */
export type ClusterColor = z.infer<typeof colorSchema>;

const nameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,39}$/,
    'must have at most 40 lower-case letters, digits and dashes, and not start with a dash',
  );

const fileSchema = z.string().min(1).max(4096);

/** How nodes speak: over TCP or TLS, to addresses of IPv4 or IPv6. As `-proto_dist` of Erlang: `inet_tcp` is `inet`. */
export const protoSchema = z.enum(['inet', 'inet6', 'tls', 'tls6']);
/** The type of `protoSchema`. */
export type Proto = z.infer<typeof protoSchema>;

/** Files on the computer of the console for TLS. */
export const tlsFilesSchema = z.object({
  certFile: fileSchema.optional(),
  keyFile: fileSchema.optional(),
  caFile: fileSchema.optional(),
  /** `none` accepts any certificate. */
  verify: z.enum(['peer', 'none']).default('peer'),
});

/** Body of `POST /api/clusters`: a running cluster that the console did not start, and how to reach it. */
export const attachClusterSchema = z.object({
  /** Id of the new cluster, which precedes the names of its nodes: `prod/app@10.0.0.5`. Default: made of the first node's name. */
  name: nameSchema.optional(),
  /** Full names of members to enter by, in this order. */
  nodes: z.array(z.string().min(3).max(255)).max(50).default([]),
  /** Discovery strategies that find members to enter by: `dns:api.internal`, `epmd:db1`, `gossip:secret-file=/etc/gossip`. */
  discover: z.array(z.string().min(1).max(1000)).max(10).default([]),
  /** The cookie. It is kept in a file that only the user of the console can read, and never shown again. */
  cookie: z.string().min(1).max(255).optional(),
  /** A file on the computer of the console with the cookie. Default, without `cookie`: `~/.erlang.cookie` of its user. */
  cookieFile: fileSchema.optional(),
  /** Where the nodes are reached: an open place by its key, or an SSH target, which is opened. Default: directly. */
  via: z.string().min(1).max(600).optional(),
  proto: protoSchema.default('inet'),
  tls: tlsFilesSchema.optional(),
  /** Port of the EPMD of their hosts. Default: that of the console. */
  epmdPort: z.number().int().min(1).max(65_535).optional(),
  /** Port of all nodes of a cluster without EPMD. */
  port: z.number().int().min(1).max(65_535).optional(),
  color: colorSchema.optional(),
  production: z.boolean().default(false),
  /** Whether it is attached again when the console restarts. */
  keep: z.boolean().default(true),
});
/** The type of `attachClusterSchema`. */
export type AttachClusterRequest = z.infer<typeof attachClusterSchema>;

/** Body of `PATCH /api/clusters/:id`. */
export const clusterChangeSchema = z.object({
  /** A name for people. */
  label: z.string().min(1).max(60).optional(),
  color: colorSchema.optional(),
  production: z.boolean().optional(),
  /** Whether processes may be killed, traced and sent messages there. Marking a cluster as production turns it off. */
  acting: z.boolean().optional(),
});
/** The type of `clusterChangeSchema`. */
export type ClusterChangeRequest = z.infer<typeof clusterChangeSchema>;

/** A cluster. */
export const clusterViewSchema = z.object({
  /** `local` for the nodes launched on this computer, the key of their place for those launched elsewhere, or the name given. */
  id: z.string(),
  kind: z.enum(['own', 'place', 'attached']),
  /** A name for people: `this computer`, `prod`. */
  label: z.string(),
  color: colorSchema,
  /** Whether it is marked as production: clients ask before they change anything there. */
  production: z.boolean(),
  /** Whether users may act inside of its nodes: kill, collect, trace, send, call. Off at first in a production cluster. */
  acting: z.boolean(),
  /** `connecting` until an entry has answered; `down` while none is connected; `failed` when the first connection failed. */
  state: z.enum(['connecting', 'up', 'down', 'failed']),
  problem: problemSchema.optional(),
  /** What the doctor found for the first entry that could not be reached. */
  diagnosis: diagnosisSchema.optional(),
  /** The request by which it was attached, without its cookie: everything as it was typed. */
  request: attachClusterSchema.omit({ cookie: true }).optional(),
  /** The member through which the others are asked. */
  entry: z.string().optional(),
  /** Name of the console's own hidden node in the cluster. */
  ownNode: z.string().optional(),
});
/** The type of `clusterViewSchema`. */
export type ClusterView = z.infer<typeof clusterViewSchema>;

/** Two members, by their names. */
const linkSchema = z.tuple([z.string(), z.string()]);

/** Answer of `POST /api/clusters/:id/reconnect`: what connecting all members with each other has achieved. */
export const reconnectResultSchema = z.object({
  /** Pairs that were not connected, and are now. */
  connected: z.array(linkSchema),
  /** Pairs that are still not connected. */
  missing: z.array(linkSchema),
  /** Nodes that could not be brought back. */
  absent: z.array(z.string()),
});

/** The type of `reconnectResultSchema`. */
export type ReconnectResultView = z.infer<typeof reconnectResultSchema>;

/** Answer of `POST /api/nodes/:name/disconnect/forecast`: what OTP will do when two nodes are disconnected. */
export const disconnectForecastSchema = z.object({
  /** The whole of it in a sentence or two, for people. */
  summary: z.string(),
  /** The connections that will be lost at the worst, the one that is asked for first; empty if the two are not connected. */
  lost: z.array(linkSchema),
  /** Which of the two lose more than that connection, and what they stay connected to, at the worst. */
  leaving: z.array(z.object({ name: z.string(), keeps: z.array(z.string()) })),
  /** Whether one of the two may keep its connections: the first report that arrives decides. */
  isRace: z.boolean(),
  /** Whether all nodes have said how they are set up. */
  isCertain: z.boolean(),
});
/** The type of `disconnectForecastSchema`. */
export type DisconnectForecastView = z.infer<typeof disconnectForecastSchema>;
