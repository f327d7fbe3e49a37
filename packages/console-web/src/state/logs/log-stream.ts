/**
 * The stream of lines that the page of logs shows: of some nodes, in one order, at most so many. Whatever arrives is taken in
 * once per frame, a bounded number of lines at a time, so that the page stays usable however fast nodes log.
 */

import type { ClientMessage, LogLine, LogSource } from '@convoy/console/protocol';
import { batch, signal, type Signal } from '@preact/signals';
import { entriesFrom, entriesOf, type LogEntry, mergeEntries } from './log-entries.ts';
import { type Condition, everyLine } from './filter/line-filter.ts';
import { LineJudge, type LineJudgeOptions } from './line-judge.ts';
import { LogHistory, type LogHistoryOptions } from './log-history.ts';
import type { LogLinesMessage, LogReceiver, LogStateMessage } from './log-link.ts';

/** How many lines a view keeps in memory, and as many older ones that were asked for. */
export const mostLines = 20_000;
/** How many new lines are taken in per frame. */
const linesPerFrame = 2000;
/** How many lines in memory are filtered again per frame. */
const filteredPerFrame = 5000;

export interface LogStreamOptions extends Pick<LogHistoryOptions, 'fetchLines' | 'problemFrom'> {
  readonly send: (message: ClientMessage) => void;
  readonly test: LineJudgeOptions['test'];
  /** Runs the work before the next frame. */
  readonly schedule: (work: () => void) => void;
  /** Default `mostLines`; tests set another. */
  readonly mostLines?: number;
}

/** Why new lines wait: the user has paused, or looks at the lines around one. */
export type Hold = 'pause' | 'around';

export class LogStream implements LogReceiver {
  /** The lines that match. */
  readonly shown: Signal<readonly LogEntry[]> = signal([]);
  /** How many lines are in memory, whether they match or not. */
  readonly kept: Signal<number> = signal(0);
  /** How many lines have arrived that are not shown yet. */
  readonly waiting: Signal<number> = signal(0);
  /** How many lines arrived and are not in memory any more. */
  readonly dropped: Signal<number> = signal(0);
  readonly hold: Signal<Hold | undefined> = signal(undefined);
  /** What the console says of each log that is followed. */
  readonly states: Signal<ReadonlyMap<string, LogStateMessage>> = signal(new Map());
  readonly tooSlow: Signal<string | undefined> = signal(undefined);
  readonly history: LogHistory;
  readonly #options: LogStreamOptions;
  readonly #mostLines: number;
  readonly #judge: LineJudge;
  /** The last number of each followed log. */
  readonly #followed = new Map<string, number>();
  /** Nodes of which nothing has come since the socket is live again. */
  readonly #resumed = new Set<string>();
  #source: LogSource | undefined;
  #condition: Condition = everyLine;
  #window: readonly LogEntry[] = [];
  #arrived: LogEntry[] = [];
  /** What `waiting` and `dropped` become with the next frame. */
  #waiting = 0;
  #lost = 0;
  /** Lines that are yet to be filtered by a new condition: the last of them first. */
  #unfiltered: readonly LogEntry[] = [];
  /** What is shown matches an earlier condition, and stays until something is known of the new one. */
  #isStale = false;
  #isFollowing = true;
  #isRequested = false;

