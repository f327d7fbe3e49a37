/**
 * The processes of one node: starts them, finds them by pid, name and alias, and delivers messages to them. signals.ts
 * handles signals other than messages; messages for other nodes go to the router.
 */

import type { Clock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import { publishEvent, type MessageDropReason } from '../events.ts';
import { assertTerm, Pid, Reference, type Term } from '../etf/index.ts';
import type { Limits } from '../limits.ts';
import type { CrashReport } from './crash-report.ts';
import { crashReason, killed } from './exit-reasons.ts';
import { FunctionProcess } from './function-process.ts';
import { type Incarnation, localPidNumber, PidGenerator, ReferenceGenerator } from './relations/identity.ts';
import type { LocalProcess, ProcessHost } from './local-process.ts';
import type { AliasUse } from './relations/alias-use.ts';
import type { SpawnedFor } from './relations/relations.ts';
import type { Watcher } from './relations/monitors.ts';
import type { NodeProcesses } from './node-processes.ts';
import type {
  MonitorOptions,
  MonitorTarget,
  ProcessFunction,
  ServerCallbacks,
  SpawnOptions,
} from './process.ts';
import { type Alias, AliasRegistry, NameRegistry } from './registry.ts';
import type { Destination, Router, SentExit, Signal } from './router.ts';
import { Scheduler } from './scheduler.ts';
import { ServerProcess } from './server-process.ts';
import { Signals } from './signals.ts';
import { FullMailboxes } from './relations/full-mailboxes.ts';

export interface ProcessTableOptions extends Incarnation {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly router: Router;
  /** Returns 32 random bits, for references that cannot be guessed. */
  readonly randomWord: () => number;
  /** Whether processes reach only the peer of the message they are handling. Default false. */
  readonly isIsolated?: boolean | undefined;
  /** Whether remote messages are only dropped when a mailbox is full, and their senders not slowed before. Default false. */
  readonly dropsWhenFull?: boolean | undefined;
  /** Called when the code of a process has thrown. Default: nothing but the event. */
  readonly onCrash?: ((report: CrashReport) => void) | undefined;
}

export class ProcessTable implements ProcessHost, NodeProcesses {
  readonly node: string;
  readonly creation: number;
  readonly isIsolated: boolean;
  readonly scheduler: Scheduler = new Scheduler();
  readonly signals: Signals;
  readonly mailboxes: FullMailboxes;
  /** The group leader of new processes. */
  defaultGroupLeader: Pid | undefined;
  /** Bytes of the remote message that is being delivered; 0 otherwise. */
  arrivingBytes = 0;
  readonly #options: ProcessTableOptions;
  readonly #processes: Map<number, LocalProcess> = new Map();
  readonly #names = new NameRegistry();
  readonly #aliases = new AliasRegistry();
  readonly #pids: PidGenerator;
  readonly #references: ReferenceGenerator;
  #own: Pid | undefined;
  #isClosed = false;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
    this.node = options.node;
    this.creation = options.creation;
    this.isIsolated = options.isIsolated ?? false;
    this.mailboxes = new FullMailboxes({
      node: options.node,
      max: { messages: options.limits.maxMailboxMessages, bytes: options.limits.maxMailboxBytes },
      slowsSenders: options.dropsWhenFull !== true,
      senders: options.router,
    });
    this.#pids = new PidGenerator(options);
    this.#references = new ReferenceGenerator(options, options.randomWord);
    this.signals = new Signals({
      node: options.node,
      residents: this,
      router: options.router,
      maxRemoteWatches: options.limits.maxRemoteWatches,
    });
  }

  /** The node's own process, started when it is first asked for: the default sender. Drops its messages. */
  get pid(): Pid {
    this.#own ??= this.spawnServer({ onMessage: () => undefined }, { isSystem: true });
    return this.#own;
  }

  get size(): number {
    return this.#processes.size;
  }

  spawn(body: ProcessFunction, options: SpawnOptions = {}): Pid {
    const process = new FunctionProcess(this.#nextPid(), this, this.#options.clock);
    this.#admit(process, options);
    process.start(body);
    return process.pid;
  }

  spawnServer(callbacks: ServerCallbacks, options: SpawnOptions = {}): Pid {
    const process = new ServerProcess(this.#nextPid(), this, callbacks);
    this.#admit(process, options);
    return process.pid;
  }

  /** The live process with this pid; a pid of another incarnation finds none. */
  find(pid: Pid): LocalProcess | undefined {
    if (pid.node !== this.node || pid.creation !== this.creation) return undefined;
    return this.#processes.get(localPidNumber(pid));
  }

  findRegistered(name: string): LocalProcess | undefined {
    return this.#names.find(name);
  }

  /** The live process with this pid. Throws `NodeError` PROCESS_DEAD. */
  get(pid: Pid): LocalProcess {
    const process = this.find(pid);
    if (process !== undefined) return process;
    throw new NodeError('PROCESS_DEAD', `${pid.toString()} is not a live process of ${this.node}`, {
      remedy: 'Monitor the process to learn when it exits.',
    });
  }

  register(name: string, pid: Pid): void {
    this.#names.register(name, this.get(pid));
  }
  unregister(name: string): boolean {
    return this.#names.unregister(name);
  }
  registered(): string[] {
    return this.#names.names();
  }

  /** All live processes, oldest first. */
  pids(): Pid[] {
    return Array.from(this.#processes.values(), ({ pid }) => pid);
  }

  whereis(name: string): Pid | undefined {
    return this.#names.find(name)?.pid;
  }
  isAlive(pid: Pid): boolean {
    return this.find(pid) !== undefined;
  }

  exit(pid: Pid, reason: Term): void {
    this.signal(pid.node, { kind: 'PAYLOAD_EXIT2', from: this.pid, to: pid }, reason);
  }
  /** Ends a local process with exactly this reason, which its links and monitors get; nothing is logged. */
  terminate(pid: Pid, reason: Term): void {
    this.find(pid)?.terminate(reason);
  }

  makeRef(): Reference {
    return this.#references.next();
  }

  /** Monitors on behalf of the local process `owner`, which receives the `{'DOWN', ...}` message. */
  monitor(owner: Pid, target: MonitorTarget, options?: MonitorOptions): Reference {
    return this.get(owner).monitor(target, options);
  }
  demonitor(owner: Pid, ref: Reference): void {
    this.find(owner)?.demonitor(ref);
  }
  /**
   * Lets `owner` expect a DOWN for `ref` from `peer` without a MONITOR_P: a SPAWN_REQUEST with `monitor` requests one. Loss
   * of the connection delivers it with `noconnection`. Call this before sending the request.
   */
  expectDown(owner: Pid, ref: Reference, peer: string): void {
    this.get(owner).expectDown(ref, peer);
  }
  /**
   * Records that remote `watcher` monitors the local process `pid`, for a SPAWN_REQUEST with `monitor`. Returns `false` when
   * its node has reached `limits.maxRemoteWatches`.
   */
  adoptMonitor(pid: Pid, watcher: Pid, ref: Reference): boolean {
    return this.signals.addWatcher(this.get(pid), { pid: watcher, ref, name: undefined });
  }
  /** Records what a SPAWN_REPLY brings to the parent of a process. Returns `false` when the parent has ended. */
  adoptSpawned(parent: Pid, spawned: SpawnedFor): boolean {
    const process = this.find(parent);
    if (process === undefined) return false;
    process.relations.adopt(spawned);
    this.relate(process, spawned.pid.node);
    return true;
  }
  /** Records a link of the local process `pid` with remote `other`, for a SPAWN_REQUEST with `link`; same limit. */
  adoptLink(pid: Pid, other: Pid): boolean {
    return this.signals.addLink(this.get(pid), other);
  }

  /**
   * Sends a message from a process to any destination. Throws `EncodeError` for a value that cannot be encoded as a term, as
   * a connection does. On an isolated node, a message between local processes keeps the peer that caused it.
   */
  send(sender: LocalProcess, to: Destination, message: Term): void {
    if (this.isIsolated) this.#send(sender.pid, to, message, sender.peer);
    else this.#send(sender.pid, to, message, this.node);
  }

  /** Sends with priority: an alias that was made for it gets the message before those that wait. */
  sendPriority(sender: LocalProcess, to: Destination, message: Term): void {
    if (typeof to !== 'string' && to.node !== this.node) {
      return this.#options.router.sendPriority(sender.pid, to, message);
    }
    const alias = to instanceof Reference ? this.#aliases.findPriority(to) : undefined;
    if (alias === undefined || !(to instanceof Reference)) return this.send(sender, to, message);
    assertTerm(message);
    const peer = this.isIsolated ? sender.peer : this.node;
    this.#openAlias(to, peer)?.process.deliverFirst(message, sender.pid, peer);
  }

  sendExit(from: Pid, to: Pid | Reference, exit: SentExit): void {
    if (to.node === this.node) this.receiveExit(from, to, exit);
    else this.#options.router.sendExit(from, to, exit);
  }

  /** Applies an exit signal to a local process; the caller has checked its sender. */
  receiveExit(from: Pid, to: Pid | string | Reference, { reason, isPriority }: SentExit): void {
    if (!(to instanceof Reference)) {
      const process = to instanceof Pid ? this.find(to) : this.#names.find(to);
      return process?.takeExitSignal(from, reason);
    }
    const isFirst = isPriority && this.#aliases.findPriority(to) !== undefined;
    this.#aliases.find(to)?.process.takeExitSignal(from, reason, isFirst);
  }

  /** Sends on behalf of a local process. */
  sendAs(from: Pid, to: Destination, message: Term): void {
    this.#send(from, to, message, this.node);
  }

  async sendWhenWritable(node: string, send: () => void, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (node === this.node) send();
    else await this.#options.router.sendWhenWritable(node, send, signal);
  }

  // oxlint-disable-next-line max-params -- sender, peer, receiver and message
  answer(from: Pid, peer: string, to: Destination, message: Term): void {
    const node = typeof to === 'string' ? this.node : to.node;
    if (node !== peer) return this.#drop('foreign-receiver', peer);
    if (typeof to === 'string' || node === this.node) this.#send(from, to, message, this.node);
    else this.#options.router.answerMessage(from, to, message);
  }

  /** Delivers a message that came from the node `peer` to a local pid, name or alias. */
  // oxlint-disable-next-line max-params -- called for every message: an object for two of them costs more than the rest
  deliverRemote(to: Pid | string | Reference, message: Term, from: Pid | undefined, peer: string): void {
    const process = to instanceof Pid ? this.find(to) : this.findByNameOrAlias(to);
    if (process === undefined) return this.#drop('no-receiver', peer);
    if (!this.mailboxes.hasRoom(process, peer, this.arrivingBytes)) return this.#drop('limit', peer);
    this.scheduler.credit();
    if (to instanceof Reference) this.#deliverToAlias(to, message, from, peer);
    else process.deliver(message, from, peer);
  }

  /** The same for a message with priority. */
  // oxlint-disable-next-line max-params -- as deliverRemote
  deliverPriority(to: Pid | string | Reference, message: Term, from: Pid | undefined, peer: string): void {
    const process = to instanceof Reference ? this.#aliases.findPriority(to)?.process : undefined;
    if (process === undefined || !(to instanceof Reference)) {
      return this.deliverRemote(to, message, from, peer);
    }
    if (!this.mailboxes.hasRoom(process, peer, this.arrivingBytes)) return this.#drop('limit', peer);
    this.scheduler.credit();
    this.#openAlias(to, peer)?.process.deliverFirst(message, from, peer);
  }

  /** Delivers a message of the node `peer` to a registered process. Returns `false` when there is no such process. */
  relay(peer: string, name: string, message: Term): boolean {
    if (this.#names.find(name) === undefined) return false;
    this.deliverRemote(name, message, undefined, peer);
    return true;
  }

  noteTaken(process: LocalProcess): void {
    this.mailboxes.noteTaken(process);
  }

  reportForeign(process: LocalProcess): void {
    this.#drop('foreign-receiver', process.peer);
  }

  signal(node: string, signal: Signal, reason?: Term): void {
    this.signals.send(node, signal, reason);
  }

  /** Ends every process and accepts no new ones. */
  close(): void {
    this.#isClosed = true;
    for (const process of this.#processes.values()) process.terminate(killed);
  }

  relate(process: LocalProcess, node: string): void {
    this.signals.relate(process, node);
  }
  releaseLink(node: string): void {
    this.signals.releaseLink(node);
  }
  releaseWatcher(watcher: Watcher): void {
    this.signals.releaseWatcher(watcher);
  }
  addAlias(process: LocalProcess, ref: Reference, use: AliasUse): void {
    this.#aliases.add(ref, { process, ...use });
  }
  removeAlias(ref: Reference): void {
    this.#aliases.remove(ref);
  }
  remove(process: LocalProcess): void {
    this.#processes.delete(localPidNumber(process.pid));
    if (process.slowsSenders) this.mailboxes.relieve(process);
    if (process.registeredName !== undefined) this.#names.unregister(process.registeredName);
  }
  announceExit(process: LocalProcess, reason: Term): void {
    this.signals.announceExit(process, reason);
  }
  reportCrash(process: LocalProcess, error: unknown): void {
    const { node } = this;
    const pid = process.pid.toString();
    const { registeredName: name, lastMessage, queueLength: waitingMessages } = process;
    publishEvent('convoy:process.crashed', () => ({ node, pid, name, error }));
    process.terminate(crashReason(error));
    this.#options.onCrash?.({ node, pid, name, error, lastMessage, waitingMessages });
  }

  #nextPid(): Pid {
    if (this.#isClosed)
      throw new NodeError('NODE_CLOSED', `node ${this.node} is closed and cannot start processes`, {
        remedy: 'Start a new node.',
      });
    const { maxProcesses } = this.#options.limits;
    if (this.#processes.size < maxProcesses) return this.#pids.next();
    throw new NodeError('PROCESS_LIMIT', `cannot start a process: ${maxProcesses} processes are alive`, {
      remedy: 'Raise limits.maxProcesses, or end some processes.',
    });
  }

  #admit(process: LocalProcess, options: SpawnOptions): void {
    if (options.name !== undefined) this.#names.register(options.name, process);
    if (options.groupLeader !== undefined) process.groupLeader = options.groupLeader;
    process.isSystem = options.isSystem === true;
    process.ownerNode = options.ownerNode;
    this.#processes.set(localPidNumber(process.pid), process);
    if (options.link !== undefined) process.link(options.link);
  }

  findByNameOrAlias(to: string | Reference): LocalProcess | undefined {
    return typeof to === 'string' ? this.#names.find(to) : this.#aliases.find(to)?.process;
  }

  // oxlint-disable-next-line max-params -- as deliverRemote
  #send(from: Pid, to: Destination, message: Term, peer: string): void {
    if (typeof to !== 'string' && to.node !== this.node) {
      return this.#options.router.sendMessage(from, to, message);
    }
    assertTerm(message);
    if (typeof to === 'string') this.#names.find(to)?.deliver(message, from, peer);
    else if (to instanceof Pid) this.find(to)?.deliver(message, from, peer);
    else if (to instanceof Reference) this.#deliverToAlias(to, message, from, peer);
    else this.#names.find(to.name)?.deliver(message, from, peer);
  }

  // oxlint-disable-next-line max-params -- as deliverRemote
  #deliverToAlias(ref: Reference, message: Term, from: Pid | undefined, peer: string): void {
    this.#openAlias(ref, peer)?.process.deliver(message, from, peer);
  }

  /** The alias for a message from `peer`, which ends it if it is for one reply. */
  #openAlias(ref: Reference, peer: string): Alias | undefined {
    const alias = this.#aliases.find(ref);
    if (alias === undefined) return undefined;
    // On other nodes the answer to a call may come from a third node: a pool forwards requests.
    const isForeign = this.isIsolated && alias.node !== undefined && alias.node !== peer;
    if (isForeign) {
      this.#drop('foreign-sender', peer);
      return undefined;
    }
    if (alias.endsByReply) alias.process.endAlias(ref);
    return alias;
  }

  #drop(reason: MessageDropReason, peer: string): void {
    const { node } = this;
    publishEvent('convoy:message.dropped', () => ({ node, peer, reason, op: undefined, error: undefined }));
  }
}
