/**
 * A local process: what function processes and server processes have in common. Holds its links, monitors and aliases, and
 * turns method calls into signals; signals.ts delivers signals and applies incoming ones.
 */

import { NodeError } from '../errors.ts';
import { atom, Pid, Reference, type Term, tuple } from '../etf/index.ts';
import { downMessage, isDownOf } from './down-message.ts';
import { type ArrivedExit, exitEffect, noconnection, ProcessExit } from './exit-reasons.ts';
import type { AliasUse } from './relations/alias-use.ts';
import { isSamePid, referenceKey } from './relations/identity.ts';
import type { Monitor, Watcher } from './relations/monitors.ts';
import type {
  AliasOptions,
  DemonitorOptions,
  MonitorOptions,
  MonitorTarget,
  PriorityOptions,
  Process,
  ReceiveOptions,
  WaitingSendOptions,
} from './process.ts';
import { Relations } from './relations/relations.ts';
import type { Destination, SentExit, Signal } from './router.ts';
import type { Scheduler } from './scheduler.ts';

/** The end of a monitored process. */
interface Down {
  readonly source: Pid | string | undefined;
  readonly reason: Term;
  /** The node that reported it. */
  readonly peer: string;
}

/** What a process needs from its process table. */
export interface ProcessHost {
  readonly node: string;
  readonly scheduler: Scheduler;
  readonly defaultGroupLeader: Pid | undefined;
  /** Whether processes reach only the peer of the message they are handling. */
  readonly isIsolated: boolean;
  /** Bytes of the remote message that is being delivered. */
  readonly arrivingBytes: number;
  /** A process that slows its senders has taken messages from its mailbox. */
  noteTaken(process: LocalProcess): void;
  send(sender: LocalProcess, to: Destination, message: Term): void;
  /** Calls `send` when `node` can take more data. */
  sendWhenWritable(node: string, send: () => void, signal: AbortSignal | undefined): Promise<void>;
  sendPriority(sender: LocalProcess, to: Destination, message: Term): void;
  /** Sends an exit signal that only the newest nodes understand: to an alias, or with priority. */
  sendExit(from: Pid, to: Pid | Reference, exit: SentExit): void;
  /** Sends only to `peer`. */
  answer(from: Pid, peer: string, to: Destination, message: Term): void;
  /** Signals a process on any node, including this one. */
  signal(node: string, signal: Signal, reason?: Term): void;
  /** Reports that, on an isolated node, a process handling a message from one node tried to reach another node. */
  reportForeign(process: LocalProcess): void;
  /** Records that the process has, or had, a link or monitor with a process on `node`. */
  relate(process: LocalProcess, node: string): void;
  /** A link that `node` requested has ended, so it no longer counts towards its limit. */
  releaseLink(node: string): void;
  /** The same for a monitor. */
  releaseWatcher(watcher: Watcher): void;
  makeRef(): Reference;
  addAlias(process: LocalProcess, ref: Reference, use: AliasUse): void;
  removeAlias(ref: Reference): void;
  /** Removes the process from the table. Called once, before its links and monitors are notified. */
  remove(process: LocalProcess): void;
  /** Notifies its links and monitors, now or after those of processes that ended before. */
  announceExit(process: LocalProcess, reason: Term): void;
  /** Reports that the function or a callback of the process threw `error`, and ends it. */
  reportCrash(process: LocalProcess, error: unknown): void;
}

const exitTag = atom('EXIT');

export abstract class LocalProcess implements Process {
  readonly pid: Pid;
  trapExit = false;
  groupLeader: Pid | undefined;
  peer: string;
  /** Whether exit signals are ignored. */
  isSystem = false;
  /** Whether nodes are held back until fewer messages wait. */
  slowsSenders = false;
  /** The only other node whose signals reach the process; `undefined`: all. */
  ownerNode: string | undefined;
  /** The name the process is registered under; at most one, as in Erlang. */
  registeredName: string | undefined;
  protected readonly host: ProcessHost;
  // Created on demand: most processes have none, and a node may have very many processes.
  #relations: Relations | undefined;
  #aliases: Map<string, Reference> | undefined;
  #abort: AbortController | undefined;
  #isAlive = true;

