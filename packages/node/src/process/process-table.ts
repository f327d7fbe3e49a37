/**
 * The processes of one node: starts them, finds them by pid, name and alias, and delivers messages to them. Signals
 * other than messages are signals.ts's; what is not of this node goes to the router.
 */
import type { Clock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import { publishEvent, type MessageDropReason } from '../events.ts';
import { Pid, Reference, type Term } from '../etf/index.ts';
import type { Limits } from '../limits.ts';
import { crashReason, killed } from './exit-reasons.ts';
import { FunctionProcess } from './function-process.ts';
import { type Incarnation, localPidNumber, PidMinter, ReferenceMinter } from './identity.ts';
import type { LocalProcess, ProcessHost } from './local-process.ts';
import type { Watcher } from './monitors.ts';
import type { ProcessFunction, ServerCallbacks, SpawnOptions } from './process.ts';
import { AliasRegistry, NameRegistry } from './registry.ts';
import type { Destination, Router, Signal } from './router.ts';
import { Scheduler } from './scheduler.ts';
import { ServerProcess } from './server-process.ts';
import { Signals } from './signals.ts';

export interface ProcessTableOptions extends Incarnation {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly router: Router;
  /** Part of every reference, so that those of two incarnations differ even when their creations do not. */
  readonly salt: number;
}

export class ProcessTable implements ProcessHost {
  readonly node: string;
  readonly creation: number;
  readonly scheduler: Scheduler = new Scheduler();
  readonly signals: Signals;
  /** What new processes have as group leader. */
  defaultGroupLeader: Pid | undefined;
  readonly #options: ProcessTableOptions;
  readonly #processes: Map<number, LocalProcess> = new Map();
  readonly #names = new NameRegistry();
  readonly #aliases = new AliasRegistry();
  readonly #pids: PidMinter;
  readonly #references: ReferenceMinter;
  #isClosed = false;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
    this.node = options.node;
    this.creation = options.creation;
    this.#pids = new PidMinter(options);
    this.#references = new ReferenceMinter(options, options.salt);
    this.signals = new Signals({
      node: options.node,
      residents: this,
      router: options.router,
      maxRemoteWatches: options.limits.maxRemoteWatches,
    });
  }

  get size(): number {
    return this.#processes.size;
  }

  spawn(body: ProcessFunction, options: SpawnOptions = {}): Pid {
    const process = new FunctionProcess(this.#mintPid(), this, this.#options.clock);
    this.#admit(process, options);
    process.start(body);
    return process.pid;
  }

  spawnServer(callbacks: ServerCallbacks, options: SpawnOptions = {}): Pid {
    const process = new ServerProcess(this.#mintPid(), this, callbacks);
    this.#admit(process, options);
    return process.pid;
  }

  /** The live process of this pid; a pid of another incarnation finds none. */
  find(pid: Pid): LocalProcess | undefined {
    if (pid.node !== this.node || pid.creation !== this.creation) return undefined;
    return this.#processes.get(localPidNumber(pid));
  }

  findName(name: string): LocalProcess | undefined {
    return this.#names.find(name);
  }

  /** The live process of this pid; throws `NodeError` PROCESS_DEAD. */
  get(pid: Pid): LocalProcess {
    const process = this.find(pid);
    if (process !== undefined) return process;
    throw new NodeError('PROCESS_DEAD', `${pid.toString()} is no live process of ${this.node}`);
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

  makeRef(): Reference {
    return this.#references.next();
  }

  /** Sends from a process of this node to anywhere. */
  send(from: Pid, to: Destination, message: Term): void {
    if (to instanceof Pid) {
      if (to.node === this.node) this.find(to)?.deliver(message, from);
      else this.#options.router.sendMessage(from, to, message);
    } else if (typeof to === 'string') {
      this.#names.find(to)?.deliver(message, from);
    } else if (to.node !== this.node) {
      this.#options.router.sendMessage(from, to, message);
    } else if (to instanceof Reference) {
      this.#deliverToAlias(to, message, from);
    } else {
      this.#names.find(to.name)?.deliver(message, from);
    }
  }

  /** A message from another node for a pid, name or alias of this one. */
  deliverRemote(to: Pid | string | Reference, message: Term, from: Pid | undefined): void {
    const process = to instanceof Pid ? this.find(to) : this.findNamed(to);
    if (process === undefined) return this.#drop('no-receiver', from);
    if (process.queueLength >= this.#options.limits.maxMailboxMessages) return this.#drop('limit', from);
    this.scheduler.credit();
    if (to instanceof Reference) this.#deliverToAlias(to, message, from);
    else process.deliver(message, from);
  }

  signal(node: string, signal: Signal, reason?: Term): void {
    this.signals.send(node, signal, reason);
  }

  /** Ends every process and takes no new ones. */
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
  addAlias(process: LocalProcess, ref: Reference, endsByReply: boolean): void {
    this.#aliases.add(ref, { process, endsByReply });
  }
  removeAlias(ref: Reference): void {
    this.#aliases.remove(ref);
  }
  remove(process: LocalProcess): void {
    this.#processes.delete(localPidNumber(process.pid));
    if (process.registeredName !== undefined) this.#names.unregister(process.registeredName);
  }
  announceExit(process: LocalProcess, reason: Term): void {
    this.signals.announceExit(process, reason);
  }
  reportCrash(process: LocalProcess, error: unknown): void {
    const { node } = this;
    const name = process.registeredName;
    publishEvent('convoy:process.crashed', () => ({ node, pid: process.pid.toString(), name, error }));
    process.terminate(crashReason(error));
  }

  #mintPid(): Pid {
    if (this.#isClosed)
      throw new NodeError('NODE_CLOSED', `node ${this.node} is closed; it starts no process`);
    const { maxProcesses } = this.#options.limits;
    if (this.#processes.size < maxProcesses) return this.#pids.next();
    throw new NodeError(
      'PROCESS_LIMIT',
      `${maxProcesses} processes are alive, as many as limits.maxProcesses allows; raise it or end some`,
    );
  }

  #admit(process: LocalProcess, options: SpawnOptions): void {
    if (options.name !== undefined) this.#names.register(options.name, process);
    if (options.groupLeader !== undefined) process.groupLeader = options.groupLeader;
    process.isSystem = options.isSystem === true;
    this.#processes.set(localPidNumber(process.pid), process);
    if (options.link !== undefined) process.link(options.link);
  }

  findNamed(to: string | Reference): LocalProcess | undefined {
    return typeof to === 'string' ? this.#names.find(to) : this.#aliases.find(to)?.process;
  }

  #deliverToAlias(ref: Reference, message: Term, from: Pid | undefined): void {
    const alias = this.#aliases.find(ref);
    if (alias === undefined) return;
    if (alias.endsByReply) alias.process.endAlias(ref);
    alias.process.deliver(message, from);
  }

  #drop(reason: MessageDropReason, from: Pid | undefined): void {
    const { node } = this;
    const peer = from?.node;
    publishEvent('convoy:message.dropped', () => ({ node, peer, reason, op: undefined, error: undefined }));
  }
}
