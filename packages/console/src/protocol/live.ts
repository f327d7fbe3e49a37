/**
 * The messages of the live socket in both directions, each a text frame with JSON. A message that does not match its schema
 * is answered with `problem` and has no effect. The answer to a message with a `requestId` carries the same `requestId`.
 */

import { z } from 'zod';
import { clusterViewSchema } from './clusters.ts';
import { traceMessageSchemas, traceStartSchema, traceStopSchema } from './inspect/tracing.ts';
import { logLineSchema, logSourceSchema } from './logs/index.ts';
import { consoleInfoSchema, nodeViewSchema, problemSchema } from './nodes.ts';

/** Kind of a shell. */
export const shellKindSchema = z.enum(['iex', 'erl', 'ts']);
/** The type of `shellKindSchema`. */
export type ShellKind = z.infer<typeof shellKindSchema>;

const requestId = z.string().max(64);
/** The id of a node. */
const nodeId = z.string().min(3).max(300);
const shellId = z.string().max(64);
const columns = z.number().int().min(10).max(500);
const rows = z.number().int().min(3).max(300);
/** A random name that a page chooses per shell and keeps across reconnects. Input is numbered per name. */
const client = z.string().min(8).max(64);

/** A shell that is open on the console. It outlives the sockets attached to it. */
export const shellViewSchema = z.object({
  id: z.string(),
  /** The id of its node. */
  node: z.string(),
  kind: shellKindSchema,
  /** Tells the shells of one node apart: the lowest number from 1 that no other open shell of the node has. */
  number: z.number(),
  cols: z.number(),
  rows: z.number(),
  openedAt: z.number(),
  /** How many pages are attached. */
  viewers: z.number(),
  /** Whether it was open when the console was restarted, and its node is not there yet. Attaching waits for it. */
  isWaiting: z.boolean().optional(),
});
/** The type of `shellViewSchema`. */
export type ShellView = z.infer<typeof shellViewSchema>;

