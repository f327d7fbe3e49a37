/**
 * Manages the connections of a node: dials, accepts, replaces and closes them as the peer table decides, and queues
 * messages for a peer until it is up. signal-router.ts knows the meaning of messages; node-runtime.ts
 * notifies about nodes that come and go.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Timer } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import { ConnectionError, HandshakeError } from '../../errors.ts';
import type { DecodeOptions, Term } from '../../etf/index.ts';
import { publishEvent } from '../../events.ts';
import type { Limits } from '../../limits.ts';
import { type AcceptDecision, listenForPeers } from '../../net/accept.ts';
import type { Connection, PeerInfo } from '../../net/connection.ts';
import { dialPeer, type LocalNode } from '../../net/dial.ts';
import type { Resolver } from '../../net/resolver.ts';
import type { Listener, ListenOptions, Transport } from '../../net/transport.ts';
import { DialQueue, lengthOf } from './dial-queue.ts';
import {
  closedError,
  disconnectedError,
  limitError,
  overfullError,
  undialledError,
  unsentError,
} from './kernel-failures.ts';
import type { ConnectOptions, NodeKind } from './connect-options.ts';
import { nameMismatch, parseNodeName } from '../options/node-name.ts';
import {
  createPeerTable,
  decideIncoming,
  type DownCause,
  nextAttempt,
  type PeerEffect,
  type PeerEvent,
  type PeerTable,
  stepPeers,
} from './peer-table.ts';
import { type RoomRequest, RoomWaiters } from './room-waiters.ts';
import { type Traffic, TrafficCounter } from '../../net/traffic-counter.ts';

export interface NetKernelOptions {
  readonly self: LocalNode;
  /** Dials only for `connect`. */
  readonly isIsolated: boolean;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly nameForms: 'same' | 'any';
  readonly transport: Transport;
  readonly handshakeTimeoutMs: number;
  readonly netTickTimeMs: number;
  readonly decode: DecodeOptions;
  /** Names of nodes that may connect. `undefined`: all. */
  readonly allow: ReadonlySet<string> | undefined;
}

/** What the node does with its connections. */
export interface NetKernelEvents {
  /** Called before anything else is sent or received on the connection. */
  onUp(connection: Connection): void;
  onDown(connection: Connection, reason: string): void;
  /** A dial failed; messages may have been queued for it. */
  onUnreachable(peer: string): void;
  // oxlint-disable-next-line max-params -- called for every message
  onMessage(connection: Connection, control: Control, payload: Term, bytes: number): void;
  /** Sends a message that was queued while dialling. Does not throw. */
  transmit(connection: Connection, control: Control, payload: Term): void;
}

export class NetKernel {
  readonly #options: NetKernelOptions;
  readonly #events: NetKernelEvents;
  readonly #table: PeerTable;
  readonly #connections: Map<string, Connection> = new Map();
  readonly #traffic = new TrafficCounter();
  readonly #dials: Map<string, DialQueue> = new Map();
  readonly #timers: Map<string, Timer> = new Map();
  /** By attempt: connections that are up or about to be, and the controllers that abort dials. */
  readonly #attempts: Map<number, Connection> = new Map();
  readonly #aborts: Map<number, AbortController> = new Map();
  readonly #closeErrors: Map<number, ConnectionError | undefined> = new Map();
  readonly #closing: AbortController = new AbortController();
  readonly #roomWaiters: RoomWaiters = new RoomWaiters((peer) => this.#hasRoom(peer));
  /** A connection belongs to the node: it must not keep the async context of the code that happened to send first. */
  readonly #inOwnContext: ReturnType<typeof AsyncLocalStorage.snapshot> = AsyncLocalStorage.snapshot();

  constructor(options: NetKernelOptions, events: NetKernelEvents) {
    this.#options = options;
    this.#events = events;
    this.#table = createPeerTable(options.self.name, options.limits.maxConnections);
  }

