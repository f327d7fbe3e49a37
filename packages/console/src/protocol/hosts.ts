/** Messages about hosts that are reached by SSH. Times are in milliseconds since 1970. */

import { z } from 'zod';
import { capabilitySchema, problemSchema, stepSchema } from './nodes.ts';

/** Body of `POST /api/hosts`; the form of the platform asks for the same. Keys, agent and known hosts are those of the user who runs the console. */
export const hostRequestSchema = z.object({
  /** `[ssh://]user@host[:port][,next-hop...]` */
  target: z.string().min(1).max(500),
  /** Trusts a host that is in no known_hosts file, whatever its key, and adds it there. */
  acceptNewHostKey: z.boolean().default(false),
  /** Trusts such a host only if its key has this fingerprint, as a user has compared it. */
  acceptHostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a fingerprint as ssh-keygen -l prints it: SHA256:...')
    .optional(),
});
/** The type of `hostRequestSchema`. */
export type HostRequest = z.infer<typeof hostRequestSchema>;

/** A node that runs on a host, whether or not the console started it. */
export const hostNodeSchema = z.object({
  name: z.string(),
  port: z.number().optional(),
  /** How it was found: in the host's EPMD, or in its process list. */
  source: z.enum(['epmd', 'process']),
  /** Whether it answered with its name. */
  answers: z.boolean(),
  problem: problemSchema.optional(),
  osPid: z.number().optional(),
  user: z.string().optional(),
});
/** A node that runs on a host, whether or not the console started it. */
export type HostNodeView = z.infer<typeof hostNodeSchema>;

/** The key of a host that was not accepted, because it is unknown or another one than before. */
export const hostKeySchema = z.object({
  /** The machine that presented it, which may be a hop on the way: `ops@db1:22`. */
  hop: z.string(),
  /** `ssh-ed25519`. */
  type: z.string(),
  /** As `ssh-keygen -l` prints it: `SHA256:...`. */
  fingerprint: z.string(),
});
/** The key of a host that was not accepted. */
export type HostKeyView = z.infer<typeof hostKeySchema>;

/** A host. In state `connecting` its steps are in progress; in state `down` it was up and is being reconnected. */
export const hostViewSchema = z.object({
  id: z.string(),
  /** The SSH target, which is also the name of the provider for nodes launched there: `ssh://ops@db1`. */
  name: z.string(),
  state: z.enum(['connecting', 'up', 'down', 'failed']),
  steps: z.array(stepSchema),
  problem: problemSchema.optional(),
  hostKey: hostKeySchema.optional(),
  /** What the host has: `OTP 27, Elixir 1.18.3 on db1 (Linux x86_64)`. */
  summary: z.string().optional(),
  capabilities: z.array(capabilitySchema),
  nodes: z.array(hostNodeSchema),
});
/** A host that is reached by SSH. */
export type HostView = z.infer<typeof hostViewSchema>;

/** Body of `POST /api/hosts/:id/attach`. The page never handles a cookie. */
export const attachRequestSchema = z.object({
  /** Full name of the node. */
  node: z.string().min(3).max(255),
  /** Which cookie to use: `owner` reads ~/.erlang.cookie of the node's owner on the host, `console` is the console's own. */
  cookie: z.enum(['owner', 'console']).default('owner'),
});
/** The type of `attachRequestSchema`. */
export type AttachRequest = z.infer<typeof attachRequestSchema>;
