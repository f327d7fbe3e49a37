/**
 * Asks every node that should be up how it is: every two seconds, all at once, each with a deadline of its own, and
 * never one node twice at a time. A node that misses two looks in a row is unreachable until it answers again.
 */

import { ConvoyError } from '@convoy/node';
import { problemOf } from '../errors.ts';
import type { Faults, Thing } from '../fault-boundary.ts';
import type { NodeView, Problem } from '../protocol/index.ts';
import type { NodeBoard } from './node-board.ts';
import { observeNode } from './node-questions.ts';
import type { OwnNodes } from './own-nodes.ts';

const periodMs = 2000;
const answerMs = 1500;
const missesAllowed = 1;
/** After something was changed on purpose; long enough for the nodes to tell one another. */
const pokeMs = 100;

export class Poller {
  readonly #own: OwnNodes;
  readonly #board: NodeBoard;
  readonly #faults: Faults;
  readonly #asked = new Set<string>();
  readonly #misses = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ own, board, faults }: { own: OwnNodes; board: NodeBoard; faults: Faults }) {
    this.#own = own;
    this.#board = board;
    this.#faults = faults;
    this.#schedule(periodMs);
  }

  /** Looks soon instead of at the next turn. */
  poke(): void {
    this.#schedule(pokeMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#schedule(periodMs);
      for (const view of this.#board.views()) {
        // A fault ends this look at this node; the next one comes in two seconds.
        if (isAskable(view)) this.#faults.run(lookAt(view.name), () => this.#ask(view));
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
      const peers = seen.peers.filter((peer) => !this.#board.wasRemovedSince(peer, askedAt));
      this.#board.dispatch({ kind: 'observed', node: name, seen: { ...seen, peers }, at: Date.now() });
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
      remedy: `\`convoy ping ${name}\` says what is wrong, and its log may say why.`,
    };
    this.#board.dispatch({ kind: 'silent', node: name, problem, at: Date.now() });
    if (this.#board.find(name) === undefined) this.#misses.delete(name);
  }
}

function lookAt(node: string): Thing {
  return { kind: 'poller', name: `look at ${node}` };
}

function isAskable({ origin, status }: NodeView): boolean {
  return origin !== 'discovered' && (status === 'up' || status === 'unreachable');
}
