/**
 * Processes, connections and the router between them: the foundation for the protocols of a node. It has no protocols
 * itself; start-node.ts adds them.
 */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import type { DecodeOptions, Pid, Reference, Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import type { PeerInfo } from '../../net/connection.ts';
import type { Resolver } from '../../net/resolver.ts';
import type {
  MonitorOptions,
  MonitorTarget,
  ProcessFunction,
  ServerCallbacks,
  SpawnOptions,
} from '../../process/process.ts';
import { ProcessTable } from '../../process/process-table.ts';
import type { Destination } from '../../process/router.ts';
import { Subscribers } from './subscribers.ts';
import { NetKernel } from './net-kernel.ts';
import type {
  ConnectOptions,
  ControlHook,
  HookedKind,
  NodeCore,
  NodeDownListener,
  NodeKind,
  NodeUpListener,
  SendOptions,
} from './node-core.ts';
import { checkCookie, type NodeSettings } from '../options/node-options.ts';
import { randomWords } from './random-words.ts';
import { SignalRouter } from './signal-router.ts';

export class NodeRuntime implements NodeCore {
  readonly name: string;
  readonly creation: number;
  readonly hidden: boolean;
  readonly isIsolated: boolean;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly mapping: DecodeOptions;
  readonly pid: Pid;
  readonly netKernel: NetKernel;
  readonly #processes: ProcessTable;
  readonly #router: SignalRouter;
  readonly #up: Subscribers<Parameters<NodeUpListener>> = new Subscribers();
  readonly #down: Subscribers<Parameters<NodeDownListener>> = new Subscribers();
  readonly #closing: Subscribers<[]> = new Subscribers();
  readonly #cookies: Map<string, string> = new Map();

  constructor(settings: NodeSettings, resolver: Resolver) {
    this.name = settings.name.full;
    this.creation = randomCreation();
    this.hidden = settings.hidden;
    this.isIsolated = settings.isolated;
    this.limits = settings.limits;
    this.clock = settings.clock;
    this.mapping = settings.mapping;
    this.#router = new SignalRouter();
    this.#processes = this.#createProcesses(settings.onCrash);
    this.netKernel = this.#createNetKernel(settings, resolver);
    this.#router.attach(this.#processes, this.netKernel);
    this.pid = this.spawnServer({ onMessage: () => undefined }, { isSystem: true });
  }

  /** The group leader of new processes. */
  set defaultGroupLeader(pid: Pid) {
    this.#processes.defaultGroupLeader = pid;
  }

  spawn(body: ProcessFunction, options?: SpawnOptions): Pid {
    return this.#processes.spawn(body, options);
  }
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid {
    return this.#processes.spawnServer(callbacks, options);
  }
  register(name: string, pid: Pid): void {
    this.#processes.register(name, pid);
  }
  unregister(name: string): boolean {
    return this.#processes.unregister(name);
  }
  whereis(name: string): Pid | undefined {
    return this.#processes.findRegistered(name)?.pid;
  }
  registered(): string[] {
    return this.#processes.registered();
  }
  isAlive(pid: Pid): boolean {
    return this.#processes.find(pid) !== undefined;
  }
  terminate(pid: Pid, reason: Term): void {
    this.#processes.find(pid)?.terminate(reason);
  }
  exit(pid: Pid, reason: Term): void {
    this.#processes.signal(pid.node, { kind: 'PAYLOAD_EXIT2', from: this.pid, to: pid }, reason);
  }
  makeRef(): Reference {
    return this.#processes.makeRef();
  }

  send(to: Destination, message: Term, options?: SendOptions): void {
    this.#processes.sendAs(options?.from ?? this.pid, to, message);
  }
  relay(peer: string, name: string, message: Term): boolean {
    if (this.#processes.findRegistered(name) === undefined) return false;
    this.#processes.deliverRemote(name, message, undefined, peer);
    return true;
  }
  sendControl(peer: string, control: Control, payload?: Term): boolean {
    const connection = this.netKernel.find(peer);
    if (connection === undefined) return false;
    connection.send(control, payload);
    return true;
  }
  onControl<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void {
    return this.#router.hook(kind, hook);
  }

  monitor(owner: Pid, target: MonitorTarget, options?: MonitorOptions): Reference {
    return this.#processes.get(owner).monitor(target, options);
  }
  demonitor(owner: Pid, ref: Reference): void {
    this.#processes.find(owner)?.demonitor(ref);
  }
  expectDown(owner: Pid, ref: Reference, peer: string): void {
    this.#processes.get(owner).expectDown(ref, peer);
  }
  adoptMonitor(pid: Pid, watcher: Pid, ref: Reference): boolean {
    const process = this.#processes.get(pid);
    return this.#processes.signals.addWatcher(process, { pid: watcher, ref, name: undefined });
  }
  adoptLink(pid: Pid, other: Pid): boolean {
    return this.#processes.signals.addLink(this.#processes.get(pid), other);
  }

  connect(peer: string, options?: ConnectOptions): Promise<void> {
    return this.netKernel.connect(peer, options);
  }
  disconnect(peer: string): boolean {
    return this.netKernel.disconnect(peer);
  }
  list(kind: NodeKind = 'visible'): string[] {
    return this.netKernel.list(kind);
  }
  /** Sets the cookie for one peer; `undefined` restores the node's own. Existing connections stay up. */
  setCookie(peer: string, cookie: string | undefined): void {
    if (cookie === undefined) return void this.#cookies.delete(peer);
    checkCookie(cookie);
    this.#cookies.set(peer, cookie);
  }
  peer(name: string): PeerInfo | undefined {
    return this.netKernel.find(name)?.peer;
  }
  onNodeUp(listener: NodeUpListener): () => void {
    return this.#up.add(listener);
  }
  onNodeDown(listener: NodeDownListener): () => void {
    return this.#down.add(listener);
  }
  onClose(listener: () => void): () => void {
    return this.#closing.add(listener);
  }

  /** Kills the processes, notifies their links and monitors, and closes the connections. */
  close(): void {
    this.#closing.call();
    this.#processes.close();
    this.netKernel.close();
  }

  #createProcesses(onCrash: NodeSettings['onCrash']): ProcessTable {
    const { name: node, creation, limits, clock, isIsolated } = this;
    const randomWord = randomWords();
    const router = this.#router;
    return new ProcessTable({ node, creation, limits, clock, isIsolated, router, randomWord, onCrash });
  }

  #createNetKernel(settings: NodeSettings, resolver: Resolver): NetKernel {
    const { name, creation, hidden, limits, clock, isIsolated } = this;
    const { nameForms, transport, handshakeTimeoutMs, netTickTimeMs, mapping, allow, cookie } = settings;
    const cookieFor = (peer: string): string | undefined => this.#cookies.get(peer);
    const self = { name, creation, hidden, cookie, cookieFor };
    const router = this.#router;
    const processes = this.#processes;
    return new NetKernel(
      {
        self,
        isIsolated,
        limits,
        clock,
        resolver,
        nameForms,
        transport,
        handshakeTimeoutMs,
        netTickTimeMs,
        decode: mapping,
        allow,
      },
      {
        onUp: ({ peer }) => this.#up.call(peer.name, { visible: peer.visible }),
        onDown: ({ peer }, reason) => {
          processes.signals.loseNode(peer.name);
          this.#down.call(peer.name, reason);
        },
        onUnreachable: (peer) => processes.signals.loseNode(peer),
        onMessage: (connection, control, payload) => router.receive(connection, control, payload),
        transmit: (connection, control, payload) => router.transmit(connection, control, payload),
      },
    );
  }
}

/** 0 is reserved and 1 to 3 are the creations of old releases. */
function randomCreation(): number {
  const creation = randomBytes(4).readUInt32BE();
  return creation > 3 ? creation : creation + 4;
}
