/** What the page and the command are told about hosts that are reached by SSH. Times are milliseconds since 1970. */

import { z } from 'zod';
import { capabilitySchema, problemSchema, stepSchema } from './nodes.ts';

/** Body of `POST /api/hosts`. Keys, agent and known hosts are those of the user the console runs as. */
export const hostRequestSchema = z.object({
  /** `[ssh://]user@host[:port][,next-hop...]` */
  target: z.string().min(1).max(500),
  /** Trusts a host that is in no known_hosts file, and writes it down. */
  acceptNewHostKey: z.boolean().default(false),
});
export type HostRequest = z.infer<typeof hostRequestSchema>;

/** A node that runs on a host, whoever started it. */
export const hostNodeSchema = z.object({
  name: z.string(),
  port: z.number().optional(),
  /** Who knows it: the host's EPMD, or its list of processes. */
  source: z.enum(['epmd', 'process']),
  /** Whether it told its name. */
  answers: z.boolean(),
  problem: problemSchema.optional(),
  osPid: z.number().optional(),
  user: z.string().optional(),
});
export type HostNodeView = z.infer<typeof hostNodeSchema>;

/** `connecting`: its steps are under way. `down`: it was up, and is dialled until it is back. */
export const hostViewSchema = z.object({
  id: z.string(),
  /** The provider of nodes that are launched there, and the way to it: `ssh://ops@db1`. */
  name: z.string(),
  state: z.enum(['connecting', 'up', 'down', 'failed']),
  steps: z.array(stepSchema),
  problem: problemSchema.optional(),
  /** `OTP 27, Elixir 1.18.3 on db1 (Linux x86_64)` */
  summary: z.string().optional(),
  capabilities: z.array(capabilitySchema),
  nodes: z.array(hostNodeSchema),
});
export type HostView = z.infer<typeof hostViewSchema>;

/** Body of `POST /api/hosts/:id/attach`. No cookie goes through the page. */
export const attachRequestSchema = z.object({
  /** Full name. */
  node: z.string().min(3).max(255),
  /** Whose cookie: `owner` reads ~/.erlang.cookie of the node's owner there, `console` is the console's own. */
  cookie: z.enum(['owner', 'console']).default('owner'),
});
export type AttachRequest = z.infer<typeof attachRequestSchema>;
