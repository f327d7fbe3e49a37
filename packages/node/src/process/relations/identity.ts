/**
 * Mints the pids and references of one node, and makes the strings that pids and references are looked up by.
 * No pid is minted twice while the creation lives, and no reference but by a chance of 2^-64.
 */
import { Pid, Reference } from '../../etf/index.ts';

/** The node that things belong to. */
export interface Incarnation {
  readonly node: string;
  readonly creation: number;
}

/** OTP 23 disconnects on a pid id of more bits. */
const pidIdCount = 2 ** 15;
/** OTP 23 reads this many bits of a reference's first word. */
const firstWordCount = 2 ** 18;

/**
 * Mints pids: ids below 2^15 first, then the next serial. Serials stay within the 13 bits of OTP 23 for the first
 * 268 million processes; later ones need peers with V4_NC, as every release since 24 is.
 */
export class PidMinter {
  readonly #incarnation: Incarnation;
  // Pid 0 would be the init process of an Erlang node; none of ours is that.
  #next = 1;

  constructor(incarnation: Incarnation) {
    this.#incarnation = incarnation;
  }
  next(): Pid {
    const count = this.#next++;
    const { node, creation } = this.#incarnation;
    return new Pid(node, count % pidIdCount, Math.floor(count / pidIdCount), creation);
  }
}

/** The number of a pid among those of its own node and creation. */
export function localPidNumber(pid: Pid): number {
  return pid.serial * pidIdCount + pid.id;
}

/**
 * Mints references of three words, as many as OTP 23 reads: a counter in the first, random bits in the others. A process
 * takes an answer from every sender that knows its reference, so a reference that was seen must tell nothing of the next.
 */
export class ReferenceMinter {
  readonly #incarnation: Incarnation;
  readonly #randomWord: () => number;
  #count = 0;

  /** `randomWord` gives 32 random bits. */
  constructor(incarnation: Incarnation, randomWord: () => number) {
    this.#incarnation = incarnation;
    this.#randomWord = randomWord;
  }
  next(): Reference {
    this.#count = (this.#count + 1) % firstWordCount;
    const { node, creation } = this.#incarnation;
    return new Reference(node, creation, [this.#count, this.#randomWord(), this.#randomWord()]);
  }
}

/** Equal for equal pids, different for others. Shorter and quicker than `termKey`. */
export function pidKey(pid: Pid): string {
  return `${pid.id}.${pid.serial}.${pid.creation}@${pid.node}`;
}

/** Equal for equal references, different for others. */
export function referenceKey(reference: Reference): string {
  return `${reference.words.join('.')}/${reference.creation}@${reference.node}`;
}
