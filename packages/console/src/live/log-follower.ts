/** Sends the lines of a node's log to a socket, in small batches: first the stored lines after a number, then new ones. */

import type { ProviderLog } from '@convoy/cluster';
import type { Faults } from '../fault-boundary.ts';
import type { LogLine } from '../protocol/index.ts';
import type { OutputPump } from './output-pump.ts';

const batchMs = 40;
const batchLines = 200;

/** Follows one log for one socket. */
export class LogFollower {
  readonly #node: string;
  readonly #log: ProviderLog;
  readonly #pump: OutputPump;
  readonly #send: (lines: LogLine[]) => void;
  readonly #leave: () => void;
  readonly #flushInContext: () => void;
  #sentSeq: number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    source: { node: string; log: ProviderLog; afterSeq: number; faults: Faults },
    pump: OutputPump,
    send: (lines: LogLine[]) => void,
  ) {
    const { faults } = source;
    this.#node = source.node;
    this.#log = source.log;
    this.#pump = pump;
    this.#send = send;
    this.#sentSeq = source.afterSeq;
    this.#flushInContext = faults.bind(() => this.#flush());
    this.#leave = source.log.follow(
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
    return `logs ${this.#node}`;
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#isClosed) return;
    const lines = this.#log.lines({ afterSeq: this.#sentSeq });
    for (let at = 0; at < lines.length; at += batchLines) {
      if (!this.#pump.canSend(this.#key)) {
        this.#pump.whenDrained(this.#key, this.#flushInContext);
        return;
      }
      const batch = lines.slice(at, at + batchLines);
      this.#sentSeq = batch.at(-1)?.seq ?? this.#sentSeq;
      this.#send(batch);
    }
  }
}
