/**
 * The lines of a node's log on disk: files of at most a megabyte in a folder of their own, each named after the number of its first line. When all
 * together are larger than the bound, the oldest is deleted. What a crash has cut off at the end of a file is left out when it is opened.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeLine, type StoredLine } from './stored-line.ts';

/** A file of lines. */
interface Segment {
  readonly file: string;
  readonly firstSeq: number;
  bytes: number;
  /** Times of its earliest and its latest line, once it was read after its last line was written. */
  times?: readonly [number, number];
}

/** A range of lines. */
export interface LineRange {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Only lines from this time on, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Only lines before this time. */
  readonly until?: number | undefined;
}

/** Options of `LogSegments`. */
export interface LogSegmentsOptions {
  readonly folder: string;
  /** Maximum size of all files together. */
  readonly maxBytes: number;
}

const suffix = '.jsonl';
/** At least four files, so that a quarter at most is deleted at once. */
const maxSegmentBytes = 1024 * 1024;

/** The files of one log. */
export class LogSegments {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  #segments: Segment[] = [];

  constructor({ folder, maxBytes }: LogSegmentsOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#segmentBytes = Math.min(maxSegmentBytes, Math.ceil(maxBytes / 4));
  }

  /** Finds the files of the folder, which need not exist, and returns the last lines, `count` or some more. Throws the error of the file system. */
  open(count: number): StoredLine[] {
    this.#segments = existsSync(this.#folder) ? segmentsIn(this.#folder) : [];
    this.#dropTornEnd();
    return this.#lastLines(count);
  }

  /** Size of all files. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #lastLines(count: number): StoredLine[] {
    let lines: StoredLine[] = [];
    for (const { file } of this.#segments.toReversed()) {
      lines = [...linesOf(readFileSync(file, 'utf8')), ...lines];
      if (lines.length >= count) break;
    }
    return lines;
  }

  /** Appends encoded lines; `seqs` are their numbers. Rejects with the error of the file system; some may have been written then. */
  async append(texts: readonly string[], seqs: readonly number[]): Promise<void> {
    for (let from = 0; from < texts.length;) {
      const segment = this.#openSegment(seqs[from] ?? 0);
      const room = this.#segmentBytes - segment.bytes;
      let bytes = 0;
      let to = from;
      for (; to < texts.length && (bytes === 0 || bytes < room); to += 1)
        bytes += Buffer.byteLength(texts[to] ?? '');
      await appendFile(segment.file, texts.slice(from, to).join(''), { mode: 0o600 });
      segment.bytes += bytes;
      from = to;
      await this.#dropOldest();
    }
  }

  /** Numbers of the first lines of the files that may have lines of a range, in order. */
  within({ fromSeq, toSeq, since = -Infinity, until = Infinity }: LineRange): number[] {
    return this.#segments
      .filter(({ firstSeq, times: [first, last] = [-Infinity, Infinity] }, index) => {
        const next = this.#segments[index + 1]?.firstSeq ?? Infinity;
        return firstSeq <= toSeq && next > fromSeq && first < until && last >= since;
      })
      .map(({ firstSeq }) => firstSeq);
  }

  /** The lines of the file whose first line has this number; none if it was deleted meanwhile. */
  async read(firstSeq: number): Promise<StoredLine[]> {
    const segment = this.#segments.find((one) => one.firstSeq === firstSeq);
    if (segment === undefined) return [];
    const isComplete = segment !== this.#segments.at(-1);
    try {
      const lines = linesOf(await readFile(segment.file, 'utf8'));
      if (isComplete) segment.times ??= timesOf(lines);
      return lines;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Deletes all files. */
  clear(): void {
    this.#segments.length = 0;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #openSegment(seq: number): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.bytes < this.#segmentBytes) return last;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, `${String(seq).padStart(16, '0')}${suffix}`);
    const segment = { file, firstSeq: seq, bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  async #dropOldest(): Promise<void> {
    while (this.#segments.length > 1 && this.bytes > this.#maxBytes) {
      const oldest = this.#segments.shift();
      if (oldest !== undefined) await rm(oldest.file, { force: true });
    }
  }

  #dropTornEnd(): void {
    const last = this.#segments.at(-1);
    if (last === undefined || last.bytes === 0) return;
    const bytes = readFileSync(last.file);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole === bytes.length) return;
    truncateSync(last.file, whole);
    last.bytes = whole;
  }
}

function segmentsIn(folder: string): Segment[] {
  return readdirSync(folder)
    .filter((name) => /^\d{1,16}\.jsonl$/.test(name))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      return { file, firstSeq: Number(name.slice(0, -suffix.length)), bytes: statSync(file).size };
    });
}

function timesOf(lines: readonly StoredLine[]): [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { line } of lines) {
    first = Math.min(first, line.at);
    last = Math.max(last, line.at);
  }
  return [first, last];
}

function linesOf(text: string): StoredLine[] {
  return text.split('\n').flatMap((one) => (one === '' ? [] : (decodeLine(one) ?? [])));
}
