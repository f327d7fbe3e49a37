/**
 * Connections of an Erlang or Elixir node that runs none of our code: remote calls tell it which nodes to connect to and ask
 * which nodes it is connected to. When a call fails, the last known connections are assumed unchanged.
 */

import { atomName, type Clock, type Node, systemClock, type Timer } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import { DiscoveryError } from '../strategies/discovery-error.ts';
import type { Joiner } from './joiner.ts';

/** Options of `createBeamJoiner`. */
export interface BeamJoinerOptions {
  /** Local node that makes the remote calls. It connects to `target` when needed; a hidden node stays out of its mesh. */
  readonly node: Node;
  /** Full name of the node whose connections are managed. */
  readonly target: string;
  /** Interval between two polls of its connections, in milliseconds. Default 2000. */
  readonly pollMs?: number;
  readonly clock?: Clock;
}

/** Timeout of one remote call. */
const callTimeoutMs = 5000;

/** A joiner for an Erlang or Elixir node, driven by remote calls. */
export function createBeamJoiner(options: BeamJoinerOptions): Joiner {
  return new BeamJoiner(options);
}

class BeamJoiner implements Joiner {
  readonly self: string;
  readonly #node: Node;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #stop = new AbortController();
  readonly #ups = new Set<(peer: string) => void>();
  readonly #downs = new Set<(peer: string, reason: string) => void>();
  #connected: ReadonlySet<string> = new Set();
  #timer: Timer | undefined;
  #asking: Promise<void> | undefined;

  constructor({ node, target, pollMs = 2000, clock = systemClock }: BeamJoinerOptions) {
    this.self = target;
    this.#node = node;
    this.#clock = clock;
    this.#pollMs = pollMs;
    this.#poll();
  }

  async connect(peer: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const answer = await this.#node.rpc(this.self, 'net_kernel', 'connect_node', [atom(peer)], { signal });
    if (answer === true) {
      await this.#ask();
      return;
    }
    if (atomName(answer) === 'ignored') {
      throw new DiscoveryError(
        'DISCOVERY_DIAL_REFUSED',
        `${this.self} is not distributed, so it cannot connect to ${peer}`,
        { remedy: 'Start it with -name or -sname.' },
      );
    }
    throw new DiscoveryError('DISCOVERY_DIAL_REFUSED', `${this.self} cannot connect to ${peer}`, {
      remedy: `Erlang gives no reason: run the doctor (\`diagnose\`) for ${peer} to find it.`,
    });
  }

  async disconnect(peer: string): Promise<void> {
    await this.#node.rpc(this.self, 'erlang', 'disconnect_node', [atom(peer)], { timeoutMs: callTimeoutMs });
    await this.#ask();
  }

  connected(): string[] {
    return [...this.#connected];
  }

  onUp(listener: (peer: string) => void): () => void {
    this.#ups.add(listener);
    return () => void this.#ups.delete(listener);
  }

  onDown(listener: (peer: string, reason: string) => void): () => void {
    this.#downs.add(listener);
    return () => void this.#downs.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#asking;
  }

  #poll(): void {
    this.#timer = this.#clock.after(this.#pollMs, () => {
      void this.#ask().finally(() => {
        if (!this.#stop.signal.aborted) this.#poll();
      });
    });
  }

  /** One call at a time, so that no old answer arrives after a newer one. */
  async #ask(): Promise<void> {
    await this.#asking;
    if (this.#stop.signal.aborted) return;
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #askNow(): Promise<void> {
    const options = { timeoutMs: callTimeoutMs, signal: this.#stop.signal };
    let answer: unknown;
    try {
      answer = await this.#node.rpc(this.self, 'erlang', 'nodes', [atom('connected')], options);
    } catch {
      // Being unreachable from here does not mean that its peers cannot reach it.
      return;
    }
    if (this.#stop.signal.aborted || !Array.isArray(answer)) return;
    const now = new Set(answer.map((name) => atomName(name)).filter((name) => name !== undefined));
    const before = this.#connected;
    this.#connected = now;
    for (const peer of before) {
      if (!now.has(peer)) for (const listener of this.#downs) listener(peer, 'connection_closed');
    }
    for (const peer of now) {
      if (!before.has(peer)) for (const listener of this.#ups) listener(peer);
    }
  }
}
