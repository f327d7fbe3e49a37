/**
 * The messages of the one live socket, both directions. Text frames of JSON; a message that does not fit its schema
 * is answered with `problem` and changes nothing. `requestId` comes back in the answer to what carried it.
 */

import { z } from 'zod';
import { consoleInfoSchema, logLineSchema, nodeViewSchema, problemSchema } from './nodes.ts';

export const shellKindSchema = z.enum(['iex', 'erl', 'ts']);
export type ShellKind = z.infer<typeof shellKindSchema>;

const requestId = z.string().max(64);
const nodeName = z.string().min(3).max(255);
const shellId = z.string().max(64);
const columns = z.number().int().min(10).max(500);
const rows = z.number().int().min(3).max(300);
/** A random name that a page gives itself, one per shell, and keeps over reconnects. Input is numbered per name. */
const client = z.string().min(8).max(64);

/** A shell that is open on the console; it outlives the sockets attached to it. */
export const shellViewSchema = z.object({
  id: z.string(),
  node: z.string(),
  kind: shellKindSchema,
  cols: z.number(),
  rows: z.number(),
  openedAt: z.number(),
});
export type ShellView = z.infer<typeof shellViewSchema>;

export const clientMessageSchema = z.discriminatedUnion('type', [
  /** The first message on every socket: the single-use ticket of `POST /api/tickets`. */
  z.object({ type: z.literal('hello'), ticket: z.string().max(256) }),
  z.object({ type: z.literal('ping'), sentAt: z.number().int() }),
  z.object({ type: z.literal('logs.follow'), node: nodeName, afterSeq: z.number().int().default(0) }),
  z.object({ type: z.literal('logs.unfollow'), node: nodeName }),
  z.object({
    type: z.literal('shell.open'),
    requestId,
    node: nodeName,
    /** Left out: IEx where the node has it, else erl; TypeScript on TypeScript nodes. */
    kind: shellKindSchema.optional(),
    cols: columns,
    rows,
    client: client.optional(),
  }),
  /**
   * After a dropped socket or a reload: answered by `shell.taken`, and by `shell.snapshot` or, when `afterSeq` is still
   * held, by output. From here on input for this `client` is taken from this socket alone.
   */
  z.object({
    type: z.literal('shell.attach'),
    requestId,
    shellId,
    afterSeq: z.number().int().optional(),
    client: client.optional(),
  }),
  /**
   * Keys, for a shell that this socket has opened or attached. `seq` counts up by one from 1 for each `client`; what was
   * taken already is dropped, and what leaves a number out is refused. Answered by `shell.taken` or `shell.refused`.
   */
  z.object({
    type: z.literal('shell.input'),
    shellId,
    seq: z.number().int().min(1),
    data: z.string().max(1_048_576),
  }),
  z.object({ type: z.literal('shell.resize'), shellId, cols: columns, rows }),
  z.object({ type: z.literal('shell.interrupt'), shellId }),
  z.object({ type: z.literal('shell.close'), shellId }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  /** Answer to `hello`: everything the page shows, at once. */
  z.object({
    type: z.literal('welcome'),
    info: consoleInfoSchema,
    nodes: z.array(nodeViewSchema),
    shells: z.array(shellViewSchema),
  }),
  z.object({ type: z.literal('pong'), sentAt: z.number() }),
  /** A node is new or has changed. */
  z.object({ type: z.literal('node'), node: nodeViewSchema }),
  z.object({ type: z.literal('node.gone'), name: z.string() }),
  z.object({ type: z.literal('logs'), node: z.string(), lines: z.array(logLineSchema) }),
  z.object({ type: z.literal('shell.opened'), requestId: z.string(), shell: shellViewSchema }),
  /** Screen and scroll-back as terminal text; replaces what the terminal shows. */
  z.object({
    type: z.literal('shell.snapshot'),
    requestId: z.string(),
    shellId: z.string(),
    seq: z.number(),
    data: z.string(),
    cols: z.number(),
    rows: z.number(),
  }),
  z.object({ type: z.literal('shell.output'), shellId: z.string(), seq: z.number(), data: z.string() }),
  /** Input up to `seq` has been typed into the shell; the next number is one more. */
  z.object({ type: z.literal('shell.taken'), shellId: z.string(), seq: z.number() }),
  /** Input number `seq` was not typed, and nothing after it will be; `taken` is the last number that was. */
  z.object({
    type: z.literal('shell.refused'),
    shellId: z.string(),
    seq: z.number(),
    taken: z.number(),
    problem: problemSchema,
  }),
  /** Whether the shell shows what is typed: not while a program asks for a password. Told on attaching, and when it changes. */
  z.object({ type: z.literal('shell.echo'), shellId: z.string(), echo: z.boolean() }),
  z.object({ type: z.literal('shell.closed'), shellId: z.string(), reason: z.string() }),
  /** The audit log cannot be written, and why; without a problem: it can again. */
  z.object({ type: z.literal('audit'), problem: problemSchema.optional() }),
  z.object({ type: z.literal('problem'), requestId: z.string().optional(), problem: problemSchema }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
