/**
 * The entry point `@convoy/node/testing`, for tests of code that uses nodes: a cluster in memory, without sockets or EPMD,
 * and a clock that is advanced by hand.
 */

import type { Clock, Timer } from './clock.ts';
import { createMemoryNetwork } from './net/transports/memory.ts';
import type { ResolvedAddress } from './net/resolver.ts';
import { createStaticResolver } from './net/resolvers/static-resolver.ts';
import type { NodeOptions } from './node/options/node-options.ts';
import { type Node, startNode } from './node/start-node.ts';

/** A private network in this process; nodes started in it find one another by name. */
export interface MemoryCluster extends AsyncDisposable {
  /** Starts a node; a `name` without a host gets the host `memory.test`. */
  start(name: string, options?: Partial<NodeOptions>): Promise<Node>;
  /** Closes every node of the cluster. */
  close(): Promise<void>;
}

/**
 * Creates a cluster without nodes.
 *
 * @example
 * const cluster = createMemoryCluster();
 * const [a, b] = [await cluster.start('a'), await cluster.start('b')];
 * await a.connect(b.name);
 */
export function createMemoryCluster(): MemoryCluster {
  const network = createMemoryNetwork();
  const addresses = new Map<string, ResolvedAddress>();
  const nodes: Node[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
  };
  return {
    async start(name, options = {}) {
      const node = await startNode({
        name: name.includes('@') ? name : `${name}@memory.test`,
        cookie: 'memory-cluster',
        transport: network.transport(),
        resolver: createStaticResolver(addresses),
        ...options,
      });
      nodes.push(node);
      if (node.port !== undefined) addresses.set(node.name, { host: 'memory', port: node.port });
      return node;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface ManualTimer extends Timer {
  readonly dueAt: number;
  readonly action: () => void;
}

/** A clock that stands still until `advance` is called. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers: Set<ManualTimer> = new Set();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Timer {
    const timer: ManualTimer = {
      dueAt: this.#now + delayMs,
      action,
      cancel: () => void this.#timers.delete(timer),
    };
    this.#timers.add(timer);
    return timer;
  }

  /** Advances the time and runs the timers that are due, in order. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (let next = this.#nextDue(until); next !== undefined; next = this.#nextDue(until)) {
      this.#timers.delete(next);
      this.#now = next.dueAt;
      next.action();
    }
    this.#now = until;
  }

  #nextDue(until: number): ManualTimer | undefined {
    let found: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= until && (found === undefined || timer.dueAt < found.dueAt)) found = timer;
    }
    return found;
  }
}
