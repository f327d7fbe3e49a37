/**
 * Runs `global_name_server` on a visible node: turns messages, node changes and process exits into events for
 * global-state.ts, and carries out the resulting effects. It makes no decisions itself.
 */

import { randomBytes } from 'node:crypto';
import { backoff } from '../../async.ts';
import { ErlangError, NodeError } from '../../errors.ts';
import { publishEvent } from '../../events.ts';
import { atom, atomName, atomOf, Pid, Tuple, tuple, type Term } from '../../etf/index.ts';
import type { ExposedFunctions } from '../calls/exposed-functions.ts';
import { replyToGenCall } from '../gen/gen-requests.ts';
import { refuseRequest } from '../gen/refused-calls.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import type { NodeGlobal } from './node-global.ts';
import type { RpcClient } from '../calls/rpc.ts';
import { GlobalCalls, nameServer } from './global-calls.ts';
import { GlobalLocker, type Candidate } from './global-locker.ts';
import { parseGlobalMessage, type GlobalMessage, type GlobalName } from './state/global-messages.ts';
import {
  createGlobalState,
  type GlobalEffect,
  type GlobalEvent,
  type GlobalState,
} from './state/global-model.ts';
import { compareNames, defaultResolver, runResolver } from './state/global-resolution.ts';
import { stepGlobal } from './state/global-state.ts';
import { GlobalWatches } from './global-watches.ts';
import { TurnQueue } from './turn-queue.ts';
import { registerRequest, Registrar, unregisterRequest, type RegistrarPort } from './registrar.ts';

export interface GlobalServices {
  readonly functions: ExposedFunctions;
  readonly rpc: RpcClient;
}

/** Number of dials before a member counts as unreachable, and the minimum time between the first two. */
const joinAttempts = 3;
const joinRetryMs = 250;

/** A few milliseconds of work. A joining mesh sends a handful of messages for each of its nodes. */
const messagesPerTurn = 256;

interface Incoming {
  readonly message: Term;
  readonly peer: string;
}

export class GlobalServer implements NodeGlobal {
  readonly #core: NodeCore;
  readonly #rpc: RpcClient;
  readonly #pid: Pid;
  readonly #state: GlobalState;
  readonly #queue: TurnQueue<Incoming>;
  readonly #watches: GlobalWatches;
  readonly #locker: GlobalLocker;
  readonly #registrar: Registrar;
  readonly #closing = new AbortController();
  readonly #sleepers = new Set<() => void>();

