/** Tests texts against regular expressions in a worker, and ends the worker when one takes too long. */

import type { Regex } from './line-filter.ts';
import type { RegexAnswer, RegexTask } from './regex-task.ts';

/** The part of a `Worker` that is used. */
export interface RegexWorker {
  postMessage(task: RegexTask): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<RegexAnswer>) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** What is asked at a time is at most 500 lines: an expression that takes this long is a bad one on any machine. */
const deadlineMs = 2000;

interface Asked {
  readonly task: RegexTask;
  readonly resolve: (found: readonly boolean[] | undefined) => void;
}

/** Asks one thing at a time. */
export class RegexTester {
  readonly #createWorker: () => RegexWorker;
  #worker: RegexWorker | undefined;
  #isReady = false;
  #asked: Asked | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;

  constructor(createWorker: () => RegexWorker) {
    this.#createWorker = createWorker;
  }

  /** Resolves with which of the texts match; with `undefined` if that takes too long, or if something else is asked meanwhile. */
  test(regex: Regex, texts: readonly string[]): Promise<readonly boolean[] | undefined> {
    // What is still being tested is of no interest any more, and could hold up this.
    if (this.#asked !== undefined) this.close();
    this.#lastId += 1;
    const task = { id: this.#lastId, regex, texts };
    return new Promise((resolve) => {
      this.#asked = { task, resolve };
      this.#worker ??= this.#start();
      if (this.#isReady) this.#post();
    });
  }

  /** Ends the worker. The next test starts another. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    this.#answer(undefined);
  }

  #start(): RegexWorker {
    const worker = this.#createWorker();
    worker.addEventListener('message', ({ data }) => this.#receive(worker, data));
    worker.addEventListener('error', () => {
      if (worker === this.#worker) this.close();
    });
    return worker;
  }

  #receive(worker: RegexWorker, answer: RegexAnswer): void {
    if (worker !== this.#worker) return;
    if ('found' in answer) {
      if (answer.id === this.#asked?.task.id) this.#answer(answer.found);
      return;
    }
    this.#isReady = true;
    this.#post();
  }

  /** Loading the worker does not count: that depends on the network. */
  #post(): void {
    if (this.#asked === undefined) return;
    this.#timer = setTimeout(() => this.close(), deadlineMs);
    this.#worker?.postMessage(this.#asked.task);
  }

  #answer(found: readonly boolean[] | undefined): void {
    clearTimeout(this.#timer);
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve(found);
  }
}
