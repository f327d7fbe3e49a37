/**
 * Reads the events that a tracer sends, and finds out which return belongs to which call: in each process the last call that has not
 * returned is the first to return. What is not an event is left out, and what is more than was asked for. Pure.
 */

import { atomName, type Term } from '@convoy/node/etf';
import { countOf, elementsOf, integerOf, listOf, pidTextOf, textOf } from '../read/read-term.ts';

interface EventPlace {
  /** Counts the calls of a trace from 1. A return has the number of its call. */
  readonly number: number;
  /** The process that called, as its node prints it: `<0.85.0>`. */
  readonly pid: string;
  /** By the clock of the node, in milliseconds since 1970, with a fraction. */
  readonly at: number;
  /** The arity of the function. */
  readonly arity: number;
}

/** Something that happened in a trace. Texts are Erlang's, and cut. */
export type TraceEvent =
  | (EventPlace & {
      readonly kind: 'call';
      /** The arguments, separated by commas. */
      readonly args: string;
    })
  | (EventPlace & {
      /** `exception`: the call has raised, and `value` is `{Class, Reason}`. */
      readonly kind: 'return' | 'exception';
      readonly value: string;
      /** The time between call and return, in microseconds. */
      readonly durationUs: number;
    });

interface OpenCall {
  readonly number: number;
  readonly arity: number;
  readonly begun: bigint;
}

/** The clock of a node: what is added to a time, and how much of it is a second. */
interface NodeClock {
  readonly offset: bigint;
  readonly second: bigint;
}

const maxArity = 255;
/** Dates that are further away cannot be shown. */
const latestUs = 8_640_000_000_000_000_000n;

/** The events of one trace. */
export class EventReader {
  readonly #node: string;
  readonly #maxCharacters: number;
  readonly #maxCalls: number;
  readonly #clock: NodeClock | undefined;
  /** The calls of each process that have not returned, last one last. */
  readonly #open = new Map<string, OpenCall[]>();
  #calls = 0;

  /** `clock` is what the guard says when the trace begins: `{Offset, Second}`. */
  constructor(
    node: string,
    clock: Term,
    bounds: { readonly maxCharacters: number; readonly maxCalls: number },
  ) {
    this.#node = node;
    this.#maxCharacters = bounds.maxCharacters;
    this.#maxCalls = bounds.maxCalls;
    const [offset, second] = elementsOf(clock).map(integerOf);
    if (offset !== undefined && second !== undefined && second > 0n) this.#clock = { offset, second };
  }

  /** The events of a batch. */
  read(batch: Term): readonly TraceEvent[] {
    return listOf(batch, 2 * this.#maxCalls).flatMap((event) => this.#eventOf(elementsOf(event)) ?? []);
  }

  #eventOf([tag, process, ...parts]: readonly Term[]): TraceEvent | undefined {
    const pid = pidTextOf(process, this.#node);
    if (pid === undefined || tag === undefined) return undefined;
    switch (atomName(tag)) {
      case 'call':
        return this.#call(pid, parts);
      case 'return_from':
        return this.#return('return', pid, parts);
      case 'exception_from':
        return this.#return('exception', pid, parts);
      default:
        return undefined;
    }
  }

  #call(pid: string, [count, content, time]: readonly Term[]): TraceEvent | undefined {
    const [arity, begun, args] = [countOf(count), integerOf(time), textOf(content, this.#maxCharacters + 2)];
    const at = begun === undefined ? undefined : this.#dateOf(begun);
    if (arity === undefined || arity > maxArity || begun === undefined || at === undefined) return undefined;
    if (this.#calls >= this.#maxCalls) return undefined;
    this.#calls += 1;
    const number = this.#calls;
    const open = this.#open.get(pid) ?? [];
    open.push({ number, arity, begun });
    this.#open.set(pid, open);
    return { kind: 'call', number, pid, at, arity, args: (args ?? '').replace(/^\{|\}$/g, '') };
  }

  #return(
    kind: 'return' | 'exception',
    pid: string,
    [content, time]: readonly Term[],
  ): TraceEvent | undefined {
    const [ended, value] = [integerOf(time), textOf(content, this.#maxCharacters)];
    const at = ended === undefined ? undefined : this.#dateOf(ended);
    const open = this.#open.get(pid) ?? [];
    const call = at === undefined ? undefined : open.pop();
    if (open.length === 0) this.#open.delete(pid);
    if (call === undefined || ended === undefined || at === undefined) return undefined;
    const { number, arity, begun } = call;
    const durationUs = Math.max(0, Number(this.#microseconds(ended - begun)));
    return { kind, number, pid, at, arity, value: value ?? '?', durationUs };
  }

  #dateOf(time: bigint): number | undefined {
    const microseconds = this.#microseconds(time + (this.#clock?.offset ?? 0n));
    return microseconds < 0n || microseconds > latestUs ? undefined : Number(microseconds) / 1000;
  }

  #microseconds(time: bigint): bigint {
    return (time * 1_000_000n) / (this.#clock?.second ?? 1n);
  }
}
