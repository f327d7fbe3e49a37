/**
 * Handles signals between processes: sends them, applies incoming ones, and notifies links and monitors of exits and lost
 * connections. Two local processes use the same protocol as remote ones, so there is one set of rules.
 */

import { type MessageDropReason, publishEvent } from '../events.ts';
import { Pid, type Reference, type Term } from '../etf/index.ts';
import { noconnection, noproc } from './exit-reasons.ts';
import { referenceKey } from './relations/identity.ts';
import type { LocalProcess } from './local-process.ts';
import type { Watcher } from './relations/monitors.ts';
import { RelatedNodes } from './relations/related-nodes.ts';
import type { Router, Signal } from './router.ts';

/** The local processes that signals can reach. */
export interface Residents {
  find(pid: Pid): LocalProcess | undefined;
  findRegistered(name: string): LocalProcess | undefined;
}

export interface SignalsOptions {
  readonly node: string;
  readonly residents: Residents;
  readonly router: Router;
  readonly maxRemoteWatches: number;
}

export class Signals {
  readonly #node: string;
  readonly #residents: Residents;
  readonly #router: Router;
  readonly #related: RelatedNodes<LocalProcess>;
  /** Monitors by name, which must be found even if the name now belongs to another process. */
  readonly #namedWatches: Map<string, LocalProcess> = new Map();
  readonly #exits: { readonly process: LocalProcess; readonly reason: Term }[] = [];
  #isAnnouncing = false;

  constructor(options: SignalsOptions) {
    this.#node = options.node;
    this.#residents = options.residents;
    this.#router = options.router;
    this.#related = new RelatedNodes(options.maxRemoteWatches);
  }

  /** Sends a signal to a process on any node. */
  send(node: string, signal: Signal, reason?: Term): void {
    if (node === this.#node) this.receive(signal, reason, node);
    else this.#router.sendSignal(node, signal, reason);
  }

  /**
   * Applies a signal for a local process. `peer` is the node it came from; the caller has checked that its sender is a
   * process on that node.
   */
  receive(signal: Signal, reason: Term, peer: string): void {
    switch (signal.kind) {
      case 'LINK':
        return this.#receiveLink(signal.from, signal.to);
      case 'UNLINK':
        return this.#receiveUnlink(signal.from, signal.to);
      case 'UNLINK_ID':
        // The acknowledgement goes before any other signal to that process, and even if there was no link.
        this.send(signal.from.node, {
          kind: 'UNLINK_ID_ACK',
          id: signal.id,
          from: signal.to,
          to: signal.from,
        });
        return this.#receiveUnlink(signal.from, signal.to);
      case 'UNLINK_ID_ACK':
        return this.#receiveUnlinkAck(signal.from, signal.to, signal.id);
      case 'MONITOR_P':
        return this.#receiveMonitor(signal.from, signal.to, signal.ref);
      case 'DEMONITOR_P':
        return this.#receiveDemonitor(signal.to, signal.ref, peer);
      case 'PAYLOAD_EXIT':
        return this.#receiveLinkedExit(signal.from, signal.to, reason);
      case 'PAYLOAD_EXIT2':
        return this.#residents.find(signal.to)?.takeExitSignal(signal.from, reason);
      case 'PAYLOAD_MONITOR_P_EXIT':
        return this.#receiveDown(signal, reason, peer);
      case 'GROUP_LEADER':
        return this.#receiveGroupLeader(signal.from, signal.to, peer);
    }
  }

  relate(process: LocalProcess, node: string): void {
    if (node !== this.#node) this.#related.relate(process, node);
  }

  releaseLink(node: string): void {
    this.#related.releaseWatch(node);
  }

  releaseWatcher(watcher: Watcher): void {
    this.#related.releaseWatch(watcher.pid.node);
    if (watcher.name !== undefined) this.#namedWatches.delete(referenceKey(watcher.ref));
  }

  /** Records that `watcher` monitors `process`. Returns `false` when its node has reached its limit. */
  addWatcher(process: LocalProcess, watcher: Watcher): boolean {
    if (process.relations.watchers.has(watcher.ref)) return true;
    if (!this.#claim(process, watcher.pid)) return false;
    process.relations.watchers.add(watcher);
    if (watcher.name !== undefined) this.#namedWatches.set(referenceKey(watcher.ref), process);
    return true;
  }

  /** Records a link to `process` that `other` requested. Returns `false` when its node has reached its limit. */
  addLink(process: LocalProcess, other: Pid): boolean {
    if (!process.relations.links.addTheirs(other)) return true;
    if (this.#claim(process, other)) return true;
    process.relations.links.endActive(other);
    return false;
  }

  /** Notifies the links and monitors of a process that has ended. Long chains of links are handled in a loop. */
  announceExit(process: LocalProcess, reason: Term): void {
    this.#exits.push({ process, reason });
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    try {
      for (let exit = this.#exits.shift(); exit !== undefined; exit = this.#exits.shift()) {
        this.#tellOthers(exit.process, exit.reason);
      }
    } finally {
      this.#isAnnouncing = false;
    }
  }

  /** The connection to `node` was lost, or could not be established. */
  loseNode(node: string): void {
    for (const process of this.#related.takeNode(node)) process.loseNode(node);
  }

  #tellOthers(process: LocalProcess, reason: Term): void {
    if (!process.isRelated) return;
    const { pid } = process;
    for (const link of process.relations.links.endAll()) {
      if (link.isTheirs) this.releaseLink(link.pid.node);
      if (link.wasActive) this.send(link.pid.node, { kind: 'PAYLOAD_EXIT', from: pid, to: link.pid }, reason);
    }
    for (const watcher of process.relations.watchers.takeAll()) {
      this.releaseWatcher(watcher);
      this.#sendDown(watcher.name ?? pid, watcher, reason);
    }
    for (const { node, ref, target } of process.relations.monitors.takeAll()) {
      if (target !== undefined) this.send(node, { kind: 'DEMONITOR_P', from: pid, to: target, ref });
    }
    this.#related.forget(process);
  }

  #sendDown(from: Pid | string, watcher: { readonly pid: Pid; readonly ref: Reference }, reason: Term): void {
    const { pid, ref } = watcher;
    this.send(pid.node, { kind: 'PAYLOAD_MONITOR_P_EXIT', from, to: pid, ref }, reason);
  }

  #receiveLink(from: Pid, to: Pid): void {
    const process = this.#findFor(from.node, to);
    if (process !== undefined && this.addLink(process, from)) return;
    const reason = process === undefined ? noproc : noconnection;
    this.send(from.node, { kind: 'PAYLOAD_EXIT', from: to, to: from }, reason);
  }

  #receiveUnlink(from: Pid, to: Pid): void {
    const ended = this.#residents.find(to)?.relations.links.endActive(from);
    if (ended?.isTheirs === true) this.releaseLink(from.node);
  }

  #receiveUnlinkAck(from: Pid, to: Pid, id: number | bigint): void {
    const ended = this.#residents.find(to)?.relations.links.acknowledge(from, id);
    if (ended?.isTheirs === true) this.releaseLink(from.node);
  }

