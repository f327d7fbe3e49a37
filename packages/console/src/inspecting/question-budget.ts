/**
 * How much nodes may be asked: each answer says how long the node has to rest so that questions take at most 2 % of its schedulers. A node may
 * be asked ahead of that, so that a page can ask several things at once: a minute for what costs little there, half of that for what costs
 * much, such as lists of a hundred thousand processes. Then it is left alone until it has rested. Pure.
 */

import { ConsoleError } from '../errors.ts';

const aheadMs = { little: 60_000, much: 30_000 } as const;
/** A question after which the node rests for no longer costs little. */
const littleRestMs = 1000;
/** A node that says it has to rest for longer is not believed. */
const maxRestMs = 60_000;
/** After a question that says nothing about its cost, for instance because it was not answered. */
const unknownRestMs = 1000;
const maxNodes = 2000;

/** A kind of question to a node. */
export interface AskedKind {
  /** Id of the node. */
  readonly node: string;
  readonly kind: string;
}

interface NodeDebt {
  /** When the node will have rested for everything that it was asked, in milliseconds since 1970. */
  restedAt: number;
  /** How long it had to rest after the last question of each kind. */
  readonly rests: Map<string, number>;
}

/** What nodes have been asked. */
export class QuestionBudget {
  readonly #debts = new Map<string, NodeDebt>();

  /** How long the node has to rest after an answer, within reason. */
  restOf(restMs: number | undefined): number {
    return Math.min(restMs ?? unknownRestMs, maxRestMs);
  }

  /** Counts a question. */
  note({ node, kind }: AskedKind, restMs: number, now: number): void {
    const known = this.#debts.get(node) ?? { restedAt: now, rests: new Map<string, number>() };
    known.restedAt = Math.max(known.restedAt, now) + restMs;
    known.rests.set(kind, restMs);
    this.#debts.delete(node);
    this.#debts.set(node, known);
    const [oldest] = this.#debts.keys();
    if (this.#debts.size > maxNodes && oldest !== undefined) this.#debts.delete(oldest);
  }

  /** How long such a question must not be asked, in milliseconds. */
  waitOf({ node, kind }: AskedKind, now: number): number {
    const debt = this.#debts.get(node);
    if (debt === undefined) return 0;
    const isCheap = (debt.rests.get(kind) ?? 0) <= littleRestMs;
    return Math.max(0, debt.restedAt - now - (isCheap ? aheadMs.little : aheadMs.much));
  }

  /** Throws CONSOLE_TOO_MANY, which says when the question can be asked. */
  check(asked: AskedKind, now: number): void {
    const waitMs = this.waitOf(asked, now);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new ConsoleError(
      'CONSOLE_TOO_MANY',
      `${asked.node} has been asked so much that it is left alone for ${seconds} s, so that questions take at most 2 % of its schedulers`,
      {
        remedy: `Ask again in ${seconds} s, or repeat an earlier question: its last answer is shown.`,
        retryAfterSeconds: seconds,
      },
    );
  }
}
