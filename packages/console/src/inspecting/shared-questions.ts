/**
 * Questions to nodes that several pages ask: one answer serves all who ask the same until the node has rested from it. A node that has to
 * rest for longer is answered for by its last answer, however old that is, and is asked nothing else.
 */

import type { InspectAnswer, InspectCost } from '@convoy/cluster/inspect';
import { type AskedKind, QuestionBudget } from './question-budget.ts';
import { Turns } from './turns.ts';

/** A question to a node. Questions with the same node, kind and key are the same, and have the same answer. */
export interface SharedQuestion<Value> extends AskedKind {
  readonly key: string;
  readonly ask: () => Promise<InspectAnswer<Value>>;
}

/** An answer with the time at which the console got it, in milliseconds since 1970. */
export type DatedAnswer<Value> = InspectAnswer<Value> & {
  readonly cost: InspectCost & { readonly answeredAt: number };
};

interface Entry {
  readonly node: string;
  readonly answer: Promise<DatedAnswer<unknown>>;
  /** Until when it serves others; `undefined` until it is there. */
  until: number | undefined;
}

const limits = { perNode: 3, all: 24, waitingPerNode: 20 } as const;
/** An answer has at most a megabyte. */
const maxKept = 64;

/** The questions of all pages. */
export class SharedQuestions {
  readonly #now: () => number;
  readonly #turns = new Turns(limits);
  readonly #budget = new QuestionBudget();
  /** By node and key, those that were asked first at the beginning. */
  readonly #entries = new Map<string, Entry>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Asks, unless the answer is known. Rejects with CONSOLE_TOO_MANY, and as `question.ask` does. */
  async ask<Value>(question: SharedQuestion<Value>): Promise<DatedAnswer<Value>> {
    const { node, kind, key } = question;
    const id = JSON.stringify([node, kind, key]);
    const known = this.#entries.get(id);
    const now = this.#now();
    const isFresh = known !== undefined && (known.until === undefined || now < known.until);
    // Equal keys mean equal questions, so the value has the type of this one.
    if (isFresh || (known !== undefined && this.#budget.waitOf(question, now) > 0)) {
      return known.answer as Promise<DatedAnswer<Value>>;
    }
    this.#budget.check(question, now);
    const answer = this.#turns.run(node, () => this.#askNow(question));
    const entry: Entry = { node, answer, until: undefined };
    this.#keep(id, entry);
    answer.then(
      ({ cost }) => {
        entry.until = cost.answeredAt + this.#budget.restOf(cost.restMs);
      },
      () => {
        if (this.#entries.get(id) === entry) this.#entries.delete(id);
      },
    );
    return answer;
  }

  /** Forgets what is known of a node, because something was changed there. What it has to rest for stays. */
  forget(node: string): void {
    for (const [id, entry] of this.#entries) if (entry.node === node) this.#entries.delete(id);
  }

  async #askNow<Value>(question: SharedQuestion<Value>): Promise<DatedAnswer<Value>> {
    const answer = await question.ask();
    const answeredAt = this.#now();
    this.#budget.note(question, this.#budget.restOf(answer.cost.restMs), answeredAt);
    return { ...answer, cost: { ...answer.cost, answeredAt } };
  }

  #keep(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    for (const [old, { until }] of this.#entries) {
      if (this.#entries.size <= maxKept) return;
      if (until !== undefined) this.#entries.delete(old);
    }
  }
}
