/**
 * Asks a node the same question again and again: while the page is visible, never faster than the node allows, and slower while
 * it does not answer. Keeps the last answer, whatever happens to the node.
 */

import type { InspectCostView, InspectProblemView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ConsoleClock } from './console-clock.ts';

/** The answer to a question about the inside of a node. */
export type Answered<Value> =
  | { readonly state: 'answered'; readonly value: Value; readonly cost: InspectCostView }
  | { readonly state: 'unavailable'; readonly problem: InspectProblemView; readonly cost: InspectCostView };

/** Why there is no answer: the node has not answered, or the console has refused the question. */
export interface Trouble {
  readonly kind?: InspectProblemView['kind'] | undefined;
  readonly message: string;
  readonly remedy?: string | undefined;
}

export interface Question<Value> {
  /** The same for the same question. The answer to another one is shown until there is one to this. */
  readonly key: string;
  readonly ask: () => Promise<Answered<Value>>;
  /** Whether it is asked again by itself. Otherwise only when the user wants it. */
  readonly isLive: boolean;
  /** Whether it is asked at once. Default true. */
  readonly isUrgent?: boolean;
  /** The least time between two questions. Default 2000. */
  readonly leastMs?: number;
}

/** An answer with a value. Times are in milliseconds. */
export interface LastAnswer<Value> {
  /** Of its question. */
  readonly key: string;
  readonly value: Value;
  readonly cost: InspectCostView;
  /** When it was given: the console gives one answer to all who ask the same before the node has rested. */
  readonly at: number;
  /** From one question to the next; `undefined` if it is asked once. */
  readonly periodMs: number | undefined;
}

export interface Polled<Value> {
  readonly last: LastAnswer<Value> | undefined;
  /** Why there is no newer answer. */
  readonly trouble: Trouble | undefined;
  readonly isAsking: boolean;
  readonly isPaused: boolean;
}

/** Whether the page can be seen. */
export interface Visibility {
  isVisible(): boolean;
  /** Calls the listener after each change. Returns a function that ends this. */
  follow(listener: () => void): () => void;
}

export interface PollOptions {
  readonly visibility: Visibility;
  /** What to say of an error that asking has thrown. */
  readonly troubleOf: (error: unknown) => Trouble;
}

/** All answers are dated by the same console. */
const clock = new ConsoleClock();
const usualMs = 2000;
const mostFailuresCounted = 4;
/** Asking again would bring the same answer. */
const lasting: ReadonlySet<unknown> = new Set<InspectProblemView['kind']>(['gone', 'unsupported']);

export class Poll<Value> {
  readonly state: Signal<Polled<Value>> = signal({
    last: undefined,
    trouble: undefined,
    isAsking: false,
    isPaused: false,
  });
  readonly #options: PollOptions;
  readonly #unfollow: () => void;
  #question: Question<Value> | undefined;
  /** Counts up with every question that was put, so that late answers to others are dropped. */
  #era = 0;
  #failures = 0;
  /** When the next question is due; `undefined` if none is. */
  #dueAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#unfollow = options.visibility.follow(() => this.#schedule());
  }

  /** Puts a question in the place of the one before. */
  put(question: Question<Value>): void {
    const isNew = this.#question?.key !== question.key;
    this.#question = question;
    if (isNew) {
      this.#era += 1;
      this.#failures = 0;
      this.#change({ trouble: undefined, isAsking: false });
      this.#dueAt = question.isUrgent === false ? undefined : Date.now();
      // What the user chooses is asked while it is paused, too.
      if (this.state.value.isPaused && this.#dueAt !== undefined) void this.#ask();
    } else if (question.isLive) this.#dueAt ??= Date.now();
    // It is not live any more, and has been answered.
    else if (this.state.value.last?.key === question.key) this.#dueAt = undefined;
    this.#schedule();
  }

  /** Asks now, also while it is paused. */
  refresh(): void {
    if (this.state.value.isAsking) return;
    this.#failures = 0;
    void this.#ask();
  }

  pause(isPaused: boolean): void {
    this.#change({ isPaused });
    this.#schedule();
  }

  /** Ends it. Answers that arrive later are dropped. */
  stop(): void {
    this.#era += 1;
    this.#question = undefined;
    this.#unfollow();
    clearTimeout(this.#timer);
  }

  #change(change: Partial<Polled<Value>>): void {
    this.state.value = { ...this.state.value, ...change };
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { isAsking, isPaused } = this.state.value;
    const isResting = isAsking || isPaused || this.#dueAt === undefined;
    if (isResting || this.#question === undefined || !this.#options.visibility.isVisible()) return;
    this.#timer = setTimeout(() => void this.#ask(), Math.max(0, (this.#dueAt ?? 0) - Date.now()));
  }

  async #ask(): Promise<void> {
    const question = this.#question;
    if (question === undefined) return;
    clearTimeout(this.#timer);
    const era = this.#era;
    this.#change({ isAsking: true });
    const outcome = await this.#outcomeOf(question);
    if (era !== this.#era) return;
    this.#keep(question, outcome);
    this.#schedule();
  }

  async #outcomeOf(question: Question<Value>): Promise<Answered<Value> | { readonly trouble: Trouble }> {
    try {
      return await question.ask();
    } catch (error) {
      return { trouble: this.#options.troubleOf(error) };
    }
  }

  #keep(question: Question<Value>, outcome: Answered<Value> | { readonly trouble: Trouble }): void {
    const { key, isLive, leastMs = usualMs } = question;
    const restMs = 'cost' in outcome ? (outcome.cost.restMs ?? 0) : 0;
    const periodMs = Math.max(leastMs, restMs);
    if ('state' in outcome && outcome.state === 'answered') {
      const { value, cost } = outcome;
      this.#failures = 0;
      this.#dueAt = isLive ? Date.now() + periodMs : undefined;
      const at = clock.timeOf(cost.answeredAt, Date.now());
      const last = { key, value, cost, at, periodMs: isLive ? periodMs : undefined };
      this.#change({ last, trouble: undefined, isAsking: false });
      return;
    }
    const trouble: Trouble = 'trouble' in outcome ? outcome.trouble : outcome.problem;
    // What the console has refused, because others ask too much, is asked for again in any case.
    const isFinal = trouble.kind === undefined ? false : !isLive || lasting.has(trouble.kind);
    this.#dueAt = isFinal ? undefined : Date.now() + periodMs * 2 ** this.#failures;
    this.#failures = Math.min(this.#failures + 1, mostFailuresCounted);
    this.#change({ trouble, isAsking: false });
  }
}
