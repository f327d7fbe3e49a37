/** The newest output of a session, numbered and bounded in size, for viewers that reconnect. Pure. */

/** A piece of output. */
export interface OutputChunk {
  /** Sequence number, counted from 1. */
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

  /** All chunks after chunk `seq`; `undefined` when some of them have been dropped. */
  since(seq: number): readonly OutputChunk[] | undefined {
    const oldest = this.#chunks[0]?.seq ?? this.#lastSeq + 1;
    return seq + 1 < oldest || seq > this.#lastSeq
      ? undefined
      : this.#chunks.filter((chunk) => chunk.seq > seq);
  }

  /** Drops many of the oldest chunks at once, so that adding stays cheap. */
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
