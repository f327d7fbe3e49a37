/** Sends the lines of a node's log to a socket, in small batches: first the stored lines after a number, then new ones. */

import type { Faults } from '../fault-boundary.ts';
import type { NodeHistory } from '../logs/node-history.ts';
import type { LogLine, LogSource } from '../protocol/index.ts';
import type { OutputPump } from './output-pump.ts';

const batchMs = 40;
const batchLines = 200;
/** Of the lines that are stored when following begins, the last ones are sent. */
const firstLines = 2000;

/** What is followed. */
export interface LogFollowerSource {
  /** Id of the node. */
  readonly node: string;
  readonly history: NodeHistory;
  readonly afterSeq: number;
  readonly source: LogSource;
  readonly faults: Faults;
}

/** Follows one log for one socket. */
export class LogFollower {
  readonly #followed: LogFollowerSource;
  readonly #pump: OutputPump;
  readonly #send: (lines: LogLine[]) => void;
  readonly #leave: () => void;
  readonly #flushInContext: () => void;
  #sentSeq: number;
  /** How many lines this reader has missed, if it was away for long. */
  #missed = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(followed: LogFollowerSource, pump: OutputPump, send: (lines: LogLine[]) => void) {
    const { faults, history, afterSeq, source } = followed;
    this.#followed = followed;
    this.#pump = pump;
    this.#send = send;
    this.#sentSeq = afterSeq;
    const stored = history.recent(afterSeq, source);
    if (stored.length > firstLines) {
      this.#sentSeq = stored.at(-firstLines - 1)?.seq ?? afterSeq;
      if (afterSeq > 0) this.#missed = this.#sentSeq - afterSeq;
    } else if (afterSeq === 0 && stored[0] !== undefined) {
      this.#sentSeq = stored[0].seq - 1;
    }
    this.#flushInContext = faults.bind(() => this.#flush());
    this.#leave = history.follow(
      faults.bind(() => {
        this.#timer ??= setTimeout(() => this.#flush(), batchMs);
      }),
    );
    this.#flush();
  }

  /** Stops following. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#pump.forget(this.#key);
    this.#leave();
  }

  get #key(): string {
    return `logs ${this.#followed.node}`;
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#isClosed) return;
    const { history, source } = this.#followed;
    const lines = history.recent(this.#sentSeq, source);
    for (let at = 0; at < lines.length; at += batchLines) {
      if (!this.#pump.canSend(this.#key)) {
        this.#pump.whenDrained(this.#key, this.#flushInContext);
        return;
      }
      const batch = [...this.#gap(), ...lines.slice(at, at + batchLines)];
      this.#sentSeq = batch.at(-1)?.seq ?? this.#sentSeq;
      this.#send(batch);
    }
    // Lines of other sources count as seen.
    this.#sentSeq = history.lastSeq;
  }

  /** A line that says how many were left out, because this reader was away, or is slower than the node prints. They are on disk. */
  #gap(): LogLine[] {
    const { history, source } = this.#followed;
    const passed = Math.max(0, history.firstRecentSeq - this.#sentSeq - 1);
    const dropped = this.#missed + passed;
    this.#missed = 0;
    this.#sentSeq += passed;
    if (dropped === 0) return [];
    const what = dropped === 1 ? '1 line is' : `${dropped} lines are`;
    const text = `[${what} left out here; the download has them]`;
    const stream = source === 'output' ? 'stderr' : 'logger';
    return [{ seq: this.#sentSeq, at: Date.now(), stream, text, dropped }];
  }
}
