/** Follows the logger of a node by a helper process there (helper-program.ts), which it renews, and whose end it notices. */

import type { Node } from '@convoy/node';
import { atom, atomName, Pid, Reference, type Term, Tuple } from '@convoy/node/etf';
import { askCall } from '../inspect/asking/ask-node.ts';
import { askDirectly } from '../inspect/asking/asker.ts';
import { evaluation } from '../inspect/asking/boot-form.ts';
import type { InspectProblem } from '../inspect/read/answer.ts';
import { elementsOf, textOf } from '../inspect/read/read-term.ts';
import { helperBindings, helperProgram } from './helper-program.ts';
import { type LoggerEvent, maxTextLength, readBatch } from './read-events.ts';

/** Options of `followLogger`. */
export interface FollowLoggerOptions {
  /**
   * Called with the events of a batch, the oldest first, and with how many were dropped after them. A node sends at most 200 events per
   * 100 ms.
   */
  readonly onEvents: (events: readonly LoggerEvent[], dropped: number) => void;
  /** Called once when events no longer arrive, with the reason. Not called after `close`. */
  readonly onEnd: (problem: InspectProblem) => void;
  /** How long the node goes on after it last heard from us, in milliseconds. Default 60,000. */
  readonly leaseMs?: number | undefined;
  /** How long the node may take to start. Default 5000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A logger that is followed. */
export interface FollowedLogger {
  /** Full name of the node. */
  readonly node: string;
  /** Removes the handler from the node. Resolves when it is removed, or when the node has not answered for two seconds. Idempotent. */
  close(): Promise<void>;
}

/** Whether a logger is followed, or why not. */
export type FollowAnswer =
  | { readonly state: 'following'; readonly logger: FollowedLogger }
  | { readonly state: 'unavailable'; readonly problem: InspectProblem };

const bounds = { maxEvents: 200, batchMs: 100, maxCharacters: maxTextLength };
const defaultLeaseMs = 60_000;
const renewals = 3;
const closeMs = 2000;
/** A node that sends more batches in a second than this has not sent them by our program: four times as many as that sends. */
const maxBatches = 40;

/**
 * Follows the logger of an Erlang or Elixir node, on OTP 23 and later: every event that passes the primary level of the logger there, as a
 * short text. Nothing is installed and no level is changed; a handler is added, which is removed by `close`, when our node is gone, or when the node
 * has not heard from us for `leaseMs`. A process that logs never waits: what the node cannot send is dropped and counted. `node` connects to
 * `target` if it is not connected to it.
 *
 * @example
 * const answer = await followLogger(node, 'app@10.0.0.5', {
 *   onEvents: (events, dropped) => events.forEach(({ level, text }) => console.log(level, text)),
 *   onEnd: ({ message }) => console.log(message),
 * });
 * if (answer.state === 'following') await answer.logger.close();
 */
export async function followLogger(
  node: Node,
  target: string,
  options: FollowLoggerOptions,
): Promise<FollowAnswer> {
  const follow = new LoggerFollow(node, target, options);
  const problem = await follow.start();
  return problem === undefined ? { state: 'following', logger: follow } : { state: 'unavailable', problem };
}

class LoggerFollow implements FollowedLogger {
  readonly node: string;
  readonly #own: Node;
  readonly #options: FollowLoggerOptions;
  readonly #owner: Pid;
  readonly #ended = Promise.withResolvers<void>();
  #helper: Pid | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** The batches of the second that began then. */
  #second = { startedAt: 0, batches: 0 };
  #ignored = 0;

  constructor(own: Node, target: string, options: FollowLoggerOptions) {
    this.node = target;
    this.#own = own;
    this.#options = options;
    this.#owner = own.spawnServer(
      {
        onMessage: (self, message) => {
          if (self.peer === target) this.#receive(message);
          else if (self.peer !== own.name) return;
          else if (message instanceof Pid) self.monitor(message);
          else if (isDown(message)) this.#noteEnd(message);
        },
        onTerminate: () => this.#noteClosedNode(),
      },
      { ownerNode: target },
    );
  }