  constructor(options: LogStreamOptions) {
    this.#options = options;
    this.#mostLines = options.mostLines ?? mostLines;
    this.#judge = new LineJudge({
      test: options.test,
      onMatched: (matched) => this.#show(matched),
      onTooSlow: (problem) => {
        this.tooSlow.value = problem;
      },
    });
    this.history = new LogHistory({
      ...options,
      mostLines: this.#mostLines,
      onFound: (found) => this.#show(found),
    });
  }

  /** Follows these nodes and no others. */
  setNodes(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const gone = [...this.#followed.keys()].filter((id) => !wanted.has(id));
    for (const node of gone) {
      this.#followed.delete(node);
      this.#options.send({ type: 'logs.unfollow', node });
    }
    if (gone.length > 0) this.#forget((node) => !wanted.has(node));
    for (const id of wanted) if (!this.#followed.has(id)) this.#follow(id, 0);
  }

  /** Shows other lines of the same nodes: their output, their loggers, or both. Without `source`, what the console has. */
  setSource(source: LogSource | undefined): void {
    if (source === this.#source) return;
    this.#source = source;
    this.clear();
    for (const node of this.#followed.keys()) this.#follow(node, 0);
  }

  /** Shows the lines that match. Those around one are all shown, until the user goes on. */
  setCondition(condition: Condition): void {
    this.#condition = condition;
    if (this.hold.value !== 'around') this.#apply(condition);
  }

  #apply(condition: Condition): void {
    batch(() => {
      this.tooSlow.value = undefined;
      this.#judge.setCondition(condition);
      this.history.reset(condition);
      this.#unfiltered = this.#window;
      this.#isStale = true;
      if (this.#window.length === 0) this.#show([]);
      this.#filterSome();
    });
    this.#request();
  }

  /** Whether the view is at the end of the list: then the oldest lines make room for new ones; else new ones wait. */
  setFollowing(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#request();
  }

  pause(): void {
    this.hold.value = 'pause';
  }

  resume(): void {
    for (const [node, seq] of this.#followed) {
      if (seq > 0) this.#resumed.add(node);
      this.#follow(node, seq);
    }
  }

  /** Shows what has arrived while the stream was paused. */
  proceed(): void {
    const wasAround = this.hold.value === 'around';
    this.hold.value = undefined;
    if (wasAround) this.#apply(this.#condition);
    this.#request();
  }

  /** Shows the lines around one instead of the newest. Resolves with the line, or with none if the console no longer has it. */
  async showAround(node: string, seq: number): Promise<LogEntry | undefined> {
    this.#apply(everyLine);
    this.hold.value = 'around';
    this.#unfiltered = [];
    this.shown.value = [];
    return this.history.loadAround(node, seq);
  }

  /** Loads older lines of a node, of those that match. */
  loadOlder(node: string): Promise<void> {
    let before: number | undefined;
    for (const entry of this.#window)
      if (entry.node === node) before = Math.min(before ?? Infinity, entry.line.seq);
    return this.history.loadOlder({ node, before, source: this.#sourceOf(node) });
  }

  /** Empties the view. The console keeps the lines. */
  clear(): void {
    this.#arrived = [];
    this.#window = [];
    this.#unfiltered = [];
    this.#waiting = 0;
    this.#lost = 0;
    batch(() => {
      this.history.reset();
      this.shown.value = [];
      this.#count();
    });
  }

  /** Follows nothing any more. */
  close(): void {
    this.setNodes([]);
    this.clear();
  }

  takeLines(node: string, lines: readonly LogLine[]): void {
    const last = this.#followed.get(node);
    if (last === undefined) return;
    // Some may be there already, after a reconnect: they are put where they are.
    const fresh = entriesOf(node, lines).filter(({ line }) => isOfSource(line, this.#source));
    const [first] = fresh;
    if (first === undefined) return;
    if (this.#resumed.delete(node)) void this.#fillGap(node, { after: last, before: first.line.seq });
    this.#followed.set(node, Math.max(last, ...fresh.map(({ line }) => line.seq)));
    for (const entry of fresh) this.#arrived.push(entry);
    const excess = this.#arrived.length - this.#mostLines;
    if (excess > 0) this.#arrived.splice(0, excess);
    this.#waiting += fresh.length;
    this.#lost += Math.max(0, excess);
    this.#request();
  }

  /** After a reconnect the console sends the last lines only: those before them are asked for. */
  async #fillGap(node: string, between: { after: number; before: number }): Promise<void> {
    this.takeLines(node, await this.history.between({ node, source: this.#sourceOf(node), ...between }));
  }

  /** The source of a log, as far as it is known. */
  #sourceOf(node: string): LogSource | undefined {
    return this.states.value.get(node)?.source ?? this.#source;
  }

  take(message: LogLinesMessage | LogStateMessage): void {
    if (message.type === 'logs') this.takeLines(message.node, message.lines);
    else if (this.#followed.has(message.node))
      this.states.value = new Map(this.states.value).set(message.node, message);
  }

  restart(node: string): void {
    if (!this.#followed.has(node)) return;
    this.#forget((one) => one === node);
    this.#follow(node, 0);
  }

  #follow(node: string, afterSeq: number): void {
    this.#followed.set(node, afterSeq);
    const source = this.#source;
    this.#options.send({ type: 'logs.follow', node, afterSeq, ...(source === undefined ? {} : { source }) });
  }

  #forget(isGone: (node: string) => boolean): void {
    const stay = ({ node }: LogEntry): boolean => !isGone(node);
    this.#window = this.#window.filter(stay);
    this.#arrived = this.#arrived.filter(stay);
    this.#unfiltered = this.#unfiltered.filter(stay);
    this.#waiting = this.#arrived.length;
    batch(() => {
      this.shown.value = this.shown.value.filter(stay);
      this.states.value = new Map([...this.states.value].filter(([node]) => !isGone(node)));
      this.#count();
    });
  }

  #request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.#options.schedule(() => {
      this.#isRequested = false;
      batch(() => this.#takeFrame());
      if (this.#canTake || this.#unfiltered.length > 0) this.#request();
    });
  }

  #takeFrame(): void {
    this.#takeIn();
    this.#filterSome();
    this.#count();
  }

  get #canTake(): boolean {
    return this.#arrived.length > 0 && this.#room > 0;
  }

  /** How many lines may be taken in now. */
  get #room(): number {
    if (this.hold.value !== undefined) return 0;
    if (this.#isFollowing) return linesPerFrame;
    return Math.min(linesPerFrame, this.#mostLines - this.#window.length);
  }

  #takeIn(): void {
    const taken = this.#arrived.splice(0, this.#room);
    if (taken.length === 0) return;
    // Those that were dropped while they waited wait no more either.
    this.#waiting = this.#arrived.length === 0 ? 0 : this.#waiting - taken.length;
    const all = mergeEntries(this.#window, taken);
    this.#window = all.slice(-this.#mostLines);
    this.#lost += all.length - this.#window.length;
    // Older lines that were asked for would no longer join what is in memory.
    if (all.length > this.#window.length) {
      this.history.reset();
      this.shown.value = entriesFrom(this.shown.value, this.#window[0]);
    }
    this.#judge.judge(taken);
  }

  #filterSome(): void {
    if (this.#unfiltered.length === 0) return;
    const slice = this.#unfiltered.slice(-filteredPerFrame);
    this.#unfiltered = this.#unfiltered.slice(0, -filteredPerFrame);
    this.#judge.judge(slice);
  }

  #show(matched: readonly LogEntry[]): void {
    const before = this.#isStale ? [] : this.shown.value;
    this.#isStale = false;
    const all = mergeEntries(before, matched);
    // A worker may answer when its lines are not in memory any more.
    this.shown.value = this.history.isEmpty ? entriesFrom(all, this.#window[0]) : all;
  }

  #count(): void {
    this.kept.value = this.#window.length;
    this.waiting.value = this.#waiting;
    this.dropped.value = this.#lost;
  }
}

/** Lines of another source may still be on their way when it is changed. */
function isOfSource({ stream }: LogLine, source: LogSource | undefined): boolean {
  if (source === undefined || source === 'all') return true;
  return (stream === 'logger') === (source === 'logger');
}