  constructor(core: NodeCore, services: GlobalServices) {
    this.#core = core;
    this.#rpc = services.rpc;
    this.#queue = new TurnQueue({
      maxPerTurn: messagesPerTurn,
      maxPerPeer: core.limits.maxGlobalMessagesPerPeer,
      take: (incoming) => this.#take(incoming),
    });
    this.#pid = core.processes.spawnServer(
      {
        onMessage: (self, message) => {
          if (
            isGenMessage(message) ||
            !refuseRequest(self, message, `${nameServer} does not handle such requests`)
          )
            this.#accept(message, self.peer);
        },
      },
      { name: nameServer, isSystem: true },
    );
    this.#watches = new GlobalWatches(core, this.#pid);
    const locker = this.#startCaller((message) => this.#acceptForLocker(message));
    this.#state = createGlobalState({
      self: core.name,
      lockerPid: locker.pid,
      incarnation: randomBytes(7).reduce((value, byte) => value * 256n + BigInt(byte), 0n),
      maxNames: core.limits.maxGlobalNames,
      maxLocksPerNode: core.limits.maxGlobalLocksPerPeer,
      maxKnown: core.limits.maxConnections,
    });
    this.#locker = this.#createLocker(locker);
    this.#registrar = new Registrar(this.#portFor(this.#startCaller(() => undefined)));
    services.functions.expose('global', { resolve_it: this.#resolveIt });
    core.onNodeUp((node, { visible }) => {
      if (visible) this.#step({ kind: 'nodeUp', node });
    });
    core.onNodeDown((node) => {
      this.#queue.drop(node);
      this.#step({ kind: 'nodeDown', node });
    });
    core.onClose(() => this.#close());
    this.#locker.run().catch((error: unknown) => {
      // A lock round interrupted by the end of the node finds its process gone. Any other error is reported, not fatal.
      if (this.#closing.signal.aborted) return;
      const pid = locker.pid.toString();
      publishEvent('convoy:process.crashed', () => ({ node: core.name, pid, name: undefined, error }));
    });
  }

  /** The known global names, in the order they were learned. */
  names(): Term[] {
    return this.#state.names.entries().map((entry) => entry.name);
  }

  whereis(name: Term): Pid | undefined {
    return this.#state.names.find(name)?.pid;
  }

  /** Nodes that have exchanged names with this one. */
  synced(): string[] {
    return [...this.#state.synced];
  }

  /** Registers a process under a name on every node of the mesh. Resolves to `false` when the name is taken. */
  register(name: Term, pid: Pid): Promise<boolean> {
    const isFree = (): boolean => this.whereis(name) === undefined;
    if (!isFree()) return Promise.resolve(false);
    return this.#registrar.change(registerRequest(name, pid, defaultResolver), isFree);
  }

  /** Removes a name on every node of the mesh. Resolves to `false` when it was not registered. */
  unregister(name: Term): Promise<boolean> {
    const isThere = (): boolean => this.whereis(name) !== undefined;
    if (!isThere()) return Promise.resolve(false);
    return this.#registrar.change(unregisterRequest(name), isThere);
  }

  #createLocker(calls: GlobalCalls): GlobalLocker {
    return new GlobalLocker({
      ...this.#portFor(calls),
      isGlobalLockHeld: () => this.#state.locks.isGlobalHeld,
      sendLockSet: (candidate, message) => this.#sendLockSet(candidate, message),
      lockIsSet: ({ node, ourTag: tag }, lock) => this.#step({ kind: 'lockIsSet', node, tag, lock }),
      carryOut: (effects) => this.#carryOut(effects),
    });
  }

  #portFor(calls: GlobalCalls): RegistrarPort {
    return {
      self: this.#core.name,
      pid: calls.pid,
      callAll: calls.callAll,
      known: () => [...this.#state.known.keys()],
      canSetLock: (lock) => this.#state.locks.canSet(lock),
      sleep: (delayMs, signal) => this.#sleep(delayMs, signal),
      random: Math.random,
      closing: this.#closing.signal,
    };
  }

  #startCaller(acceptOther: (message: Term) => void): GlobalCalls {
    const calls: GlobalCalls = new GlobalCalls(
      this.#core,
      this.#core.processes.spawnServer(
        {
          onMessage: (_self, message) => {
            if (!calls.accept(message)) acceptOther(message);
          },
        },
        { isSystem: true },
      ),
    );
    return calls;
  }

  #accept(message: Term, peer: string): void {
    const ended = this.#watches.accept(message);
    if (ended !== undefined) {
      this.#step({ kind: 'pidDown', pid: ended });
      return;
    }
    if (peer === this.#core.name) this.#take({ message, peer });
    else if (!this.#queue.post(peer, { message, peer })) this.#reportLimit();
  }

  #take({ message, peer }: Incoming): void {
    const parsed = parseGlobalMessage(message);
    if (parsed !== undefined && (peer === this.#core.name || isPlausible(parsed, peer)))
      this.#step({ kind: 'message', message: parsed });
  }

  /** Lockers of version 5 send to the locker itself. */
  #acceptForLocker(message: Term): void {
    const parsed = parseGlobalMessage(message);
    if (parsed?.kind === 'lockSet') this.#step({ kind: 'message', message: parsed });
  }

  #step(event: GlobalEvent): void {
    this.#carryOut(stepGlobal(this.#state, event));
  }

  #carryOut(effects: readonly GlobalEffect[]): void {
    if (this.#closing.signal.aborted) return;
    for (const effect of effects) this.#carryOutOne(effect);
  }

  #carryOutOne(effect: GlobalEffect): void {
    switch (effect.kind) {
      case 'cast':
        return this.#tell(effect.node, tuple(atom('$gen_cast'), effect.message));
      case 'tell':
        return this.#tell(effect.node, effect.message);
      case 'reply':
        return replyToGenCall((to, reply) => this.#send(to, reply), effect.to, effect.value);
      case 'locker':
        return this.#locker.post(effect.message);
      case 'compare':
        return void this.#compare(effect);
      case 'join':
        return void this.#join(effect.node);
      case 'disconnect':
        return void this.#core.connections.disconnect(effect.node);
      case 'watch':
        return this.#watches.watch(effect.pid);
      case 'unwatch':
        return this.#watches.unwatch(effect.pid);
      case 'limit':
        return this.#reportLimit();
    }
  }

  #send(to: Parameters<NodeCore['send']>[0], message: Term): void {
    this.#core.send(to, message, { from: this.#pid });
  }

  /** Sends to connected nodes only: a message about a lost connection must not bring it back. */
  #tell(node: string, message: Term): void {
    if (this.#core.connections.peer(node) !== undefined) this.#send({ name: nameServer, node }, message);
  }

  #sendLockSet(candidate: Candidate, message: Term): void {
    if (candidate.version < 6) this.#send(candidate.locker, message);
    else this.#tell(candidate.node, tuple(atom('$gen_cast'), message));
  }

  async #compare(peer: { node: string; tag: number; names: readonly GlobalName[] }): Promise<void> {
    const port = {
      self: this.#core.name,
      ask: (ours: GlobalName, theirs: GlobalName) => this.#ask(ours, theirs),
    };
    const { ops, resolved } = await compareNames(port, peer, this.#state.names);
    this.#step({ kind: 'compared', node: peer.node, tag: peer.tag, ops, resolved });
  }

  #ask(ours: GlobalName, theirs: GlobalName): Promise<Term> {
    const args = [ours.method, ours.name, theirs.pid, ours.pid];
    if (ours.pid.node === this.#core.name) return Promise.resolve().then(() => this.#resolveIt(...args));
    return this.#rpc.call(ours.pid.node, { module: 'global', function: 'resolve_it', args });
  }

  /** Also called by peers: the node that settles a conflict asks the node of the process that has the name. */
  readonly #resolveIt = (...[method, name, a, b]: Term[]): Term => {
    if (!(a instanceof Pid) || !(b instanceof Pid)) throw new ErlangError('ERLANG_ERROR', atom('badarg'));
    const resolution = runResolver(
      method,
      { name, a, b },
      {
        kill: (pid) => this.#core.processes.exit(pid, atom('kill')),
        notify: (pid, message) => this.#send(pid, message),
      },
    );
    if (resolution === undefined) throw new ErlangError('ERLANG_ERROR', atom('undef'));
    return resolution.winner;
  };

  /**
   * Connects to a member and tells it that we count it as one. Both sides dial at once; either connection will do. A failed
   * dial is retried: the consequences of `joinFailed` affect the whole mesh, and a busy mesh would not recover from them.
   */
  async #join(node: string): Promise<void> {
    for (let attempt = 1; this.#core.connections.peer(node) === undefined; attempt += 1) {
      await this.#core.connections.connect(node).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      if (this.#core.connections.peer(node) !== undefined) break;
      if (attempt === joinAttempts || !this.#state.known.has(node)) {
        this.#step({ kind: 'joinFailed', node });
        return;
      }
      await this.#sleep(backoff(attempt, { firstMs: joinRetryMs, lastMs: joinRetryMs * 8 }));
      if (this.#closing.signal.aborted) return;
    }
    this.#tell(node, tuple(atom('$gen_cast'), tuple(atom('in_sync'), atomOf(this.#core.name), true)));
  }

  /** Resolves after `delayMs`, when `signal` aborts, or when the node closes. */
  #sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = this.#core.clock.after(delayMs, wake);
      this.#sleepers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #reportLimit(): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.#core.name,
      peer: undefined,
      reason: 'limit',
      op: undefined,
      error: undefined,
    }));
  }

  #close(): void {
    this.#step({ kind: 'closing' });
    this.#locker.stop();
    const remedy = 'Start a new node.';
    this.#closing.abort(new NodeError('NODE_CLOSED', `${this.#core.name} is closing`, { remedy }));
    for (const wake of this.#sleepers) wake();
  }
}

/** Calls and casts; every other request is refused at once. */
function isGenMessage(message: Term): boolean {
  return message instanceof Tuple && (atomName(message.at(0)) ?? '').startsWith('$gen_');
}

/** Whether a message about a node came from that node. Calls and reports of losses may be about others. */
function isPlausible(message: GlobalMessage, peer: string): boolean {
  if (message.kind === 'call' || message.kind === 'lostConnection') return true;
  return peer === (message.kind === 'lockSet' ? message.locker.node : message.node);
}
