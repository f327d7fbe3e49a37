/**
 * Connections of an Erlang or Elixir node that runs nothing of ours: it is told by remote calls whom to connect to, and asked
 * whom it is connected with. What cannot be asked has not changed.
 */

import { atomName, type Clock, type Node, systemClock, type Timer } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import { DiscoveryError } from '../strategies/errors.ts';
import type { Joiner } from './joiner.ts';

export interface BeamJoinerOptions {
  /** Ours, which calls. Connected to the other as need be; hidden nodes stay out of its mesh. */
  readonly node: Node;
  /** Full name of the node that is to be connected. */
  readonly target: string;
  /** Between two questions for its connections. Default 2000. */
  readonly pollMs?: number;
  readonly clock?: Clock;
}

/** For one question. */
const askMs = 5000;

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
        `${this.self} is not distributed and connects to nobody`,
      );
    }
    throw new DiscoveryError('DISCOVERY_DIAL_REFUSED', `${this.self} cannot connect to ${peer}`, {
      remedy: `Erlang says no more; the doctor finds out why (diagnose, for ${peer}).`,
    });
  }

  async disconnect(peer: string): Promise<void> {
    await this.#node.rpc(this.self, 'erlang', 'disconnect_node', [atom(peer)], { timeoutMs: askMs });
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

  /** One question at a time, so that no old answer comes after a new one. */
  async #ask(): Promise<void> {
    await this.#asking;
    if (this.#stop.signal.aborted) return;
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #askNow(): Promise<void> {
    const options = { timeoutMs: askMs, signal: this.#stop.signal };
    let answer: unknown;
    try {
      answer = await this.#node.rpc(this.self, 'erlang', 'nodes', [atom('connected')], options);
    } catch {
      // Out of our reach is not out of reach for its peers.
      return;
    }
    if (this.#stop.signal.aborted || !Array.isArray(answer)) return;
    const now = new Set(answer.map((name) => atomName(name)).filter((name) => name !== undefined));
    const before = this.#connected;
    this.#connected = now;
    for (const peer of before) {
      if (!now.has(peer)) for (const tell of this.#downs) tell(peer, 'connection_closed');
    }
    for (const peer of now) {
      if (!before.has(peer)) for (const tell of this.#ups) tell(peer);
    }
  }
}
