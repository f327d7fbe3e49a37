/**
 * Values that identify something on a node: processes, ports, references and functions. They hold no other terms. Plain
 * data; equality and keys are in terms.ts. Constructors throw `EncodeError` for values that such a term cannot hold; the
 * encoder checks again, because JavaScript code can change the fields.
 */

import { EncodeError } from '../errors.ts';
import { checkArity, checkArray, checkBytes, checkName, checkWord, wrongType } from './argument-checks.ts';

const maxPortId = 2n ** 64n - 1n;
const maxReferenceWords = 5;

/** A process identifier. `node` is the full node name. */
export class Pid {
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
  // oxlint-disable-next-line max-params -- the four parts of a pid; an options object per decoded pid costs speed
  constructor(node: string, id: number, serial: number, creation: number) {
    // Decoding creates many pids: one comparison for each part, and the detailed check only when that fails.
    const isSound = id >>> 0 === id && serial >>> 0 === serial && creation >>> 0 === creation;
    if (!isSound || !isShortName(node)) refusePid(node, [id, serial, creation]);
    this.node = node;
    this.id = id;
    this.serial = serial;
    this.creation = creation;
  }
  /** Text such as `<app@host.12.0>`. */
  toString(): string {
    return `<${this.node}.${this.id}.${this.serial}>`;
  }
}

/** Whether a name is short enough to be valid without counting its characters. */
function isShortName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= 255;
}

/** Whether this is a valid atom name, ignoring lone surrogates. Characters are counted, and some have two code units. */
function isName(name: unknown): boolean {
  if (isShortName(name)) return true;
  return typeof name === 'string' && name.length <= 510 && Array.from(name).length <= 255;
}

function refusePid(node: string, words: readonly [id: number, serial: number, creation: number]): void {
  checkName('the node of a pid', node);
  checkWord('the id of a pid', words[0]);
  checkWord('the serial of a pid', words[1]);
  checkWord('the creation of a pid', words[2]);
}

/** Whether a pid still holds what its constructor accepts; it may have been changed, or created without it. */
export function isSoundPid({ node, id, serial, creation }: Pid): boolean {
  return id >>> 0 === id && serial >>> 0 === serial && creation >>> 0 === creation && isName(node);
}

/** The same for a reference. */
export function isSoundReference({ node, creation, words }: Reference): boolean {
  if (creation >>> 0 !== creation || !isName(node) || !Array.isArray(words)) return false;
  if (words.length < 1 || words.length > maxReferenceWords) return false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as number;
    if (word >>> 0 !== word) return false;
  }
  return true;
}

/** A port identifier; `id` is up to 64 bits wide. */
export class Port {
  readonly node: string;
  readonly id: bigint;
  readonly creation: number;
  constructor(node: string, id: bigint, creation: number) {
    checkName('the node of a port', node);
    checkPortId(id);
    checkWord('the creation of a port', creation);
    this.node = node;
    this.id = id;
    this.creation = creation;
  }
  /** Text such as `#Port<app@host.5>`. */
  toString(): string {
    return `#Port<${this.node}.${this.id}>`;
  }
}

export function checkPortId(id: unknown): void {
  if (typeof id !== 'bigint') throw wrongType('the id of a port', 'a bigint', id);
  if (id < 0n || id > maxPortId) {
    throw new EncodeError('ENCODE_RANGE', 'the id of a port must be an unsigned 64-bit integer');
  }
}

/** A reference of 1 to 5 words of 32 bits, in wire order. */
export class Reference {
  readonly node: string;
  readonly creation: number;
  readonly words: readonly number[];
  constructor(node: string, creation: number, words: readonly number[]) {
    if (creation >>> 0 !== creation || !isShortName(node)) {
      checkName('the node of a reference', node);
      checkWord('the creation of a reference', creation);
    }
    checkReferenceWords(words);
    this.node = node;
    this.creation = creation;
    this.words = words;
  }
  /** Text such as `#Ref<app@host.1.2.3>`. */
  toString(): string {
    return `#Ref<${this.node}.${this.words.join('.')}>`;
  }
}

function checkReferenceWords(words: readonly number[]): void {
  checkArray('the words of a reference', words);
  const { length } = words;
  if (length < 1 || length > maxReferenceWords) {
    throw new EncodeError(
      'ENCODE_RANGE',
      `a reference must have 1 to ${maxReferenceWords} words, not ${length}`,
    );
  }
  for (let at = 0; at < length; at += 1) checkWord('a word of a reference', words[at]);
}

/** A local fun of some node: opaque, relayed byte for byte. `bytes` is its external form, starting with the tag. */
export class Fun {
  readonly module: string;
  readonly arity: number;
  readonly bytes: Uint8Array;
  constructor(module: string, arity: number, bytes: Uint8Array) {
    checkName('the module of a fun', module);
    checkArity(arity);
    checkBytes('the external form of a fun', bytes);
    this.module = module;
    this.arity = arity;
    this.bytes = bytes;
  }
}

/** An external fun, `fun Module:Function/Arity`. The arity is 0 to 255: a larger one crashes OTP 27, so it is never encoded. */
export class ExportFun {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  constructor(module: string, functionName: string, arity: number) {
    checkName('the module of a fun', module);
    checkName('the function of a fun', functionName);
    checkArity(arity);
    this.module = module;
    this.function = functionName;
    this.arity = arity;
  }
}