  /** Resolves with the reason if the logger cannot be followed. */
  async start(): Promise<InspectProblem | undefined> {
    const { leaseMs = defaultLeaseMs, timeoutMs = 5000, signal } = this.#options;
    try {
      const call = evaluation(helperProgram, helperBindings(this.#owner, { ...bounds, leaseMs }));
      const asker = askDirectly(this.#own);
      const answer = await askCall(asker, { node: this.node, call, timeoutMs, signal });
      if (answer.state === 'unavailable') return this.#refused(answer.problem);
      const helper = helperOf(answer.value);
      if (helper === undefined || helper.node !== this.node)
        return this.#refused(refusalOf(answer.value, this.node));
      this.#helper = helper;
      // Processes of a node monitor by themselves only.
      this.#own.send(this.#owner, helper);
      this.#renewing = setInterval(() => this.#tell('renew'), leaseMs / renewals);
      this.#renewing.unref();
      return undefined;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return this.#ended.promise;
    this.#isClosed = true;
    this.#tell('stop');
    const late = setTimeout(() => this.#end(), closeMs);
    await this.#ended.promise;
    clearTimeout(late);
    this.#end();
  }

  #receive(message: Term): void {
    if (isDown(message)) {
      this.#noteEnd(message);
      return;
    }
    if (this.#isClosed) return;
    const now = Date.now();
    const isFlood = this.#countBatch(now) > maxBatches;
    const batch = readBatch(message, { node: this.node, maxEvents: isFlood ? 0 : bounds.maxEvents, now });
    if (batch === undefined) return;
    const { events, dropped } = batch;
    this.#ignored += dropped;
    if (isFlood || (events.length === 0 && this.#ignored === 0)) return;
    this.#options.onEvents(events, this.#ignored);
    this.#ignored = 0;
  }

  #countBatch(now: number): number {
    if (now - this.#second.startedAt >= 1000) this.#second = { startedAt: now, batches: 0 };
    this.#second.batches += 1;
    return this.#second.batches;
  }

  #noteEnd(down: Tuple): void {
    const isOurs = !this.#isClosed && this.#renewing !== undefined;
    this.#end();
    if (isOurs) this.#options.onEnd(endOf(down, this.node));
  }

  #noteClosedNode(): void {
    const isOurs = !this.#isClosed && this.#renewing !== undefined;
    clearInterval(this.#renewing);
    this.#renewing = undefined;
    this.#ended.resolve();
    if (isOurs)
      this.#options.onEnd({
        kind: 'unreachable',
        message: `The node that followed ${this.node} has closed.`,
      });
  }

  #refused(problem: InspectProblem): InspectProblem {
    this.#end();
    return problem;
  }

  #tell(word: 'renew' | 'stop'): void {
    if (this.#helper !== undefined && this.#own.peer(this.node) !== undefined) {
      this.#own.send(this.#helper, atom(word));
    } else if (word === 'stop') {
      this.#end();
    }
  }

  #end(): void {
    clearInterval(this.#renewing);
    this.#renewing = undefined;
    if (this.#own.processes.isAlive(this.#owner)) this.#own.processes.exit(this.#owner, atom('kill'));
    this.#ended.resolve();
  }
}

function isDown(message: Term): message is Tuple {
  if (!(message instanceof Tuple) || message.length !== 5) return false;
  return atomName(message.at(0)) === 'DOWN' && message.at(1) instanceof Reference;
}

function helperOf(answer: Term): Pid | undefined {
  const [tag, helper] = elementsOf(answer);
  const isOk = tag !== undefined && atomName(tag) === 'ok';
  return isOk && helper instanceof Pid ? helper : undefined;
}

function refusalOf(answer: Term, node: string): InspectProblem {
  if (answer !== undefined && atomName(answer) === 'no_free_handler') {
    return {
      kind: 'failed',
      message: `The logger of ${node} is followed 16 times already.`,
      remedy: 'Stop following it elsewhere.',
    };
  }
  const [tag, why] = elementsOf(answer);
  const isReason = tag !== undefined && atomName(tag) === 'failed';
  const reason = isReason ? textOf(why, 300) : undefined;
  return {
    kind: 'failed',
    message: `The logger of ${node} refused a handler: ${reason ?? 'no reason given'}.`,
  };
}

function endOf(down: Tuple, node: string): InspectProblem {
  const reason = atomName(down.at(4));
  if (reason === 'noconnection') {
    return { kind: 'unreachable', message: `The connection to ${node} was lost.` };
  }
  if (reason === 'removed' || reason === 'noproc') {
    return { kind: 'gone', message: `${node} no longer sends its events: it had not heard from us.` };
  }
  const why = reason === undefined ? '' : `: ${textOf(down.at(4), 100)}`;
  return { kind: 'failed', message: `What follows the logger of ${node} was ended there${why}.` };
}
