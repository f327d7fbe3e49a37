/**
 * Values that name something on a node: processes, ports, references and functions. They hold no other terms.
 * Plain data; equality and keys are in terms.ts.
 */

/** A process identifier. `node` is the full node name. */
export class Pid {
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
  // oxlint-disable-next-line max-params -- the four parts of a pid; an options object per decoded pid costs speed
  constructor(node: string, id: number, serial: number, creation: number) {
    this.node = node;
    this.id = id;
    this.serial = serial;
    this.creation = creation;
  }
  toString(): string {
    return `<${this.node}.${this.id}.${this.serial}>`;
  }
}

/** A port identifier; `id` is up to 64 bits wide. */
export class Port {
  readonly node: string;
  readonly id: bigint;
  readonly creation: number;
  constructor(node: string, id: bigint, creation: number) {
    this.node = node;
    this.id = id;
    this.creation = creation;
  }
  toString(): string {
    return `#Port<${this.node}.${this.id}>`;
  }
}

/** A reference of 1 to 5 words of 32 bits, in the order they have on the wire. */
export class Reference {
  readonly node: string;
  readonly creation: number;
  readonly words: readonly number[];
  constructor(node: string, creation: number, words: readonly number[]) {
    this.node = node;
    this.creation = creation;
    this.words = words;
  }
  toString(): string {
    return `#Ref<${this.node}.${this.words.join('.')}>`;
  }
}

/** A local fun of some node: opaque, relayed byte for byte. `bytes` is its external form from the tag on. */
export class Fun {
  readonly module: string;
  readonly arity: number;
  readonly bytes: Uint8Array;
  constructor(module: string, arity: number, bytes: Uint8Array) {
    this.module = module;
    this.arity = arity;
    this.bytes = bytes;
  }
}

/** `fun Module:Function/Arity`. Arity 0..255: a larger one kills OTP 27, so it is never encoded. */
export class ExportFun {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  constructor(module: string, functionName: string, arity: number) {
    this.module = module;
    this.function = functionName;
    this.arity = arity;
  }
}
