/**
 * A PubSub that Phoenix.PubSub of other nodes takes for one of theirs: the adapter `Phoenix.PubSub.PG2` on the wire, with
 * functions and processes as subscribers here.
 */

import { assertTerm, atom, type Pid, type Term } from '../etf/index.ts';
import type { PgHost } from '../pg/pg-host.ts';
import type { ProcessGroups } from '../pg/process-groups.ts';
import { shareProcessGroups } from '../pg/shared-groups.ts';
import { WatchingProcess } from '../pg/watching-process.ts';
import { PubSubError } from './pubsub-error.ts';
import {
  adapterGroups,
  channelDispatcher,
  forwardMessage,
  maxTopicBytes,
  parseForwarded,
  plainDispatcher,
  pubSubScope,
  socketBroadcast,
} from './pubsub-messages.ts';
import { type PubSubListener, TopicTable } from './topic-table.ts';

/** More groups than any pool has. */
const maxPoolSize = 1024;

/** Options of `startPubSub`. */
export interface PubSubOptions {
  /** The name in `{Phoenix.PubSub, name: MyApp.PubSub}` of the other nodes. */
  readonly name: string;
  /**
   * Their `pool_size`, or the largest of them while it is being changed: the number of groups this node receives from. Default
   * 1, as in Phoenix.PubSub.
   */
  readonly poolSize?: number | undefined;
}

/** Options of the broadcasts. */
export interface BroadcastOptions {
  /**
   * The module that hands the message to the subscribers on Elixir nodes. It must exist there, with a `dispatch/3`. Default
   * `Elixir.Phoenix.PubSub`.
   */
  readonly dispatcher?: string | undefined;
}

/** A process that is subscribed here, or the function that `subscribe` was given. */
export type Subscriber = Pid | PubSubListener;

/**
 * Starts a PubSub on this node. It finds the PubSub of the same name on all connected nodes, now and later. Throws `PubSubError`
 * PUBSUB_BAD_NAME, PUBSUB_BAD_POOL, and `NodeError` PROCESS_NAME_TAKEN when one of this name is started already.
 *
 * @example
 * const pubsub = await startPubSub(node, { name: 'MyApp.PubSub' });
 * pubsub.subscribe('orders', ({ message }) => console.log(message));
 * pubsub.broadcast('orders', tuple(atom('created'), 42)); // to the subscribers of all nodes
 */
export async function startPubSub(node: PgHost, options: PubSubOptions): Promise<PubSub> {
  const { name, poolSize = 1 } = options;
  const names = checkedGroups(name, poolSize);
  const { groups: scope, release } = await shareProcessGroups(node, pubSubScope);
  const topics = new TopicTable((pid, message) => node.send(pid, message));
  const workers: WatchingProcess[] = [];
  try {
    for (const group of names) workers.push(startWorker(node, group, topics));
    await Promise.all(workers.map(({ started }) => started));
    for (const [at, group] of names.entries()) scope.join(atom(group), workers[at]?.pid ?? []);
  } catch (error) {
    for (const worker of workers) worker.stop();
    release();
    throw error;
  }
  return new PubSub({ node, name, group: names[0] ?? name, topics, workers, scope, release });
}

/** A process of a group. Other nodes send it the broadcasts, or send them to its name. */
function startWorker(node: PgHost, name: string, topics: TopicTable): WatchingProcess {
  return new WatchingProcess(node, {
    name,
    onMessage: (message, peer) => {
      const forwarded = parseForwarded(message);
      if (forwarded !== undefined)
        topics.dispatch({ topic: forwarded.topic, message: forwarded.message, from: peer });
    },
    onEnd: () => topics.clear(),
  });
}

function checkedGroups(name: string, poolSize: number): readonly string[] {
  if (!Number.isSafeInteger(poolSize) || poolSize < 1 || poolSize > maxPoolSize) {
    throw new PubSubError('PUBSUB_BAD_POOL', `poolSize is ${String(poolSize)}`, {
      value: poolSize,
      remedy: `Use a whole number from 1 to ${maxPoolSize}: the \`pool_size\` of the other nodes.`,
    });
  }
  if (/^[^\0]{1,200}$/u.test(name)) return adapterGroups(name, poolSize);
  throw new PubSubError('PUBSUB_BAD_NAME', `"${name}" is not a valid name for a PubSub`, {
    value: name,
    remedy: 'Use the name that the other nodes give it, such as `MyApp.PubSub`.',
  });
}

interface PubSubParts {
  readonly node: PgHost;
  readonly name: string;
  /** The first group. */
  readonly group: string;
  readonly topics: TopicTable;
  readonly workers: readonly WatchingProcess[];
  readonly scope: ProcessGroups;
  readonly release: () => void;
}

/** A PubSub, created by `startPubSub`. */
export class PubSub implements Disposable {
  readonly #parts: PubSubParts;
  readonly #topics: TopicTable;
  #isClosed = false;

  /** @internal Use `startPubSub`. */
  constructor(parts: PubSubParts) {
    this.#parts = parts;
    this.#topics = parts.topics;
  }

  /** The name it was started with. */
  get name(): string {
    return this.#parts.name;
  }

