/**
 * Probes every node that should be up, every two seconds, all in parallel, each with its own deadline, and never a node
 * twice at the same time. A node that misses two probes in a row is unreachable until it answers again.
 */

import { ConvoyError } from '@convoy/node';
import { problemOf } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { NodeView, Problem } from '../protocol/index.ts';
import type { NodeRegistry } from './node-registry.ts';
import { observeNode } from './node-rpc.ts';
import type { NoteSample } from './node-sample.ts';
import type { OwnNodes } from '../own-nodes.ts';

const periodMs = 2000;
const answerMs = 1500;
const missesAllowed = 1;
/** Delay after a change of the mesh; long enough for the nodes to notify one another. */
const soonMs = 100;

/** Options of `Poller`. */
export interface PollerOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Called with each answer. */
  readonly noteSample: NoteSample;
}

/** Probes the nodes of a console. */
export class Poller {
  readonly #own: OwnNodes;
  readonly #registry: NodeRegistry;
  readonly #faults: Faults;
  readonly #noteSample: NoteSample;
  readonly #asked = new Set<string>();
  readonly #misses = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ own, registry, faults, noteSample }: PollerOptions) {
    this.#own = own;
    this.#registry = registry;
    this.#faults = faults;
    this.#noteSample = noteSample;
    this.#schedule(periodMs);
  }

  /** Probes soon instead of at the next interval. */
  pollSoon(): void {
    this.#schedule(soonMs);
  }

  /** Stops probing. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#schedule(periodMs);
      for (const view of this.#registry.views()) {
        // A fault ends this probe of this node; the next one follows in two seconds.
        if (isAskable(view)) this.#faults.run(probeOf(view.name), () => this.#ask(view));
      }
    }, delayMs);
    this.#timer.unref();
  }

  async #ask(view: NodeView): Promise<void> {
    const { name } = view;
    if (this.#asked.has(name)) return;
    this.#asked.add(name);
    const askedAt = Date.now();
    try {
      const seen = await observeNode(this.#own.of(name).node, view, answerMs);
      this.#misses.delete(name);
      const peers = seen.peers.filter((peer) => !this.#registry.wasRemovedSince(peer, askedAt));
      const load = this.#noteSample(view.id, seen);
      this.#registry.dispatch({
        kind: 'observed',
        node: name,
        seen: { ...seen, peers, load },
        at: Date.now(),
      });
    } catch (error) {
      this.#miss(name, error);
      if (!(error instanceof ConvoyError)) throw error;
    } finally {
      this.#asked.delete(name);
    }
  }

  #miss(name: string, error: unknown): void {
    const misses = (this.#misses.get(name) ?? 0) + 1;
    this.#misses.set(name, misses);
    if (misses <= missesAllowed) return;
    const { code, message } = problemOf(error);
    const problem: Problem = {
      code,
      message: `${name} does not answer: ${message}`,
      remedy: 'The doctor finds the cause; the log of the node may help too.',
    };
    this.#registry.dispatch({ kind: 'silent', node: name, problem, at: Date.now() });
    if (this.#registry.find(name) === undefined) this.#misses.delete(name);
  }
}

function probeOf(node: string): FaultScope {
  return { kind: 'poller', name: `probe of ${node}` };
}

function isAskable({ origin, status }: NodeView): boolean {
  // Members are asked through the entry of their cluster.
  const isOurs = origin === 'launched' || origin === 'attached';
  return isOurs && (status === 'up' || status === 'unreachable');
}
