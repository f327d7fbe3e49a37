/** Lines as tests of logs want them. */

import type { ClientMessage, LogLine, LogQuery } from '@convoy/console/protocol';
import { everyLine } from '../../../src/state/logs/filter/line-filter.ts';
import type { LogEntry } from '../../../src/state/logs/log-entries.ts';
import { LogStream } from '../../../src/state/logs/log-stream.ts';

export function lineOf(seq: number, more: Partial<LogLine> = {}): LogLine {
  return { seq, at: seq * 10, stream: 'stdout', text: `line ${seq}`, ...more };
}

export function linesOf(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, at) => lineOf(from + at));
}

export function entryOf(node: string, seq: number, more: Partial<LogLine> = {}): LogEntry {
  return { node, line: lineOf(seq, more) };
}

export function keysOf(entries: readonly LogEntry[]): string[] {
  return entries.map(({ node, line }) => `${node}${line.seq}`);
}

/** A stream of which a test makes each frame. */
export class TestStream {
  readonly sent: ClientMessage[] = [];
  readonly asked: { node: string; query: LogQuery }[] = [];
  /** What the console has stored. */
  stored: readonly LogLine[] = [];
  readonly stream: LogStream;
  /** How many frames were asked for in all. */
  frames = 0;
  #work: (() => void) | undefined;

  constructor(mostLines = 1000) {
    this.stream = new LogStream({
      mostLines,
      send: (message) => this.sent.push(message),
      schedule: (work) => {
        this.frames += 1;
        this.#work = work;
      },
      fetchLines: (node, query) => {
        this.asked.push({ node, query });
        return Promise.resolve(this.#find(query));
      },
      problemFrom: (error) => ({ code: 'PAGE_FAULT', message: String(error) }),
      test: ({ source, flags }, texts) =>
        Promise.resolve(texts.map((text) => new RegExp(source, flags).test(text))),
    });
    this.stream.setCondition(everyLine);
    this.frame();
  }

  /** Makes one frame. */
  frame(): void {
    const work = this.#work;
    this.#work = undefined;
    work?.();
  }

  /** Makes frames until none is asked for. Returns how many. */
  settle(): number {
    let count = 0;
    for (; this.#work !== undefined; count += 1) this.frame();
    return count;
  }

  get shown(): string[] {
    return keysOf(this.stream.shown.value);
  }

  #find({ before, after, lines = '100' }: LogQuery): LogLine[] {
    const found = this.stored.filter(
      ({ seq }) => seq < Number(before ?? Infinity) && seq > Number(after ?? 0),
    );
    return after === undefined ? found.slice(-Number(lines)) : found.slice(0, Number(lines));
  }
}