  constructor(pid: Pid, host: ProcessHost) {
    this.pid = pid;
    this.host = host;
    this.groupLeader = host.defaultGroupLeader;
    this.peer = host.node;
  }

  /** The number of waiting messages, and the bytes of those that came from other nodes. */
  abstract readonly queueLength: number;
  abstract readonly queueBytes: number;
  /** The message that is being handled, for the report of a crash. */
  abstract readonly lastMessage: { readonly term: Term } | undefined;
  /** Delivers a message that came from `peer`. */
  abstract deliver(message: Term, from: Pid | undefined, peer: string): void;
  /** Delivers a message before all that wait without priority. */
  abstract deliverFirst(message: Term, from: Pid | undefined, peer: string): void;
  abstract receive(options?: ReceiveOptions): Promise<Term>;
  /** Removes the waiting messages that `match` accepts. */
  protected abstract discard(match: (message: Term) => boolean): void;
  /** The process has made a reference: what answers it has not arrived yet. */
  protected noteReference(_ref: Reference): void {
    // Only processes that search their mailbox make use of it.
  }
  /** Delivers a trapped exit signal; with priority before all messages that wait without. */
  protected abstract takeExit(from: Pid, reason: Term, isPriority: boolean): void;
  /** A process on another node no longer monitors this one. */
  lostWatcher(): void {
    // Only server processes have a callback for this.
  }
  /** The process has ended; its links and monitors have not been notified yet. */
  protected abstract stop(reason: Term): void;

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether the process may have links or monitors to notify when it ends. */
  get isRelated(): boolean {
    return this.#relations !== undefined;
  }

  get relations(): Relations {
    this.#relations ??= new Relations();
    return this.#relations;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (!this.#isAlive) this.#abort.abort(deadError(this.pid));
    return this.#abort.signal;
  }

