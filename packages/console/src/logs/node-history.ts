/**
 * The log of one node: numbers its lines, keeps the last ones in memory for those who follow it, and writes all of them to disk a few times a second.
 * A disk that cannot be written to costs the history, never the live log.
 */

import type { LogLine, LogSource } from '../protocol/index.ts';
import { type LineRange, LogSegments } from './log-segments.ts';
import { encodeLine, type StoredLine } from './stored-line.ts';

/** Options of `NodeHistory`. */
export interface NodeHistoryOptions {
  /** Its own folder, which is made with the first line. */
  readonly folder: string;
  /** Maximum size on disk. */
  readonly maxBytes: number;
  /** Called when the disk cannot be used, once until it can be used again. */
  readonly onProblem: (error: unknown) => void;
}

/** A line before it has its number. */
export type NewLine = Omit<LogLine, 'seq'>;

/** Some lines of a log, in order. */
export type LogBlock = () => Promise<readonly LogLine[]>;

/** How many lines are in memory: of a log that is followed more, because a slow page may be a few seconds behind. */
const tailLines = { idle: 2000, followed: 20_000 };
const maxTailCharacters = 8_000_000;
/** More than the bound is kept until it is worth removing. */
const slack = 1.1;
const writeMs = 200;
/** What waits for a disk that hangs. */
const maxWaitingCharacters = 8_000_000;

/** The log of one node. */
export class NodeHistory {
  readonly #segments: LogSegments;
  readonly #onProblem: (error: unknown) => void;
  readonly #followers = new Set<() => void>();
  #tail: StoredLine[] = [];
  #tailCharacters = 0;
  #lastSeq = 0;
  #lastPosition = 0;
  #waiting: { texts: string[]; seqs: number[]; characters: number } = noneWaiting();
  #timer: NodeJS.Timeout | undefined;
  /** All work on the files, one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #hasProblem = false;

  /** Opens the log in a folder. */
  constructor({ folder, maxBytes, onProblem }: NodeHistoryOptions) {
    this.#onProblem = onProblem;
    this.#segments = new LogSegments({ folder, maxBytes });
    try {
      this.#remember(this.#segments.open(tailLines.idle));
    } catch (error) {
      this.#noteProblem(error);
    }
  }

  /** Number of the last line; 0 if there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Position of the last line that has one. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** Adds a line. `position` is that of `ProviderLogLine`. */
  add(line: NewLine, position?: number): void {
    const stored: StoredLine = { line: { seq: this.#lastSeq + 1, ...line }, position };
    this.#remember([stored]);
    this.#write(stored);
    for (const follower of this.#followers) follower();
  }

  /** The lines in memory after a number. */
  recent(afterSeq: number, source: LogSource = 'all'): LogLine[] {
    let from = this.#tail.length;
    while (from > 0 && (this.#tail[from - 1]?.line.seq ?? 0) > afterSeq) from -= 1;
    return this.#tail
      .slice(from)
      .map(({ line }) => line)
      .filter((line) => isFrom(line, source));
  }

  /** Number of the first line in memory. */
  get firstRecentSeq(): number {
    return this.#tail[0]?.line.seq ?? this.#lastSeq + 1;
  }

  /** Calls `listener` after each new line. Returns the function that stops it. */
  follow(listener: () => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  /** The lines of a range, in blocks to read one after the other; also others outside of it. Rejects with the error of the file system. */
  async blocks(range: LineRange): Promise<LogBlock[]> {
    await this.flush();
    const firstRecent = this.firstRecentSeq;
    const onDisk = { ...range, toSeq: Math.min(range.toSeq, firstRecent - 1) };
    const stored = this.#segments.within(onDisk).map((firstSeq) => async () => {
      const lines = await this.#segments.read(firstSeq);
      return lines.map(({ line }) => line).filter(({ seq }) => seq < firstRecent);
    });
    const recent = this.#tail.map(({ line }) => line);
    return [...stored, () => Promise.resolve(recent)];
  }

  /** Resolves, never rejects, when everything that was added so far has been written. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { texts, seqs } = this.#waiting;
    this.#waiting = noneWaiting();
    if (texts.length > 0) this.#onDisk(() => this.#segments.append(texts, seqs));
    return this.#writing;
  }

  /** Deletes all lines: the next one has number 1 again. Resolves, never rejects. */
  clear(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = noneWaiting();
    this.#tail = [];
    this.#tailCharacters = 0;
    this.#lastSeq = 0;
    this.#lastPosition = 0;
    this.#onDisk(() => Promise.resolve(this.#segments.clear()));
    return this.#writing;
  }

  #remember(lines: readonly StoredLine[]): void {
    for (const stored of lines) {
      this.#tail.push(stored);
      this.#tailCharacters += stored.line.text.length;
      this.#lastSeq = stored.line.seq;
      this.#lastPosition = stored.position ?? this.#lastPosition;
    }
    const most = this.isFollowed ? tailLines.followed : tailLines.idle;
    const isLong = this.#tail.length > most * slack || this.#tailCharacters > maxTailCharacters * slack;
    if (!isLong) return;
    let from = Math.max(0, this.#tail.length - most);
    let characters = this.#tail.slice(from).reduce((sum, { line }) => sum + line.text.length, 0);
    for (; characters > maxTailCharacters; from += 1)
      characters -= this.#tail[from]?.line.text.length ?? characters;
    this.#tail = this.#tail.slice(from);
    this.#tailCharacters = characters;
  }

  #write(stored: StoredLine): void {
    if (this.#waiting.characters > maxWaitingCharacters) return;
    const text = encodeLine(stored);
    this.#waiting.texts.push(text);
    this.#waiting.seqs.push(stored.line.seq);
    this.#waiting.characters += text.length;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), writeMs);
    this.#timer.unref();
  }

  #onDisk(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(async () => {
      try {
        await work();
        this.#hasProblem = false;
      } catch (error) {
        this.#noteProblem(error);
      }
    });
  }

  #noteProblem(error: unknown): void {
    if (!this.#hasProblem) this.#onProblem(error);
    this.#hasProblem = true;
  }
}

/** Whether a line is of a source. */
export function isFrom({ stream }: Pick<LogLine, 'stream'>, source: LogSource): boolean {
  return source === 'all' || (stream === 'logger') === (source === 'logger');
}

function noneWaiting(): { texts: string[]; seqs: number[]; characters: number } {
  return { texts: [], seqs: [], characters: 0 };
}