/** A message from a page to the console. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  /** The first message on every socket, with the single-use ticket of `POST /api/tickets`. */
  z.object({ type: z.literal('hello'), ticket: z.string().max(256) }),
  z.object({ type: z.literal('ping'), sentAt: z.number().int() }),
  /**
   * Follows the log of a node: `logs` brings the stored lines after `afterSeq`, at most the last 2000, then each new one. A socket
   * may follow 200 nodes; to follow one again changes `source` and `afterSeq`. Default of `source`: `output` where the console has
   * the output of the node, else `logger`. While a node is followed with `logger` or `all`, the console follows its logger.
   * Answered by `logs.state`.
   */
  z.object({
    type: z.literal('logs.follow'),
    node: nodeId,
    afterSeq: z.number().int().default(0),
    source: logSourceSchema.optional(),
  }),
  z.object({ type: z.literal('logs.unfollow'), node: nodeId }),
  z.object({
    type: z.literal('shell.open'),
    requestId,
    node: nodeId,
    /** Default: the TypeScript shell on TypeScript nodes; elsewhere IEx if the node has it, else erl. */
    kind: shellKindSchema.optional(),
    cols: columns,
    rows,
    client: client.optional(),
  }),
  /**
   * Sent after a dropped socket or a reload. Answered by `shell.taken`, and by `shell.snapshot` or, if the console still
   * has the output after `afterSeq`, by that output. From then on input of this `client` is accepted only from this socket.
   */
  z.object({
    type: z.literal('shell.attach'),
    requestId,
    shellId,
    afterSeq: z.number().int().optional(),
    client: client.optional(),
  }),
  /**
   * Keys for a shell that this socket has opened or attached. `seq` counts up by one from 1 for each `client`. Input that
   * was already taken is dropped, and input that skips a number is refused. Answered by `shell.taken` or `shell.refused`.
   */
  z.object({
    type: z.literal('shell.input'),
    shellId,
    seq: z.number().int().min(1),
    data: z.string().max(1_048_576),
  }),
  /**
   * The size that a shell would have in the window of this page. A shell has one size for all pages, that of the page that typed last;
   * with `take`, that of this page. Answered by `shell.size`.
   */
  z.object({
    type: z.literal('shell.resize'),
    shellId,
    cols: columns,
    rows,
    take: z.boolean().optional(),
  }),
  z.object({ type: z.literal('shell.interrupt'), shellId }),
  /** Ends the attachment of this socket. The shell stays open. */
  z.object({ type: z.literal('shell.detach'), shellId }),
  /** Ends the shell, for all pages. */
  z.object({ type: z.literal('shell.close'), shellId }),
  traceStartSchema,
  traceStopSchema,
]);
/** The type of `clientMessageSchema`. */
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** A message from the console to a page. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  /** Answer to `hello`, with everything that the page shows. */
  z.object({
    type: z.literal('welcome'),
    info: consoleInfoSchema,
    nodes: z.array(nodeViewSchema),
    clusters: z.array(clusterViewSchema),
    shells: z.array(shellViewSchema),
  }),
  z.object({ type: z.literal('pong'), sentAt: z.number() }),
  /** A node was added or has changed. */
  z.object({ type: z.literal('node'), node: nodeViewSchema }),
  /**
   * A node was removed; `name` is its id. With `isRelaunched` only its process is another one: it was launched again, its view follows in the
   * next message, and the lines of its log are counted from 1 again.
   */
  z.object({ type: z.literal('node.gone'), name: z.string(), isRelaunched: z.boolean().optional() }),
  /** A cluster was added or has changed. */
  z.object({ type: z.literal('cluster'), cluster: clusterViewSchema }),
  /** A cluster was detached, or its place closed. Its nodes are removed one by one. */
  z.object({ type: z.literal('cluster.gone'), id: z.string() }),
  /** Lines of a followed log, in order. Their numbers may have gaps: lines of other sources, or some that the console no longer has. */
  z.object({ type: z.literal('logs'), node: z.string(), lines: z.array(logLineSchema) }),
  /**
   * Whether what a followed log asked for arrives: answer to `logs.follow`, and sent again on each change. `unavailable` says why the logger of the
   * node is not followed: it is a TypeScript node, has refused, or is gone. The console tries again when the node is up again. Stored lines are sent
   * in any case, and with `source` `all` also new output.
   */
  z.object({
    type: z.literal('logs.state'),
    node: z.string(),
    /** The `source` that was asked for, or the default that applies. */
    source: logSourceSchema,
    state: z.enum(['following', 'unavailable']),
    problem: problemSchema.optional(),
  }),
  z.object({ type: z.literal('shell.opened'), requestId: z.string(), shell: shellViewSchema }),
  /** A shell was opened by some page, or its size or the number of its viewers has changed. */
  z.object({ type: z.literal('shell'), shell: shellViewSchema }),
  /** Screen and scroll-back as terminal text; replaces the content of the terminal. */
  z.object({
    type: z.literal('shell.snapshot'),
    requestId: z.string(),
    shellId: z.string(),
    seq: z.number(),
    data: z.string(),
    cols: z.number(),
    rows: z.number(),
  }),
  /** With `cols` and `rows`, the screen has that size from here on, and `data` is empty. */
  z.object({
    type: z.literal('shell.output'),
    shellId: z.string(),
    seq: z.number(),
    data: z.string(),
    cols: z.number().optional(),
    rows: z.number().optional(),
  }),
  /** The size of a shell, and whether it is that of this page. Answer to `shell.resize`; also sent when another page takes over. */
  z.object({
    type: z.literal('shell.size'),
    shellId: z.string(),
    cols: z.number(),
    rows: z.number(),
    isOwn: z.boolean(),
  }),
  /** Input up to `seq` has been typed into the shell; the next number is `seq + 1`. */
  z.object({ type: z.literal('shell.taken'), shellId: z.string(), seq: z.number() }),
  /** Input `seq` was not typed, and later input will not be; `taken` is the last number that was typed. */
  z.object({
    type: z.literal('shell.refused'),
    shellId: z.string(),
    seq: z.number(),
    taken: z.number(),
    problem: problemSchema,
  }),
  /** Whether the shell echoes input, which it does not while a program asks for a password. Sent on attaching and on changes. */
  z.object({ type: z.literal('shell.echo'), shellId: z.string(), echo: z.boolean() }),
  /** A shell has ended. Sent again, with a better reason, when its node turns out to have ended. */
  z.object({ type: z.literal('shell.closed'), shellId: z.string(), reason: z.string() }),
  ...traceMessageSchemas,
  /** Why the audit log cannot be written; without `problem` it can be written again. */
  z.object({ type: z.literal('audit'), problem: problemSchema.optional() }),
  z.object({ type: z.literal('problem'), requestId: z.string().optional(), problem: problemSchema }),
]);
/** The type of `serverMessageSchema`. */
export type ServerMessage = z.infer<typeof serverMessageSchema>;
