/** Messages and calls to nodes of a cluster, and what each node answers. */

import { z } from 'zod';
import { inspectAnswerSchema } from './answer.ts';

const termText = (description: string) => z.string().min(1).max(65_536).describe(description);

const common = {
  /** Names of nodes of the cluster: `app@10.0.0.5`. */
  nodes: z.array(z.string().min(3).max(255)).min(1).max(100),
  /** The language of the term, which is a literal: it is read, never evaluated. */
  syntax: z.enum(['erlang', 'elixir', 'json']).default('erlang'),
  /** How long each node may take. */
  timeoutMs: z.number().int().min(1).max(60_000).default(5000),
};
const addressed = {
  ...common,
  /** The process on each node: a registered name, or its pid as the node prints it. */
  to: z.string().min(1).max(255),
  message: termText('the message'),
};

/** Body of `POST /api/clusters/:id/send` and `POST /api/clusters/:id/call`. */
export const messageRequestSchema = z.object(addressed);
/** The type of `messageRequestSchema`. */
export type MessageRequest = z.output<typeof messageRequestSchema>;

/** Body of `POST /api/clusters/:id/rpc`. */
export const rpcRequestSchema = z.object({
  ...common,
  module: z.string().min(1).max(255),
  function: z.string().min(1).max(255),
  args: termText('the list of arguments').default('[]'),
});
/** The type of `rpcRequestSchema`. */
export type RpcRequest = z.output<typeof rpcRequestSchema>;

/** A value that a node answered. */
export const shownValueSchema = z.object({
  /** As Erlang text; the first 16,000 characters. */
  text: z.string(),
  bytes: z.number().optional(),
  /** Equal for equal values, however long. */
  hash: z.number().optional(),
});

function eachSchema<Value extends z.ZodType>(value: Value) {
  return z.array(z.object({ node: z.string(), answer: inspectAnswerSchema(value) }));
}

/** Answer of `POST /api/clusters/:id/send`: the pid of the process on each node. */
export const sentSchema = eachSchema(z.string());
/** Answer of `POST /api/clusters/:id/call` and `POST /api/clusters/:id/rpc`. */
export const repliesSchema = eachSchema(shownValueSchema);
