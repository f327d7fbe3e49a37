/**
 * Which numbered input of each page a shell has taken: what comes twice, after a reconnect, is taken once, and what
 * follows a hole is refused, because a line without some of its keys must not run. Pure.
 */

/** Pages that a shell remembers; the one that was quiet for longest is forgotten first. */
const maxWriters = 256;

interface Writer {
  /** The attachment that may type for it: the newest. An older one may still bring what was sent before. */
  owner: object;
  taken: number;
}

export type Verdict =
  /** The next one: to be typed. */
  | 'next'
  | 'repeat'
  /** Input before it never came. */
  | 'gap'
  /** The page has attached by another socket since, or was forgotten. */
  | 'stale';

export class InputLedger {
  /** In the order of their last use. */
  readonly #writers = new Map<string, Writer>();

  /** Lets `owner` alone type for a page. Returns the number of the page's last input that was taken, 0 when none is known. */
  claim(client: string, owner: object): number {
    const taken = this.taken(client);
    this.#use(client, { owner, taken });
    if (this.#writers.size > maxWriters) {
      const [oldest] = this.#writers.keys();
      if (oldest !== undefined) this.#writers.delete(oldest);
    }
    return taken;
  }

  taken(client: string): number {
    return this.#writers.get(client)?.taken ?? 0;
  }

  /** Counts input number `seq` as taken when it is the next one. */
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
