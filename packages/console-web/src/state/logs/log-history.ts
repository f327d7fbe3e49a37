/**
 * Stored lines that the console is asked for: older ones of a node, those around a line, newer ones after these. At most so
 * many are kept; they belong to one condition, and are forgotten with it.
 */

import type { LogLine, LogQuery, LogSource, Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { everyLine, type Condition } from './filter/line-filter.ts';
import { entriesOf, type LogEntry } from './log-entries.ts';

const linesAsked = 500;
const linesAround = 300;
const linesMissed = 2000;
/** How many searches run at a time: the console runs four for all pages. */
const mostSearches = 2;

export type FetchLines = (node: string, query: LogQuery) => Promise<readonly LogLine[]>;

export interface LogHistoryOptions {
  readonly fetchLines: FetchLines;
  readonly onFound: (entries: readonly LogEntry[]) => void;
  readonly problemFrom: (error: unknown) => Problem;
  readonly mostLines: number;
}

export interface HistoryState {
  /** Nodes whose lines are being asked for. */
  readonly loading: ReadonlySet<string>;
  /** Nodes of which there are no older lines, under this condition. */
  readonly complete: ReadonlySet<string>;
  /** So many older lines were found that no more are kept. */
  readonly isFull: boolean;
  readonly problem: Problem | undefined;
}

const nothing: HistoryState = {
  loading: new Set(),
  complete: new Set(),
  isFull: false,
  problem: undefined,
};

/** Where to go on. */
export interface OlderRequest {
  readonly node: string;
  /** The first line of the node that is there already. */
  readonly before: number | undefined;
  readonly source: LogSource | undefined;
}

interface GapRequest {
  readonly node: string;
  readonly after: number;
  readonly before: number;
  readonly source: LogSource | undefined;
}

export class LogHistory {
  readonly state: Signal<HistoryState> = signal(nothing);
  readonly #options: LogHistoryOptions;
  #condition: Condition = everyLine;
  #era = 0;
  #running = 0;
  readonly #turns: (() => void)[] = [];
  #count = 0;
  readonly #oldest = new Map<string, number>();
  /** The last line after those around one; `undefined` once there are no newer ones. */
  #newest: number | undefined;

  constructor(options: LogHistoryOptions) {
    this.#options = options;
  }

  /** Whether older lines were found and are still shown. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Forgets what was found. */
  reset(condition: Condition = this.#condition): void {
    this.#condition = condition;
    this.#era += 1;
    this.#count = 0;
    this.#oldest.clear();
    this.#newest = undefined;
    this.state.value = nothing;
  }

  /** Whether there may be older lines of a node. */
  mayHaveOlder(node: string): boolean {
    const { complete, isFull } = this.state.value;
    return !isFull && !complete.has(node);
  }

  async loadOlder({ node, before, source }: OlderRequest): Promise<void> {
    const oldest = this.#oldest.get(node) ?? before;
    if (!this.mayHaveOlder(node)) return;
    if (oldest !== undefined && oldest <= 1) return this.#note({ complete: node });
    const lines = await this.#ask(node, {
      ...this.#condition.query,
      lines: String(linesAsked),
      ...(source === undefined ? {} : { source }),
      ...(oldest === undefined ? {} : { before: String(oldest) }),
    });
    if (lines === undefined) return;
    if (lines.length < linesAsked) this.#note({ complete: node });
    this.#take(node, lines);
  }

  /** Loads the lines around one, whatever the condition. Resolves with the line, or with none if the console no longer has it. */
  async loadAround(node: string, seq: number): Promise<LogEntry | undefined> {
    const query = { source: 'all', lines: String(linesAround) } as const;
    const before = await this.#ask(node, { ...query, before: String(seq + 1) });
    if (before === undefined) return undefined;
    this.#take(node, before);
    this.#newest = seq;
    await this.loadNewer(node);
    return entriesOf(node, before).find(({ line }) => line.seq === seq);
  }

  /** Loads lines after those around a line. */
  async loadNewer(node: string): Promise<void> {
    const newest = this.#newest;
    if (newest === undefined || this.state.value.isFull) return;
    const query = { source: 'all', lines: String(linesAround), after: String(newest) } as const;
    const lines = await this.#ask(node, query);
    if (lines === undefined) return;
    const isLast = lines.length < linesAround;
    this.#newest = isLast ? undefined : Math.max(newest, ...lines.map(({ seq }) => seq));
    this.#take(node, lines);
  }

  /** The lines between two, whatever the condition, as many as the console finds at once. What cannot be loaded now is left out. */
  async between({ node, after, before, source }: GapRequest): Promise<readonly LogLine[]> {
    if (before <= after + 1) return [];
    const query = { after: String(after), before: String(before), lines: String(linesMissed) };
    const asked = this.#options.fetchLines(node, source === undefined ? query : { ...query, source });
    return asked.catch(() => []);
  }

  /** Resolves with nothing if the console refuses, if this is asked already, or if the answer comes too late. */
  async #ask(node: string, query: LogQuery): Promise<readonly LogLine[] | undefined> {
    if (this.state.value.loading.has(node)) return undefined;
    const era = this.#era;
    this.#note({ starts: node });
    try {
      await this.#waitForTurn();
      // A condition that was changed meanwhile needs no answer.
      const lines = era === this.#era ? await this.#options.fetchLines(node, query) : undefined;
      return era === this.#era ? lines : undefined;
    } catch (error) {
      if (era === this.#era) this.#fail(node, this.#options.problemFrom(error));
      return undefined;
    } finally {
      this.#running -= 1;
      this.#turns.shift()?.();
      if (era === this.#era) this.#note({ ends: node });
    }
  }

  async #waitForTurn(): Promise<void> {
    if (this.#running >= mostSearches) await new Promise<void>((resolve) => this.#turns.push(resolve));
    this.#running += 1;
  }

  /** A search that failed is not repeated by itself. */
  #fail(node: string, problem: Problem): void {
    this.#note({ complete: node });
    this.state.value = { ...this.state.value, problem };
  }

  #take(node: string, lines: readonly LogLine[]): void {
    const found = entriesOf(node, lines);
    if (found.length > 0)
      this.#oldest.set(
        node,
        Math.min(this.#oldest.get(node) ?? Infinity, ...found.map(({ line }) => line.seq)),
      );
    this.#count += found.length;
    if (this.#count >= this.#options.mostLines) this.state.value = { ...this.state.value, isFull: true };
    this.#options.onFound(found);
  }

  #note({ starts, ends, complete }: { starts?: string; ends?: string; complete?: string }): void {
    const loading = new Set(this.state.value.loading);
    if (starts !== undefined) loading.add(starts);
    if (ends !== undefined) loading.delete(ends);
    const whole = new Set(this.state.value.complete);
    if (complete !== undefined) whole.add(complete);
    this.state.value = { ...this.state.value, loading, complete: whole };
  }
}
