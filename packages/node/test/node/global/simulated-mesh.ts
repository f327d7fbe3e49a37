/**
 * Nodes with a global name server each, in virtual time: messages between two nodes stay in order, everything else
 * happens in an order that a seeded generator chooses. No sockets and no real clock, so that many orders can be tried.
 */

import {
  atom,
  atomName,
  atomOf,
  inspect,
  Pid,
  tuple,
  type Tuple,
  type Term,
} from '../../../src/etf/index.ts';
import { GlobalLocker, type Candidate } from '../../../src/node/global/global-locker.ts';
import { parseGlobalMessage } from '../../../src/node/global/state/global-messages.ts';
import {
  createGlobalState,
  type GlobalEffect,
  type GlobalEvent,
  type GlobalState,
} from '../../../src/node/global/state/global-model.ts';
import {
  compareNames,
  defaultResolver,
  runResolver,
} from '../../../src/node/global/state/global-resolution.ts';
import { stepGlobal } from '../../../src/node/global/state/global-state.ts';
import { registerRequest, Registrar } from '../../../src/node/global/registrar.ts';

interface Happening {
  readonly at: number;
  readonly run: () => void;
}

/** A small generator with a seed, so that a failing order can be repeated. */
function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export class SimulatedMesh {
  readonly nodes = new Map<string, SimulatedNode>();
  readonly random: () => number;
  readonly #queue: Happening[] = [];
  readonly #lastArrival = new Map<string, number>();
  now = 0;

  constructor(names: readonly string[], seed: number) {
    this.random = seeded(seed);
    for (const name of names) this.nodes.set(name, new SimulatedNode(this, name));
  }

  node(name: string): SimulatedNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  after(delayMs: number, run: () => void): void {
    this.#queue.push({ at: this.now + delayMs, run });
  }

  /** Connects two nodes; both hear of it a little later. */
  connect(a: string, b: string): void {
    if (a === b || this.node(a).links.has(b)) return;
    this.node(a).links.add(b);
    this.node(b).links.add(a);
    this.send(b, a, () => this.node(a).step({ kind: 'nodeUp', node: b }));
    this.send(a, b, () => this.node(b).step({ kind: 'nodeUp', node: a }));
  }

  disconnect(a: string, b: string): void {
    if (!this.node(a).links.delete(b)) return;
    this.node(b).links.delete(a);
    this.send(b, a, () => this.node(a).lose(b));
    this.send(a, b, () => this.node(b).lose(a));
  }

  /** Has something happen at `to` after all that `from` sent it before. */
  send(from: string, to: string, run: () => void): void {
    const key = `${from}>${to}`;
    const at = Math.max((this.#lastArrival.get(key) ?? 0) + 0.001, this.now + this.random() * 30);
    this.#lastArrival.set(key, at);
    this.#queue.push({ at, run });
  }

  /** Lets time pass until nothing is left to happen. */
  async settle(limitMs: number = 600_000): Promise<void> {
    const end = this.now + limitMs;
    for (;;) {
      // The promises of lockers and registrars first: they are part of the present.
      await new Promise((resolve) => setImmediate(resolve));
      this.#queue.sort((a, b) => a.at - b.at);
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.at > end) throw new Error(`not settled after ${limitMs} ms of virtual time`);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }
}

export class SimulatedNode {
  readonly name: string;
  readonly links = new Set<string>();
  readonly state: GlobalState;
  readonly killed: Pid[] = [];
  readonly #mesh: SimulatedMesh;
  readonly #locker: GlobalLocker;
  readonly #registrar: Registrar;
  readonly #replies = new Map<string, (value: Term | undefined) => void>();
  #nextCall = 1;

  constructor(mesh: SimulatedMesh, name: string) {
    this.#mesh = mesh;
    this.name = name;
    const lockerPid = new Pid(name, 11, 0, 1);
    this.state = createGlobalState({
      self: name,
      lockerPid,
      incarnation: BigInt(name.length),
      maxNames: 1000,
      maxLocksPerNode: 1000,
      maxKnown: 1000,
    });
    this.#registrar = new Registrar(this.#portFor(new Pid(name, 12, 0, 1)));
    this.#locker = new GlobalLocker({
      ...this.#portFor(lockerPid),
      isGlobalLockHeld: () => this.state.locks.isGlobalHeld,
      sendLockSet: (candidate: Candidate, message: Term) =>
        this.#tell(candidate.node, tuple(atom('$gen_cast'), message)),
      lockIsSet: ({ node, ourTag: tag }, lock) => this.step({ kind: 'lockIsSet', node, tag, lock }),
      carryOut: (effects) => this.#carryOut(effects),
    });
    void this.#locker.run();
  }

  get names(): Record<string, string> {
    const entries = this.state.names
      .entries()
      .map(({ name, pid }) => [inspect(name), pid.toString()] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  register(name: string, id: number): Promise<boolean> {
    const pid = new Pid(this.name, id, 0, 1);
    const isFree = (): boolean => this.state.names.find(atom(name)) === undefined;
    return this.#registrar.change(registerRequest(atom(name), pid, defaultResolver), isFree);
  }

  step(event: GlobalEvent): void {
    this.#carryOut(stepGlobal(this.state, event));
  }

  lose(node: string): void {
    for (const [key, settle] of this.#replies) if (key.endsWith(`>${node}`)) settle(undefined);
    this.step({ kind: 'nodeDown', node });
  }

  receive(message: Term): void {
    const parsed = parseGlobalMessage(message);
    if (parsed !== undefined) this.step({ kind: 'message', message: parsed });
  }

  #portFor(pid: Pid): ConstructorParameters<typeof Registrar>[0] {
    return {
      self: this.name,
      pid,
      callAll: (nodes, request) => this.#callAll(pid, nodes, request),
      known: () => [...this.state.known.keys()],
      canSetLock: (lock) => this.state.locks.canSet(lock),
      closing: new AbortController().signal,
      random: this.#mesh.random,
      sleep: (delayMs, signal) =>
        new Promise((resolve) => {
          this.#mesh.after(delayMs, resolve);
          signal?.addEventListener('abort', () => resolve());
        }),
    };
  }

  async #callAll(pid: Pid, nodes: readonly string[], request: Term): Promise<Map<string, Term>> {
    const replies = new Map<string, Term>();
    const calls = nodes.map(async (node) => {
      const value = await this.#call(pid, node, request);
      if (value !== undefined) replies.set(node, value);
    });
    await Promise.all(calls);
    return replies;
  }

  #call(pid: Pid, node: string, request: Term): Promise<Term> {
    const id = this.#nextCall;
    this.#nextCall += 1;
    return new Promise((resolve) => {
      const key = `${id}>${node}`;
      if (node !== this.name && !this.links.has(node)) return resolve(undefined);
      this.#replies.set(key, (value) => {
        this.#replies.delete(key);
        resolve(value);
      });
      const message = tuple(atom('$gen_call'), tuple(pid, tuple(id, atomOf(node))), request);
      this.#mesh.send(this.name, node, () => this.#mesh.node(node).receive(message));
    });
  }

  #tell(node: string, message: Term): void {
    if (!this.links.has(node)) return;
    this.#mesh.send(this.name, node, () => {
      if (this.#mesh.node(node).links.has(this.name)) this.#mesh.node(node).receive(message);
    });
  }

  #reply(to: { pid: Pid; tag: Term }, value: Term): void {
    const tag = to.tag as Tuple;
    const key = `${Number(tag.at(0))}>${atomName(tag.at(1))}`;
    const caller = this.#mesh.node(to.pid.node);
    this.#mesh.send(this.name, caller.name, () => caller.#replies.get(key)?.(value));
  }

  #carryOut(effects: readonly GlobalEffect[]): void {
    for (const effect of effects) this.#carryOutOne(effect);
  }

  #carryOutOne(effect: GlobalEffect): void {
    switch (effect.kind) {
      case 'cast':
        return this.#tell(effect.node, tuple(atom('$gen_cast'), effect.message));
      case 'tell':
        return this.#tell(effect.node, effect.message);
      case 'reply':
        return this.#reply(effect.to, effect.value);
      case 'locker':
        return this.#locker.post(effect.message);
      case 'compare':
        return void this.#compare(effect);
      case 'join':
        this.#mesh.connect(this.name, effect.node);
        return this.#tell(
          effect.node,
          tuple(atom('$gen_cast'), tuple(atom('in_sync'), atomOf(this.name), true)),
        );
      case 'disconnect':
        return this.#mesh.disconnect(this.name, effect.node);
      case 'watch':
      case 'unwatch':
      case 'limit':
    }
  }

  async #compare(peer: Extract<GlobalEffect, { kind: 'compare' }>): Promise<void> {
    const actions = { kill: (pid: Pid) => this.killed.push(pid), notify: () => undefined };
    const { ops, resolved } = await compareNames(
      {
        self: this.name,
        ask: async (ours, theirs) =>
          runResolver(ours.method, { name: ours.name, a: theirs.pid, b: ours.pid }, actions)?.winner,
      },
      peer,
      this.state.names,
    );
    this.step({ kind: 'compared', node: peer.node, tag: peer.tag, ops, resolved });
  }
}
