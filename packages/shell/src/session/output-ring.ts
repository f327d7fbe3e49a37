/** The newest output of a session, numbered, bounded in size: for viewers that come back after a dropped connection. Pure. */

export interface OutputChunk {
  /** Counts up by one per chunk, from 1. */
  readonly seq: number;
  /** Terminal text. */
  readonly data: string;
}

const defaultMaxLength = 1024 * 1024;

export class OutputRing {
  readonly #maxLength: number;
  #chunks: OutputChunk[] = [];
  #length = 0;
  #lastSeq = 0;

  constructor(maxLength: number = defaultMaxLength) {
    this.#maxLength = maxLength;
  }

  /** The number of the newest chunk; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  add(data: string): OutputChunk {
    this.#lastSeq += 1;
    const chunk = { seq: this.#lastSeq, data };
    this.#chunks.push(chunk);
    this.#length += data.length;
    this.#trim();
    return chunk;
  }

  /** Everything after chunk `seq`, or `undefined` when some of it is gone. */
  since(seq: number): readonly OutputChunk[] | undefined {
    const oldest = this.#chunks[0]?.seq ?? this.#lastSeq + 1;
    return seq + 1 < oldest || seq > this.#lastSeq
      ? undefined
      : this.#chunks.filter((chunk) => chunk.seq > seq);
  }

  /** Drops from the front in one go, so that adding stays cheap. */
  #trim(): void {
    if (this.#length <= this.#maxLength) return;
    let dropped = 0;
    while (this.#length > this.#maxLength / 2 && dropped < this.#chunks.length - 1) {
      this.#length -= this.#chunks[dropped]?.data.length ?? 0;
      dropped += 1;
    }
    this.#chunks = this.#chunks.slice(dropped);
  }
}
