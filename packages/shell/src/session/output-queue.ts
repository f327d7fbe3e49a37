/**
 * Passes on the output of a node in slices of bounded cost, one per turn of the event loop, and no faster than the screen
 * can draw. Printing processes wait in the meantime; the output of many processes shares a slice. The first output of a
 * turn is passed on immediately, so that interactive use is not slowed down.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutputFilter } from '../sanitize.ts';
import type { ScreenSize } from '../sanitize/control-sequence.ts';
import { takePiece } from './output-work.ts';

export interface OutputQueueOptions {
  readonly filter: OutputFilter;
  readonly size: () => ScreenSize;
  /** Receives filtered output. */
  readonly show: (text: string) => void;
  /** Returns a promise while the screen is busy. */
  readonly whenReady: () => Promise<void> | undefined;
  /** Called for an error of `show` in a later turn. */
  readonly onFault: (error: unknown) => void;
}

interface Printing {
  readonly text: string;
  /** How much of the text has been filtered. */
  at: number;
  readonly done: () => void;
}

/** Maximum output that is filtered in one turn, in UTF-16 units. */
const sliceLength = 64 * 1024;
/** Maximum waiting output, in UTF-16 units. A single text may be longer, because it is already in memory. */
const maxWaiting = 16 * 1024 * 1024;
const omitted = '\n[output omitted]\n';

export class OutputQueue {
  readonly #options: OutputQueueOptions;
  #waiting: Printing[] = [];
  #waitingLength = 0;
  /** Output that is filtered but not shown yet. */
  #ready = '';
  #isTurnUsed = false;
  #isRunning = false;
  #isDropping = false;
  #isClosed = false;

  constructor(options: OutputQueueOptions) {
    this.#options = options;
  }

  /** Resolves when all of `text` has been passed on and the screen can take more. */
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
      if (!this.#isDropping) void this.#enqueue(omitted);
      this.#isDropping = true;
      return undefined;
    }
    return this.#enqueue(text);
  }

  /** Drops pending output, as a terminal does at Ctrl-C; output that fits into the next turn is kept. */
  discard(): void {
    if (this.#ready === '' && this.#waitingLength <= sliceLength) return;
    for (const printing of this.#waiting) printing.at = printing.text.length;
    this.#waitingLength = 0;
    this.#ready = '';
    this.#options.filter.reset();
    this.#isDropping = false;
    void this.#enqueue(omitted);
  }

  /** Shows one more slice, and releases all waiting processes. */
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

  /** Releases the processes whose text has been shown; the next slice waits for the screen. */
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

  /** Filters as much as one turn allows, once everything filtered before has been shown. */
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

/** The end of a slice of at most `room`, never between the halves of a surrogate pair. */
function endOfSlice(text: string, start: number, room: number): number {
  const end = Math.min(text.length, start + room);
  const isBetween = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isBetween ? end + 1 : end;
}