  /** The connection to a peer that is up. */
  find(peer: string): Connection | undefined {
    return this.#connections.get(peer);
  }

  get traffic(): Traffic {
    return this.#traffic.count(this.#connections.values());
  }
  /** Information about a connected peer; `undefined` when it is not connected. */
  peer(name: string): PeerInfo | undefined {
    return this.#connections.get(name)?.peer;
  }

  listen(listen: ListenOptions): Promise<Listener> {
    return listenForPeers({
      ...this.#connectionOptions(),
      transport: this.#options.transport,
      listen,
      signal: this.#closing.signal,
      decide: (peer) => this.#decide(peer),
      onAuthenticated: ({ name }) => this.#step({ kind: 'authenticated', peer: name }),
      onConnection: (connection) => this.adopt(connection),
    });
  }

  /** Resolves when the peer is connected. */
  async connect(peer: string, options: ConnectOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw closedError(this.#options.self.name);
    if (this.#connections.has(peer) || peer === this.#options.self.name) return;
    const mismatch = nameMismatch(this.#options.self.name, peer, this.#options.nameForms);
    if (mismatch !== undefined) throw mismatch;
    const queue = this.#queueFor(peer);
    const waiting = queue.wait({ ...options, peer, clock: this.#options.clock });
    this.#want(peer, options.timeoutMs);
    try {
      await waiting;
    } finally {
      // No other caller or message needs the peer: stop dialling.
      if (queue.isIdle && this.#dials.get(peer) === queue) this.disconnect(peer);
    }
  }

  /** Queues a message for a peer that is not connected, and dials it. */
  enqueue(peer: string, control: Control, payload: Term): void {
    if (this.#closing.signal.aborted) return;
    const { self, nameForms, isIsolated } = this.#options;
    const isUnwanted = isIsolated && !this.#dials.has(peer);
    const obstacle = isUnwanted ? undialledError(peer) : nameMismatch(self.name, peer, nameForms);
    if (obstacle !== undefined) {
      this.#publishUnsent(peer, { error: obstacle, count: 1, bytes: lengthOf(payload) });
      // Links and monitors are notified in a separate turn, as after a failed dial.
      return queueMicrotask(() => this.#events.onUnreachable(peer));
    }
    const queue = this.#queueFor(peer);
    const wasOverfull = queue.isOverfull;
    const isQueued = queue.push({ control, payload }, lengthOf(payload));
    this.#want(peer, undefined);
    if (isQueued || wasOverfull) return;
    queue.error = overfullError(peer, queue.bytes);
    // Links and monitors are notified in a separate turn, as after a failed dial.
    queueMicrotask(() => {
      if (this.#dials.get(peer) === queue) this.disconnect(peer);
    });
  }

  /** Whether the peer is being dialled. */
  isDialling(peer: string): boolean {
    return this.#dials.has(peer);
  }

  /** Resolves when the peer can take more data; immediately when it is not connected. */
  whenWritable(peer: string): Promise<void> {
    return this.#roomWaiters.wait(peer, { run: () => undefined, onEnd: 'run' });
  }

  /**
   * Runs `send` when the peer can take more data, in the order of the calls. Rejects with `ConnectionError` if the connection ends before,
   * with the signal's reason, or with what `send` throws.
   */
  sendWhenWritable(peer: string, send: () => void, signal: AbortSignal | undefined): Promise<void> {
    const request: RoomRequest = { run: send, signal, onEnd: 'reject' };
    return this.#roomWaiters.wait(peer, request);
  }

  disconnect(peer: string): boolean {
    const isKnown = this.#table.peers.has(peer);
    this.#step({ kind: 'disconnect', peer });
    return isKnown;
  }

  list(kind: NodeKind = 'visible'): string[] {
    if (kind === 'known') return [...this.#table.peers.keys()];
    const connections = [...this.#connections.values()];
    const wanted =
      kind === 'connected'
        ? connections
        : connections.filter(({ peer }) => peer.visible === (kind === 'visible'));
    return wanted.map(({ peer }) => peer.name);
  }

  /** Closes every connection and dial, and accepts no new ones. */
  close(): void {
    this.#closing.abort(closedError(this.#options.self.name));
    for (const peer of [...this.#table.peers.keys()]) this.disconnect(peer);
  }

  #hasRoom(peer: string): boolean {
    const waiting = this.#connections.get(peer)?.bufferedBytes ?? this.#dials.get(peer)?.bytes ?? 0;
    return waiting <= this.#options.limits.sendQueueHighWaterBytes;
  }

  #decide(peer: string): AcceptDecision {
    const { allow } = this.#options;
    if (this.#closing.signal.aborted || (allow !== undefined && !allow.has(peer))) return 'not_allowed';
    // A name that cannot be dialled cannot be displayed or stored safely either.
    if (parseNodeName(peer) === undefined) return 'not_allowed';
    return decideIncoming(this.#table, peer);
  }

  /** Takes a connection that is open. */
  adopt(connection: Connection): void {
    if (this.#closing.signal.aborted) return connection.close();
    const { name, visible } = connection.peer;
    const attempt = nextAttempt(this.#table);
    this.#attempts.set(attempt, connection);
    this.#step({ kind: 'accepted', peer: name, attempt, isVisible: visible });
  }

  #want(peer: string, timeoutMs: number | undefined): void {
    for (const effect of stepPeers(this.#table, { kind: 'wanted', peer })) {
      if (effect.kind === 'dial') void this.#inOwnContext(() => this.#dial(effect, timeoutMs));
      else this.#perform(effect);
    }
  }

  async #dial(
    { peer, attempt }: { peer: string; attempt: number },
    timeoutMs: number | undefined,
  ): Promise<void> {
    const queue = this.#queueFor(peer);
    const { resolver, transport, handshakeTimeoutMs } = this.#options;
    const abort = new AbortController();
    this.#aborts.set(attempt, abort);
    try {
      const connection = await dialPeer({
        ...this.#connectionOptions(),
        handshakeTimeoutMs: timeoutMs ?? handshakeTimeoutMs,
        peer,
        resolver,
        transport,
        signal: abort.signal,
      });
      this.#attempts.set(attempt, connection);
      this.#step({ kind: 'dialled', peer, attempt, isVisible: connection.peer.visible });
    } catch (error) {
      if (!abort.signal.aborted) queue.error = error;
      const isSimultaneous = error instanceof HandshakeError && error.code === 'HANDSHAKE_SIMULTANEOUS';
      this.#step({ kind: 'dialFailed', peer, attempt, isSimultaneous });
    } finally {
      this.#aborts.delete(attempt);
    }
  }

  #step(event: PeerEvent): void {
    for (const effect of stepPeers(this.#table, event)) this.#perform(effect);
  }

  #perform(effect: PeerEffect): void {
    const { peer } = effect;
    switch (effect.kind) {
      case 'dial':
        return void this.#inOwnContext(() => this.#dial(effect, undefined));
      case 'abortDial':
        return this.#aborts.get(effect.attempt)?.abort(disconnectedError(peer));
      case 'await':
        return this.#await(peer, effect.attempt);
      case 'close':
        return this.#close(effect.attempt);
      case 'up':
        return this.#up(effect.attempt);
      case 'down':
        return this.#down(effect);
      case 'unreachable':
        return this.#unreachable(peer);
      case 'tooMany':
        this.#queueFor(peer).error = limitError(peer, this.#options.limits.maxConnections);
        return this.#unreachable(peer);
    }
  }

  #up(attempt: number): void {
    const connection = this.#attempts.get(attempt);
    if (connection === undefined) return;
    const { name } = connection.peer;
    const queue = this.#dials.get(name);
    this.#dials.delete(name);
    this.#stopWaiting(name);
    this.#connections.set(name, connection);
    connection.onDrain(() => this.#roomWaiters.release(name));
    connection.onClose((error) => {
      this.#closeErrors.set(attempt, error);
      this.#step({ kind: 'closed', peer: name, attempt });
      this.#closeErrors.delete(attempt);
    });
    if (queue !== undefined) this.#transmitQueued(connection, queue);
    this.#events.onUp(connection);
    // oxlint-disable-next-line max-params -- the listener of every message
    connection.onMessage((control, payload, _hasPayload, bytes) =>
      this.#events.onMessage(connection, control, payload, bytes),
    );
    queue?.resolve();
    this.#roomWaiters.release(name);
  }

  #transmitQueued(connection: Connection, queue: DialQueue): void {
    if (queue.isOverfull) return this.#reportUnsent(connection.peer.name, queue);
    for (const { control, payload } of queue.takeMessages()) {
      this.#events.transmit(connection, control, payload);
    }
  }

  #close(attempt: number): void {
    this.#attempts.get(attempt)?.close();
    this.#attempts.delete(attempt);
  }

  #down({ peer, attempt, why }: { peer: string; attempt: number; why: DownCause }): void {
    const connection = this.#connections.get(peer);
    this.#attempts.delete(attempt);
    if (connection === undefined) return;
    this.#connections.delete(peer);
    this.#traffic.end(connection);
    const error = why === 'disconnect' ? undefined : this.#closeErrors.get(attempt);
    const reason = why === 'disconnect' ? why : (error?.code ?? 'connection_closed');
    this.#events.onDown(connection, reason);
    this.#roomWaiters.end(peer, unsentError(peer, error));
  }

  #unreachable(peer: string): void {
    const queue = this.#dials.get(peer);
    this.#dials.delete(peer);
    this.#stopWaiting(peer);
    if (queue !== undefined) {
      queue.error ??= disconnectedError(peer);
      this.#reportUnsent(peer, queue);
    }
    this.#events.onUnreachable(peer);
    queue?.reject();
    this.#roomWaiters.end(peer, unsentError(peer, queue?.error));
  }

  #await(peer: string, attempt: number): void {
    this.#stopWaiting(peer);
    const expire = (): void => this.#step({ kind: 'expired', peer, attempt });
    this.#timers.set(peer, this.#options.clock.after(this.#options.handshakeTimeoutMs, expire));
  }

  #stopWaiting(peer: string): void {
    this.#timers.get(peer)?.cancel();
    this.#timers.delete(peer);
  }

  #queueFor(peer: string): DialQueue {
    let queue = this.#dials.get(peer);
    if (queue === undefined) {
      const { maxDialQueueMessages: maxMessages, maxSendQueueBytes: maxBytes } = this.#options.limits;
      queue = new DialQueue({ maxMessages, maxBytes });
      this.#dials.set(peer, queue);
    }
    return queue;
  }

  #connectionOptions(): Pick<
    NetKernelOptions,
    'self' | 'limits' | 'clock' | 'handshakeTimeoutMs' | 'netTickTimeMs' | 'decode'
  > {
    const { self, limits, clock, handshakeTimeoutMs, netTickTimeMs, decode } = this.#options;
    return { self, limits, clock, handshakeTimeoutMs, netTickTimeMs, decode };
  }

  /** Reports everything that was queued, in one event. */
  #reportUnsent(peer: string, queue: DialQueue): void {
    const { count, bytes } = queue.takeLost();
    if (count > 0) this.#publishUnsent(peer, { error: queue.error, count, bytes });
  }

  #publishUnsent(peer: string, { error, count, bytes }: Unsent): void {
    const isOverfull = error instanceof ConnectionError && error.code === 'CONNECTION_OVERFLOW';
    publishEvent('convoy:message.dropped', () => ({
      node: this.#options.self.name,
      peer,
      reason: isOverfull ? 'overflow' : 'not-connected',
      op: undefined,
      error: error instanceof Error ? error : undefined,
      count,
      bytes,
    }));
  }
}

interface Unsent {
  readonly error: unknown;
  readonly count: number;
  readonly bytes: number;
}