  #receiveLinkedExit(from: Pid, to: Pid, reason: Term): void {
    const process = this.#residents.find(to);
    const ended = process?.relations.links.endActive(from);
    if (process === undefined || ended === undefined) return;
    if (ended.isTheirs) this.releaseLink(from.node);
    process.takeLinkExit(from, reason);
  }

  #receiveMonitor(from: Pid, to: Pid | string, ref: Reference): void {
    const process = this.#findFor(from.node, to);
    const watcher: Watcher = { pid: from, ref, name: to instanceof Pid ? undefined : to };
    if (process !== undefined && this.addWatcher(process, watcher)) return;
    this.#sendDown(to, watcher, process === undefined ? noproc : noconnection);
  }

  #receiveDemonitor(to: Pid | string, ref: Reference, peer: string): void {
    const process = to instanceof Pid ? this.#residents.find(to) : this.#namedWatches.get(referenceKey(ref));
    const watcher = process?.relations.watchers.find(ref);
    if (process === undefined || watcher === undefined) return;
    if (watcher.pid.node !== peer) return this.#drop('foreign-sender', peer);
    process.relations.watchers.take(ref);
    this.releaseWatcher(watcher);
    if (watcher.pid.node !== this.#node) process.lostWatcher();
  }

  #receiveDown(
    { from, to, ref }: { readonly from: Pid | string; readonly to: Pid; readonly ref: Reference },
    reason: Term,
    peer: string,
  ): void {
    const process = this.#residents.find(to);
    const monitor = process?.relations.monitors.find(ref);
    if (process === undefined || monitor === undefined) return;
    if (monitor.node === peer) process.takeDown(ref, from, reason);
    else this.#drop('foreign-sender', peer);
  }

  /** The group leader may be a process of any node; the sender may not. */
  #receiveGroupLeader(from: Pid, to: Pid, peer: string): void {
    const process = this.#findFor(peer, to);
    if (process !== undefined) process.groupLeader = from;
  }

  /** The process if it is visible to a node: one that is bound to another node is not. */
  #findFor(node: string, to: Pid | string): LocalProcess | undefined {
    const process = to instanceof Pid ? this.#residents.find(to) : this.#residents.findRegistered(to);
    return process?.isOpenTo(node) === true ? process : undefined;
  }

  #drop(reason: MessageDropReason, peer: string): void {
    const node = this.#node;
    publishEvent('convoy:message.dropped', () => ({ node, peer, reason, op: undefined, error: undefined }));
  }

  /** Counts a link or monitor towards the limit of the node that requests it. */
  #claim(process: LocalProcess, other: Pid): boolean {
    if (other.node === this.#node) return true;
    if (!this.#related.claimWatch(other.node)) {
      this.#drop('limit', other.node);
      return false;
    }
    this.#related.relate(process, other.node);
    return true;
  }
}
