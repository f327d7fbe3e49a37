/**
 * Matches texts by a regular expression that a user has typed. JavaScript's expressions can take forever on a short text
 * (`(a+)+$`), and only the end of their thread ends them. So they run in a worker with a deadline: a search that takes longer
 * fails and holds nothing up. Patterns and texts are short, and few searches run at once.
 */

import { Worker } from 'node:worker_threads';
import { ConsoleError } from '../errors.ts';

/** How long the expressions of one search may take in all. */
const budgetMs = 3000;
const maxMatchers = 4;

/** Plain JavaScript, which a worker runs from a string: no file to be found in a build. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const pattern = new RegExp(workerData.source, workerData.flags);
parentPort.on('message', (texts) => parentPort.postMessage(texts.map((text) => pattern.test(text))));
`;

/** The matchers of a console. */
export class TextMatchers {
  #open = 0;

  /** Throws CONSOLE_BAD_REQUEST for what is not a regular expression, CONSOLE_TOO_MANY if too many searches run. The caller closes it. */
  open(pattern: string): TextMatcher {
    const expression = expressionOf(pattern);
    if (this.#open >= maxMatchers) {
      throw new ConsoleError('CONSOLE_TOO_MANY', `${maxMatchers} searches are running, which is the limit`, {
        remedy: 'Wait until one has ended.',
        retryAfterSeconds: Math.ceil(budgetMs / 1000),
      });
    }
    this.#open += 1;
    return new TextMatcher(expression, () => (this.#open -= 1));
  }
}

/** The expression of a pattern, which may begin with `(?i)`. It is compiled here, which takes no time, and run elsewhere. */
function expressionOf(pattern: string): RegExp {
  const ignoresCase = pattern.startsWith('(?i)');
  const source = ignoresCase ? pattern.slice('(?i)'.length) : pattern;
  try {
    return new RegExp(source, ignoresCase ? 'im' : 'm');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^Invalid regular expression: /, '') : '';
    throw new ConsoleError(
      'CONSOLE_BAD_REQUEST',
      `the query is not valid: match: not a regular expression: ${why}`,
      {
        remedy: String.raw`Put \ before a character that is meant literally, for example \( or \[.`,
        cause,
      },
    );
  }
}

/** Matches texts by one pattern. */
export class TextMatcher {
  readonly #worker: Worker;
  readonly #onClose: () => void;
  #leftMs = budgetMs;
  #isClosed = false;

  constructor({ source, flags }: RegExp, onClose: () => void) {
    this.#onClose = onClose;
    this.#worker = new Worker(workerSource, {
      eval: true,
      workerData: { source, flags },
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    this.#worker.unref();
    // What it does not answer has a deadline.
    this.#worker.on('error', () => undefined);
  }

  /** Which of the texts match. Rejects with CONSOLE_SEARCH_TOO_SLOW. One call at a time. */
  async matches(texts: readonly string[]): Promise<readonly boolean[]> {
    if (texts.length === 0) return [];
    const { promise, resolve, reject } = Promise.withResolvers<readonly boolean[]>();
    const startedAt = Date.now();
    const late = setTimeout(
      () => {
        reject(tooSlow());
        void this.#worker.terminate();
      },
      Math.max(1, this.#leftMs),
    );
    this.#worker.once('message', resolve);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#worker.postMessage(texts);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#leftMs -= Date.now() - startedAt;
      this.#worker.off('message', resolve);
    }
  }

  /** Ends the worker. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    void this.#worker.terminate();
  }
}

function tooSlow(): ConsoleError {
  return new ConsoleError(
    'CONSOLE_SEARCH_TOO_SLOW',
    `the expression in match took longer than ${budgetMs / 1000} s`,
    {
      remedy: 'Simplify it, for example without nested * and +, or search a shorter time by since and until.',
    },
  );
}
