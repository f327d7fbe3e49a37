/**
 * Decides which lines are shown. Levels and texts are looked at here and now, regular expressions in slices in a worker, one
 * slice after the other; what was asked for an earlier condition is not answered any more.
 */

import { type Condition, everyLine, type Regex } from './filter/line-filter.ts';
import type { LogEntry } from './log-entries.ts';

/** Lines that are tested at a time, so that the deadline of the worker means the same for all. */
const sliceLines = 500;
const tooSlow =
  'This regular expression takes too long for some of these lines. Simplify it: repetitions within repetitions, as in (a+)+, are the usual cause.';

export interface LineJudgeOptions {
  readonly test: (regex: Regex, texts: readonly string[]) => Promise<readonly boolean[] | undefined>;
  /** Called for every slice, also if none of its lines match. */
  readonly onMatched: (matched: readonly LogEntry[]) => void;
  readonly onTooSlow: (problem: string) => void;
}

export class LineJudge {
  readonly #options: LineJudgeOptions;
  #condition: Condition = everyLine;
  #queue: (readonly LogEntry[])[] = [];
  /** Counts up with each condition. */
  #era = 0;
  #isTesting = false;
  /** The regular expression is too slow: nothing more is tested until there is another. */
  #isStuck = false;

  constructor(options: LineJudgeOptions) {
    this.#options = options;
  }

  setCondition(condition: Condition): void {
    this.#condition = condition;
    this.#era += 1;
    this.#queue = [];
    this.#isTesting = false;
    this.#isStuck = false;
  }

  judge(entries: readonly LogEntry[]): void {
    const { test, regex } = this.#condition;
    const possible = entries.filter(({ line }) => test(line));
    if (regex === undefined) {
      this.#options.onMatched(possible);
      return;
    }
    if (this.#isStuck) return;
    for (let at = 0; at < Math.max(1, possible.length); at += sliceLines)
      this.#queue.push(possible.slice(at, at + sliceLines));
    if (!this.#isTesting) void this.#testAll(regex);
  }

  async #testAll(regex: Regex): Promise<void> {
    const era = this.#era;
    this.#isTesting = true;
    for (let slice = this.#queue.shift(); slice !== undefined; slice = this.#queue.shift()) {
      const texts = slice.map(({ line }) => line.text);
      const found = texts.length === 0 ? [] : await this.#options.test(regex, texts);
      if (era !== this.#era) return;
      if (found === undefined) return this.#giveUp();
      this.#options.onMatched(slice.filter((_, at) => found[at] === true));
    }
    this.#isTesting = false;
  }

  #giveUp(): void {
    this.#queue = [];
    this.#isTesting = false;
    this.#isStuck = true;
    this.#options.onTooSlow(tooSlow);
  }
}
