/**
 * Counts the messages that have been written to a stream and have not left this process, so that a connection that ends can say how
 * many are lost. Messages of one write count as lost together until all of its bytes have left. Pure.
 */

interface Written {
  /** Where the write ends, in bytes since the connection began. */
  readonly end: number;
  readonly messages: number;
}

/** With fewer entries that are done it is not worth moving the rest. */
const compactAfter = 512;

export class UnsentMessages {
  #writes: Written[] = [];
  #head = 0;
  #count = 0;

  /** Messages in writes of which a part has not left. */
  get count(): number {
    return this.#count;
  }

  /** `messages` end in a write that ends at `end`; the stream still holds `bufferedBytes`, the last of which is at `end`. */
  add(messages: number, end: number, bufferedBytes: number): void {
    if (bufferedBytes === 0) return this.clear();
    this.advance(end - bufferedBytes);
    if (messages === 0) return;
    this.#writes.push({ end, messages });
    this.#count += messages;
  }

  /** The first `sent` bytes have left. */
  advance(sent: number): void {
    for (let write = this.#writes[this.#head]; write !== undefined && write.end <= sent;) {
      this.#count -= write.messages;
      this.#head += 1;
      write = this.#writes[this.#head];
    }
    if (this.#head < compactAfter || this.#head * 2 < this.#writes.length) return;
    this.#writes = this.#writes.slice(this.#head);
    this.#head = 0;
  }

  /** Everything has left. */
  clear(): void {
    if (this.#count === 0) return;
    this.#writes = [];
    this.#head = 0;
    this.#count = 0;
  }
}
