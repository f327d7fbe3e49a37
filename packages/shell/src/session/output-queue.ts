/**
 * Hands the output of a node on in slices of bounded cost, one in each turn of the event loop, and no more than the
 * screen keeps up with. What prints waits meanwhile; output of many processes shares a slice. The first output of a turn
 * goes on at once, so that a shell that is used by a person is not slowed down.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutputFilter } from '../sanitize.ts';
import type { ScreenSize } from '../sanitize/control-sequence.ts';
import { takePiece } from './output-work.ts';

export interface OutputQueueOptions {
  readonly filter: OutputFilter;
  readonly size: () => ScreenSize;
  /** Takes filtered output. */
  readonly show: (text: string) => void;
  /** A promise while the screen has enough to do. */
  readonly whenReady: () => Promise<void> | undefined;
  /** Takes what `show` throws in a later turn. */
  readonly onFault: (error: unknown) => void;
}

interface Printing {
  readonly text: string;
  /** How much of it has been taken. */
  at: number;
  readonly done: () => void;
}

/** Most output that is filtered in one turn, in UTF-16 units. */
const sliceLength = 64 * 1024;
/** Most output that waits, in UTF-16 units. A single text may be longer, because it is here already. */
const maxWaiting = 16 * 1024 * 1024;
const leftOut = '\n[output left out]\n';

export class OutputQueue {
  readonly #options: OutputQueueOptions;
  #waiting: Printing[] = [];
  #waitingLength = 0;
  /** Filtered, not shown yet. */
  #ready = '';
  #isTurnUsed = false;
  #isRunning = false;
  #isDropping = false;
  #isClosed = false;

  constructor(options: OutputQueueOptions) {
    this.#options = options;
  }

  /** Resolves when all of `text` has been handed on and the screen can take more. */
  print(text: string): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    if (!this.#isRunning && !this.#isTurnUsed && text.length <= sliceLength) {
      this.#useTurn();
      this.#ready = this.#options.filter.filter(text);
      this.#showPiece();
      if (this.#ready === '') return this.#options.whenReady();
      return this.#enqueue('');
    }
    if (this.#waitingLength > 0 && this.#waitingLength + text.length > maxWaiting) {
      if (!this.#isDropping) void this.#enqueue(leftOut);
      this.#isDropping = true;
      return undefined;
    }
    return this.#enqueue(text);
  }

  /** Drops pending output, as a terminal line does at Ctrl-C; output that fits into the next turn is kept. */
  discard(): void {
    if (this.#ready === '' && this.#waitingLength <= sliceLength) return;
    for (const printing of this.#waiting) printing.at = printing.text.length;
    this.#waitingLength = 0;
    this.#ready = '';
    this.#options.filter.reset();
    this.#isDropping = false;
    void this.#enqueue(leftOut);
  }

  /** Shows what is left as far as one slice goes, and lets everything go that waits. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fill();
    this.#showPiece();
    for (const { done } of this.#waiting) done();
    this.#waiting = [];
    this.#waitingLength = 0;
  }

  #enqueue(text: string): Promise<void> {
    this.#waitingLength += text.length;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ text, at: 0, done: resolve });
    if (!this.#isRunning) this.#run().catch(this.#options.onFault);
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isClosed && this.#waiting.length > 0) {
      await nextTurn();
      await this.#options.whenReady();
      if (this.#isClosed) break;
      this.#fill();
      this.#showPiece();
      if (this.#ready === '') this.#letGo();
    }
    this.#isRunning = false;
  }

  /** Those whose text has been shown go on; the next slice waits for the screen. */
  #letGo(): void {
    const isShown = ({ text, at }: Printing): boolean => at >= text.length;
    for (const printing of this.#waiting.filter(isShown)) void this.#goOn(printing);
    this.#waiting = this.#waiting.filter((printing) => !isShown(printing));
    if (this.#waiting.length === 0) this.#isDropping = false;
  }

  async #goOn({ done }: Printing): Promise<void> {
    await this.#options.whenReady();
    done();
  }

  /** Filters as much as one turn may, once everything filtered before has been shown. */
  #fill(): void {
    let room = this.#ready === '' ? sliceLength : 0;
    for (const printing of this.#waiting) {
      if (room <= 0) break;
      const end = endOfSlice(printing.text, printing.at, room);
      const piece = printing.text.slice(printing.at, end);
      this.#ready += this.#options.filter.filter(piece);
      this.#waitingLength -= piece.length;
      room -= piece.length;
      printing.at = end;
    }
  }

  #showPiece(): void {
    if (this.#ready === '') return;
    const { data } = takePiece(this.#ready, 0, this.#options.size());
    this.#ready = this.#ready.slice(data.length);
    this.#options.show(data);
  }

  #useTurn(): void {
    this.#isTurnUsed = true;
    setImmediate(() => {
      this.#isTurnUsed = false;
    });
  }
}

/** Where a slice of at most `room` ends, never between the halves of a character. */
function endOfSlice(text: string, start: number, room: number): number {
  const end = Math.min(text.length, start + room);
  const isBetween = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isBetween ? end + 1 : end;
}
