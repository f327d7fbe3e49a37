/**
 * Tracks which numbered input of each page a shell has taken. Input that arrives twice, after a reconnect, is taken once.
 * Input after a gap is refused, because a line with missing keys must not run. Pure.
 */

/** Maximum number of pages to remember per shell. The least recently active one is forgotten first. */
const maxWriters = 256;

interface Writer {
  /** The newest attachment, which alone may type. An older one may still deliver input that was sent before. */
  owner: object;
  taken: number;
}

/** What to do with numbered input. */
export type Verdict =
  /** The expected number: type it. */
  | 'next'
  /** Already taken: drop it. */
  | 'repeat'
  /** Earlier input is missing: refuse it. */
  | 'gap'
  /** The page has attached by another socket since then, or was forgotten: refuse it. */
  | 'stale';

/** The input that one shell has taken. */
export class InputLedger {
  /** Ordered by last use. */
  readonly #writers = new Map<string, Writer>();

  /** Makes `owner` the only one that types for a page. Returns the number of the last input taken from the page, or 0. */
  claim(client: string, owner: object): number {
    const taken = this.taken(client);
    this.#use(client, { owner, taken });
    if (this.#writers.size > maxWriters) {
      const [oldest] = this.#writers.keys();
      if (oldest !== undefined) this.#writers.delete(oldest);
    }
    return taken;
  }

  /** Number of the last input taken from a page, or 0. */
  taken(client: string): number {
    return this.#writers.get(client)?.taken ?? 0;
  }

  /** Decides about input `seq`, and counts it as taken if it is the next one. */
  take(client: string, owner: object, seq: number): Verdict {
    const writer = this.#writers.get(client);
    if (writer?.owner !== owner) return 'stale';
    this.#use(client, writer);
    if (seq <= writer.taken) return 'repeat';
    if (seq > writer.taken + 1) return 'gap';
    writer.taken = seq;
    return 'next';
  }

  #use(client: string, writer: Writer): void {
    this.#writers.delete(client);
    this.#writers.set(client, writer);
  }
}
