/** Nodes with one scope each, and the wires between them. Messages from one node to another arrive in order. */

import { Pid, type Term } from '../../src/etf/index.ts';
import { type Known, OtpScope, OwnScope, type SimulatedScope } from './simulated-scopes.ts';

interface Item {
  readonly message?: Term;
  /** A scope process of the sender that has ended. */
  readonly ended?: Pid;
}

interface SimulatedNode {
  readonly name: string;
  readonly isOurs: boolean;
  scope: SimulatedScope;
  readonly members: readonly Pid[];
}

const pair = (from: string, to: string): string => `${from}>${to}`;

export class SimulatedCluster {
  readonly #nodes: Map<string, SimulatedNode> = new Map();
  readonly #wires: Map<string, Item[]> = new Map();
  #nextPid = 1;

  /** The names of nodes of ours, and of nodes of OTP 25. */
  constructor(ours: readonly string[], otp: readonly string[]) {
    for (const name of [...ours, ...otp]) {
      const isOurs = ours.includes(name);
      const members = Array.from({ length: 3 }, () => this.#newPid(name));
      this.#nodes.set(name, { name, isOurs, scope: this.#start(name, isOurs), members });
    }
  }

  node(name: string): SimulatedNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  areConnected(a: string, b: string): boolean {
    return this.#wires.has(pair(a, b));
  }

  /** Connects two nodes, or disconnects them: what is under way is lost. */
  toggle(a: string, b: string): void {
    const isUp = this.areConnected(a, b);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      if (isUp) this.#wires.delete(pair(from, to));
      else this.#wires.set(pair(from, to), []);
    }
    for (const [at, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (isUp) this.node(at).scope.nodeDown(other);
      else this.node(at).scope.nodeUp(other);
    }
  }

  /** Ends the scope of a node and starts another one, without members. */
  restart(name: string): void {
    const node = this.node(name);
    const ended = node.scope.pid;
    const connected = this.#connectedWith(name);
    for (const other of connected) this.#wires.get(pair(name, other))?.push({ ended });
    node.scope = this.#start(name, node.isOurs);
    for (const other of connected) node.scope.nodeUp(other);
  }

  /** Delivers the oldest item of one wire; `pick` chooses among those that have any. Returns `false` when none has. */
  deliver(pick: number): boolean {
    const busy = [...this.#wires].filter(([, items]) => items.length > 0);
    const [wire, items] = busy[pick % busy.length] ?? [];
    const item = items?.shift();
    if (wire === undefined || item === undefined) return false;
    const [from = '', to = ''] = wire.split('>');
    const { scope } = this.node(to);
    if (item.ended === undefined) scope.receive(from, item.message);
    else scope.scopeDown(item.ended);
    return true;
  }

  settle(): void {
    for (let pick = 0; this.deliver(pick); pick += 1);
  }

  /** What each node knows of each node it is connected with, beside what is true. */
  views(): { readonly pair: string; readonly known: Known; readonly truth: Known }[] {
    return Array.from(this.#wires.keys(), (wire) => {
      const [at = '', about = ''] = wire.split('>');
      return { pair: wire, known: this.node(at).scope.knownOf(about), truth: this.node(about).scope.local() };
    });
  }

  #connectedWith(name: string): string[] {
    return [...this.#nodes.keys()].filter((other) => this.areConnected(name, other));
  }

  #newPid(name: string): Pid {
    return new Pid(name, this.#nextPid++, 0, 1);
  }

  #start(name: string, isOurs: boolean): SimulatedScope {
    const send = (node: string, message: Term): void => {
      this.#wires.get(pair(name, node))?.push({ message });
    };
    return isOurs ? new OwnScope(this.#newPid(name), send) : new OtpScope(this.#newPid(name), send);
  }
}
