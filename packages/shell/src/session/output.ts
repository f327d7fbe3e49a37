/** The output of a session: numbers it, keeps the newest part, draws it on the session's screen and sends it to viewers. */

import type { ScreenSize } from '../sanitize/control-sequence.ts';
import { type OutputChunk, OutputRing } from './output-ring.ts';
import { cutOutput } from './output-work.ts';
import { Screen, type Snapshot } from './screen.ts';

export class Output {
  readonly #ring: OutputRing;
  readonly #screen: Screen;
  readonly #listeners = new Set<(chunk: OutputChunk) => void>();

  #size: ScreenSize;

  /** `firstSeq` is the number of the first chunk. Default 1. */
  constructor(size: ScreenSize, firstSeq?: number) {
    this.#ring = new OutputRing(undefined, firstSeq);
    this.#size = size;
    this.#screen = new Screen(size);
  }

  print(data: string): void {
    for (const piece of cutOutput(data, this.#size)) {
      const chunk = this.#ring.add(piece.data);
      this.#screen.write(chunk, piece.work);
      this.#tell(chunk);
    }
  }

  onChunk(listener: (chunk: OutputChunk) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Returns a promise while so much is to be drawn that printing processes should wait. */
  whenReady(): Promise<void> | undefined {
    return this.#screen.whenReady();
  }

  /** Changes the size of the screen between the output before and the output after. */
  resize(size: ScreenSize): void {
    this.#size = size;
    const chunk = this.#ring.addResize({ cols: size.columns, rows: size.rows });
    this.#screen.resize(size, chunk.seq);
    this.#tell(chunk);
  }

  since(seq: number): readonly OutputChunk[] | undefined {
    return this.#ring.since(seq);
  }

  snapshot(): Snapshot {
    return this.#screen.snapshot((seq) => this.#ring.since(seq) !== undefined);
  }

  text(): Promise<string> {
    return this.#screen.text();
  }

  #tell(chunk: OutputChunk): void {
    for (const listener of this.#listeners) listener(chunk);
  }
}
