/**
 * Creates the pids and references of one node, and the keys that pids and references are looked up by. A pid is unique
 * within the creation; two references are equal only with a probability of 2^-64.
 */

import { Pid, Reference } from '../../etf/index.ts';

/** The node that pids and references belong to. */
export interface Incarnation {
  readonly node: string;
  readonly creation: number;
}

/** OTP 23 disconnects when the id of a pid has more bits. */
const pidIdCount = 2 ** 15;
/** OTP 23 reads this many bits of a reference's first word. */
const firstWordCount = 2 ** 18;

/**
 * Creates pids: ids below 2^15 first, then the next serial. Serials stay within the 13 bits of OTP 23 for the first
 * 268 million processes; later ones need peers with V4_NC, which every release since 24 has.
 */
export class PidGenerator {
  readonly #incarnation: Incarnation;
  // Pid 0 would be the init process of an Erlang node, which this node does not have.
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

/** The number of a pid within its node and creation. */
export function localPidNumber(pid: Pid): number {
  return pid.serial * pidIdCount + pid.id;
}

/**
 * Creates references of three words, as many as OTP 23 reads: a counter in the first, random bits in the others. A process
 * accepts an answer from any sender that knows its reference, so a known reference must not reveal the next one.
 */
export class ReferenceGenerator {
  readonly #incarnation: Incarnation;
  readonly #randomWord: () => number;
  #count = 0;

  /** `randomWord` returns 32 random bits. */
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

/** A key that is equal for equal pids only. Shorter and faster than `termKey`. */
export function pidKey(pid: Pid): string {
  return `${pid.id}.${pid.serial}.${pid.creation}@${pid.node}`;
}

export function isSamePid(a: Pid, b: Pid): boolean {
  return (
    a === b || (a.id === b.id && a.serial === b.serial && a.creation === b.creation && a.node === b.node)
  );
}

/** A key that is equal for equal references only. */
export function referenceKey(reference: Reference): string {
  return `${reference.words.join('.')}/${reference.creation}@${reference.node}`;
}