  send(to: Destination, message: Term, options?: PriorityOptions): void {
    this.assertAlive();
    if (!this.#mayReach(typeof to === 'string' ? this.host.node : to.node)) return;
    if (options?.priority === true) this.host.sendPriority(this, to, message);
    else this.host.send(this, to, message);
  }

  async sendWhenWritable(to: Destination, message: Term, options: WaitingSendOptions = {}): Promise<void> {
    this.assertAlive();
    const node = typeof to === 'string' ? this.host.node : to.node;
    if (!this.#mayReach(node)) return;
    const send = (): void => {
      this.assertAlive();
      this.host.send(this, to, message);
    };
    await this.host.sendWhenWritable(node, send, options.signal);
  }

  answer(peer: string, to: Destination, message: Term): void {
    this.assertAlive();
    this.host.answer(this.pid, peer, to, message);
  }

  /** Whether signals from processes on `node` reach this one. */
  isOpenTo(node: string): boolean {
    return this.ownerNode === undefined || node === this.ownerNode || node === this.host.node;
  }

  link(pid: Pid): void {
    this.assertAlive();
    if (isSamePid(pid, this.pid)) return;
    if (!this.#mayReach(pid.node)) return this.takeLinkExit(pid, noconnection);
    if (this.relations.links.link(pid)) this.#tell(pid.node, { kind: 'LINK', from: this.pid, to: pid });
  }

  unlink(pid: Pid): void {
    this.assertAlive();
    const id = this.relations.links.unlink(pid);
    if (id !== undefined) this.#tell(pid.node, { kind: 'UNLINK_ID', id, from: this.pid, to: pid });
  }

  monitor(target: MonitorTarget, options: MonitorOptions = {}): Reference {
    this.assertAlive();
    const ref = this.makeRef();
    const isPid = target instanceof Pid;
    const node = typeof target === 'string' ? this.host.node : target.node;
    const to = isPid || typeof target === 'string' ? target : target.name;
    const endsAlias = options.alias !== undefined && options.alias !== 'explicit';
    this.relations.monitors.add({ ref, target: to, node, endsAlias });
    if (options.alias !== undefined)
      this.#addAlias(ref, { endsByReply: options.alias === 'reply', node, isPriority: false });
    if (this.#mayReach(node)) this.#tell(node, { kind: 'MONITOR_P', from: this.pid, to, ref });
    else this.#loseMonitor(ref);
    return ref;
  }

  demonitor(ref: Reference, options: DemonitorOptions = {}): void {
    this.assertAlive();
    const monitor = this.relations.monitors.take(ref);
    if (monitor !== undefined) this.#endMonitor(monitor);
    if (options.flush === true) this.discard((message) => isDownOf(message, ref));
  }

  alias(options: AliasOptions = {}): Reference {
    this.assertAlive();
    const ref = this.makeRef();
    this.#addAlias(ref, { endsByReply: false, node: undefined, isPriority: options.priority === true });
    return ref;
  }

  unalias(ref: Reference): void {
    if (this.#aliases?.delete(referenceKey(ref)) === true) this.host.removeAlias(ref);
  }

  makeRef(): Reference {
    const ref = this.host.makeRef();
    this.noteReference(ref);
    return ref;
  }

  exit(reason: Term): never {
    this.terminate(reason);
    throw new ProcessExit(`process ${this.pid.toString()} has exited`);
  }

  exitSignal(to: Pid | Reference, reason: Term, options: PriorityOptions = {}): void {
    this.assertAlive();
    if (!this.#mayReach(to.node)) return;
    const isPriority = options.priority === true;
    if (to instanceof Reference || isPriority) this.host.sendExit(this.pid, to, { reason, isPriority });
    else this.host.signal(to.node, { kind: 'PAYLOAD_EXIT2', from: this.pid, to }, reason);
  }

  exitLinked(pid: Pid, reason: Term): void {
    this.assertAlive();
    const link = this.relations.links.endActive(pid);
    if (link === undefined) return;
    if (link.isTheirs) this.host.releaseLink(pid.node);
    this.host.signal(pid.node, { kind: 'PAYLOAD_EXIT', from: this.pid, to: pid }, reason);
  }

  exitMonitored(by: Reference | Pid, reason: Term): void {
    this.assertAlive();
    const { watchers } = this.relations;
    const watcher =
      by instanceof Pid ? watchers.findLast(({ pid }) => isSamePid(pid, by)) : watchers.find(by);
    // Whose message is being handled decides: another node's monitor is not its business.
    if (watcher === undefined || watcher.pid.node !== this.peer) return;
    const { pid, name, ref } = watcher;
    watchers.take(ref);
    this.host.releaseWatcher(watcher);
    this.host.signal(
      pid.node,
      { kind: 'PAYLOAD_MONITOR_P_EXIT', from: name ?? this.pid, to: pid, ref },
      reason,
    );
  }

  /** Ends the process with exactly this reason. */
  terminate(reason: Term): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.host.remove(this);
    for (const ref of this.#aliases?.values() ?? []) this.host.removeAlias(ref);
    this.stop(reason);
    this.host.announceExit(this, reason);
    this.#abort?.abort(deadError(this.pid));
  }

  /** Handles an exit signal that a process sent. `isPriority`: it overtakes the messages that wait. */
  takeExitSignal(from: Pid, reason: Term, isPriority: boolean = false): void {
    if (this.isOpenTo(from.node)) this.#takeExitEffect({ from, reason, isLinked: false, isPriority });
  }

  /** Handles the exit of a linked process, or the loss of its node. */
  takeLinkExit(from: Pid, reason: Term): void {
    this.#takeExitEffect({ from, reason, isLinked: true });
  }

  #takeExitEffect({ from, reason, isLinked, isPriority = false }: ArrivedExit): void {
    if (this.isSystem) return;
    const isFromSelf = isSamePid(from, this.pid);
    const effect = exitEffect({ reason, isLinked, isFromSelf, isTrapping: this.trapExit });
    if (effect.kind === 'exit') this.terminate(effect.reason);
    else if (effect.kind === 'trap') this.takeExit(from, reason, isPriority);
  }

  /** Handles the DOWN signal of the monitor `ref`. */
  takeDown(ref: Reference, source: Pid | string, reason: Term): void {
    const monitor = this.relations.monitors.take(ref);
    // The reason comes from the node of the monitored process.
    if (monitor !== undefined) this.#deliverDown(monitor, { source, reason, peer: monitor.node });
  }

  /** The connection to `node` was lost or could not be established. */
  loseNode(node: string): void {
    this.relations.nodes.delete(node);
    for (const watcher of this.relations.watchers.takeNode(node)) this.host.releaseWatcher(watcher);
    for (const monitor of this.relations.monitors.takeNode(node)) this.#deliverDown(monitor, this.#lostDown);
    for (const link of this.relations.links.endNode(node)) {
      if (link.isTheirs) this.host.releaseLink(node);
      if (link.wasActive) this.takeLinkExit(link.pid, noconnection);
    }
  }

  /** Lets the process expect a DOWN that a SPAWN_REQUEST requests. */
  expectDown(ref: Reference, node: string): void {
    this.assertAlive();
    this.relations.monitors.add({ ref, target: undefined, node, endsAlias: false });
    this.host.relate(this, node);
  }

  /** Ends an alias for one reply after its message has arrived, together with its monitor. */
  endAlias(ref: Reference): void {
    this.unalias(ref);
    const monitor = this.relations.monitors.take(ref);
    if (monitor !== undefined) this.#endMonitor(monitor);
  }

  protected assertAlive(): void {
    if (!this.#isAlive) throw deadError(this.pid);
  }

  /** The message for a trapped exit when the process has no callback for it. */
  protected exitMessage(from: Pid, reason: Term): Term {
    return tuple(exitTag, from, reason);
  }

  /** The `peer` of a trapped exit: the node of the process it came from, or this node if it reports a lost connection. */
  protected exitPeer(from: Pid, reason: Term): string {
    return reason === noconnection ? this.host.node : from.node;
  }

  /** Ends the process because its code threw. */
  protected crash(error: unknown): void {
    if (!this.#isAlive || error instanceof ProcessExit) return;
    this.host.reportCrash(this, error);
  }

  #tell(node: string, signal: Signal): void {
    if (node !== this.host.node) this.host.relate(this, node);
    this.host.signal(node, signal);
  }

  /** On an isolated node a peer cannot affect another one: replies, links and monitors reach only that peer. */
  #mayReach(node: string): boolean {
    const { host, peer } = this;
    if (!host.isIsolated || peer === host.node || node === peer || node === host.node) return true;
    host.reportForeign(this);
    return false;
  }

  #addAlias(ref: Reference, use: AliasUse): void {
    this.#aliases ??= new Map();
    this.#aliases.set(referenceKey(ref), ref);
    this.host.addAlias(this, ref, use);
  }

  #endMonitor(monitor: Monitor): void {
    if (monitor.endsAlias) this.unalias(monitor.ref);
    const { ref, target, node } = monitor;
    if (target !== undefined)
      this.host.signal(node, { kind: 'DEMONITOR_P', from: this.pid, to: target, ref });
  }

  /** The DOWN of a lost connection, reported by this node itself. */
  get #lostDown(): Down {
    return { source: undefined, reason: noconnection, peer: this.host.node };
  }

  #loseMonitor(ref: Reference): void {
    const monitor = this.relations.monitors.take(ref);
    if (monitor !== undefined) this.#deliverDown(monitor, this.#lostDown);
  }

  #deliverDown(monitor: Monitor, { source, reason, peer }: Down): void {
    if (monitor.endsAlias) this.unalias(monitor.ref);
    const target = monitor.target ?? source;
    const what = typeof target === 'string' ? tuple(atom(target), atom(monitor.node)) : target;
    this.deliver(downMessage(monitor.ref, what, reason), undefined, peer);
  }
}

/** The error for using a process that has ended. */
export function deadError(pid: Pid): NodeError {
  return new NodeError('PROCESS_DEAD', `process ${pid.toString()} has ended`, {
    remedy: 'Return from its function; another process can monitor it to learn when it ends.',
  });
}