  /** The other nodes that get broadcasts: those on which a PubSub of this name runs. */
  nodes(): string[] {
    return [...this.#remoteMembers().keys()];
  }

  /**
   * Calls `listener` with each message for a topic. Returns a function that unsubscribes. The same function may subscribe
   * several times, and is then called as often. Throws `PubSubError` PUBSUB_BAD_TOPIC, PUBSUB_CLOSED.
   */
  subscribe(topic: string, listener: PubSubListener): () => void {
    this.#assertUsable(topic);
    return this.#topics.add(topic, listener);
  }

  /**
   * Has a process of this node receive each message for a topic, as `Phoenix.PubSub.subscribe/2` does. Returns a function that
   * unsubscribes; the end of the process does so too. Throws as `subscribe`.
   */
  subscribeProcess(topic: string, pid: Pid): () => void {
    this.#assertUsable(topic);
    const unsubscribe = this.#topics.addProcess(topic, pid);
    const unwatch = this.#parts.workers[0]?.watch(pid, unsubscribe);
    return () => {
      unsubscribe();
      unwatch?.();
    };
  }

  /**
   * Sends a message to the subscribers of a topic on all nodes, this one included. Text in the message is a binary in
   * Elixir. Throws `EncodeError` when the message is not a term, `PubSubError` PUBSUB_BAD_TOPIC, PUBSUB_BAD_DISPATCHER,
   * PUBSUB_CLOSED; nothing is sent in that case.
   */
  broadcast(topic: string, message: Term, options: BroadcastOptions = {}): void {
    this.#sendToOthers(topic, message, options);
    this.#topics.dispatch({ topic, message, from: this.#parts.node.name });
  }

  /** Like `broadcast`, but not to one subscriber of this node: usually the sender. */
  // oxlint-disable-next-line max-params -- sender, topic, message: the order of Phoenix.PubSub
  broadcastFrom(sender: Subscriber, topic: string, message: Term, options: BroadcastOptions = {}): void {
    this.#sendToOthers(topic, message, options);
    this.#topics.dispatch({ topic, message, from: this.#parts.node.name }, sender);
  }

  /**
   * Sends an event of a Phoenix channel to the clients that have joined the topic, as `MyAppWeb.Endpoint.broadcast/3`. Throws
   * as `broadcast`.
   */
  broadcastEvent(topic: string, event: string, payload: Term): void {
    this.broadcast(topic, socketBroadcast(topic, event, payload), { dispatcher: channelDispatcher });
  }

  /** Sends a message to the subscribers on this node only. */
  localBroadcast(topic: string, message: Term): void {
    this.#assertUsable(topic);
    this.#topics.dispatch({ topic, message, from: this.#parts.node.name });
  }

  /**
   * Sends a message to the subscribers on one node only, and connects to it if necessary. It is lost when no PubSub of this
   * name runs there. Throws as `broadcast`.
   */
  // oxlint-disable-next-line max-params -- node, topic, message: the order of Phoenix.PubSub
  directBroadcast(peer: string, topic: string, message: Term, options: BroadcastOptions = {}): void {
    const { node, group } = this.#parts;
    if (peer === node.name) return this.localBroadcast(topic, message);
    const forwarded = this.#forward(topic, message, options);
    node.send({ name: group, node: peer }, forwarded, { from: this.#sender });
  }

  /** Stops it on this node: other nodes send it nothing from now on, and its subscribers are forgotten. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const worker of this.#parts.workers) worker.stop();
    this.#topics.clear();
    this.#parts.release();
  }

  /** Calls `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #sender(): Pid {
    const { workers, scope } = this.#parts;
    return workers[0]?.pid ?? scope.pid;
  }

  /**
   * One process of each node, of the first group: it exists whatever the pool size of the node, and messages of one sender must
   * take one way to arrive in order.
   */
  #remoteMembers(): Map<string, Pid> {
    const { node, scope, group } = this.#parts;
    const found = new Map<string, Pid>();
    for (const pid of scope.members(atom(group))) {
      if (pid.node !== node.name && !found.has(pid.node)) found.set(pid.node, pid);
    }
    return found;
  }

  #sendToOthers(topic: string, message: Term, options: BroadcastOptions): void {
    const forwarded = this.#forward(topic, message, options);
    const { node } = this.#parts;
    for (const [peer, pid] of this.#remoteMembers()) {
      if (node.peer(peer) !== undefined) node.send(pid, forwarded, { from: this.#sender });
    }
  }

  /** The message for other nodes. A process there ends by anything that its dispatcher does not expect. */
  #forward(topic: string, message: Term, { dispatcher = plainDispatcher }: BroadcastOptions): Term {
    this.#assertUsable(topic);
    if (!/^[^\0]{1,255}$/u.test(dispatcher)) {
      throw new PubSubError('PUBSUB_BAD_DISPATCHER', `"${dispatcher}" is not the name of a module`, {
        value: dispatcher,
        remedy:
          'Use the name of a module with `dispatch/3` that all nodes have, such as `Elixir.Phoenix.PubSub`.',
      });
    }
    const forwarded = forwardMessage({ topic, message, dispatcher });
    assertTerm(forwarded);
    return forwarded;
  }

  #assertUsable(topic: string): void {
    if (this.#isClosed || this.#parts.workers[0]?.isAlive !== true) {
      throw new PubSubError('PUBSUB_CLOSED', `the PubSub ${this.name} is closed`, {
        value: this.name,
        remedy: 'Start it again with `startPubSub`.',
      });
    }
    if (typeof topic === 'string' && topic.isWellFormed() && topic.length <= maxTopicBytes / 3) return;
    throw new PubSubError('PUBSUB_BAD_TOPIC', 'the topic is not text, or is too long', {
      value: topic,
      remedy: `Use text of at most ${Math.floor(maxTopicBytes / 3)} characters.`,
    });
  }
}
