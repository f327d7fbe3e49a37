/** The newest output of a session, numbered and bounded in size, for viewers that reconnect. Pure. */

/** A piece of output. */
export interface OutputChunk {
  /** Sequence number, counted from 1, or from the `firstSeq` of a resumed session. */
  readonly seq: number;
  /** Terminal text. */
  readonly data: string;
  /** The size of the screen from this chunk on; `data` is then empty. */
  readonly size?: { readonly cols: number; readonly rows: number };
}

const defaultMaxLength = 1024 * 1024;
/** What a change of the size counts as, so that any number of them is bounded. */
const resizeLength = 64;

export class OutputRing {
  readonly #maxLength: number;
  #chunks: OutputChunk[] = [];
  #length = 0;
  #lastSeq: number;

  /** `firstSeq` is the number of the first chunk. */
  constructor(maxLength: number = defaultMaxLength, firstSeq: number = 1) {
    this.#maxLength = maxLength;
    this.#lastSeq = firstSeq - 1;
  }

  /** The number of the newest chunk; one less than that of the first before there is one. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  add(data: string): OutputChunk {
    return this.#push({ seq: this.#lastSeq + 1, data });
  }

  addResize(size: { cols: number; rows: number }): OutputChunk {
    return this.#push({ seq: this.#lastSeq + 1, data: '', size });
  }

  #push(chunk: OutputChunk): OutputChunk {
    this.#lastSeq = chunk.seq;
    this.#chunks.push(chunk);
    this.#length += lengthOf(chunk);
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
      const oldest = this.#chunks[dropped];
      this.#length -= oldest === undefined ? 0 : lengthOf(oldest);
      dropped += 1;
    }
    this.#chunks = this.#chunks.slice(dropped);
  }
}

function lengthOf({ data, size }: OutputChunk): number {
  return size === undefined ? data.length : resizeLength;
}
