/** Where the output of a session goes: numbered, kept for a while, drawn on the screen of the session, and to viewers. */
import { type OutputChunk, OutputRing, splitOutput } from './output-ring.ts';
import { Screen, type Snapshot } from './screen.ts';

export class Output {
  readonly #ring = new OutputRing();
  readonly #screen: Screen;
  readonly #listeners = new Set<(chunk: OutputChunk) => void>();

  constructor(size: { columns: number; rows: number }) {
    this.#screen = new Screen(size);
  }

  print(data: string): void {
    for (const piece of splitOutput(data)) {
      const chunk = this.#ring.add(piece);
      this.#screen.write(chunk);
      for (const listener of this.#listeners) listener(chunk);
    }
  }

  onChunk(listener: (chunk: OutputChunk) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A promise while whoever prints should wait. */
  whenReady(): Promise<void> | undefined {
    return this.#screen.whenReady();
  }

  resize(size: { columns: number; rows: number }): void {
    this.#screen.resize(size);
  }

  since(seq: number): readonly OutputChunk[] | undefined {
    return this.#ring.since(seq);
  }

  snapshot(): Snapshot {
    return this.#screen.snapshot(this.#ring.lastSeq);
  }

  text(): Promise<string> {
    return this.#screen.text();
  }
}
