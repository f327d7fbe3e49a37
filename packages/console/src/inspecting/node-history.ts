/**
 * How a node was during the last hour, in slots of five seconds: numbers in columns, which take 3 kB for each kind of number that the node
 * reports. What comes later in a slot replaces what came before. Rates follow from counters of two samples. Pure.
 */

import type { NodeSample } from '../nodes/node-sample.ts';
import type { HistorySample } from '../protocol/index.ts';

const slotMs = 5000;
const slotCount = 720;
/** Counters that were read in quicker succession say little about a rate. */
const leastMs = 1000;

type Field = Exclude<keyof HistorySample, 'at'>;

interface Counted<Counters> {
  readonly at: number;
  readonly counters: Counters;
}

/** The last hour of one node. */
export class NodeHistory {
  /** The number of the slot since 1970 that is at each place. */
  readonly #slots = new Uint32Array(slotCount);
  readonly #columns = new Map<Field, Float32Array>();
  #io: Counted<NonNullable<NodeSample['io']>> | undefined;
  #reductions: Counted<number> | undefined;
  #eventLoop: NodeSample['eventLoop'];

  /** Takes a sample at a time in milliseconds since 1970. Returns the load of the node, if it is known. */
  note(at: number, sample: NodeSample): number | undefined {
    const { memoryBytes, processes, runQueue } = sample;
    const load = this.#loadOf(sample);
    const rates = { ...this.#ioRates(at, sample.io), ...this.#reductionRate(at, sample.reductions) };
    this.#set(at, { memoryBytes, processes, runQueue, load, ...rates });
    return load;
  }

  /** The samples of the hour before `now`, oldest first. */
  samples(now: number): HistorySample[] {
    const last = Math.floor(now / slotMs);
    const samples: HistorySample[] = [];
    for (let slot = last - slotCount + 1; slot <= last; slot += 1) {
      const place = slot % slotCount;
      const values = this.#slots[place] === slot ? this.#valuesAt(place) : {};
      if (Object.keys(values).length > 0) samples.push({ at: slot * slotMs, ...values });
    }
    return samples;
  }

  #valuesAt(place: number): Omit<HistorySample, 'at'> {
    const values: Partial<Record<Field, number>> = {};
    for (const [field, column] of this.#columns) {
      const value = column[place] ?? NaN;
      if (!Number.isNaN(value)) values[field] = field === 'load' ? rounded(value) : Math.round(value);
    }
    return values;
  }

  #set(at: number, values: Readonly<Partial<Record<Field, number | undefined>>>): void {
    const slot = Math.floor(at / slotMs);
    const place = slot % slotCount;
    if (this.#slots[place] !== slot) for (const column of this.#columns.values()) column[place] = NaN;
    this.#slots[place] = slot;
    for (const [name, value] of Object.entries(values)) {
      // What a node reports may be anything, and JSON has no infinity.
      if (value !== undefined && Number.isFinite(Math.fround(value))) {
        this.#column(name as Field)[place] = value;
      }
    }
  }

  #column(field: Field): Float32Array {
    const known = this.#columns.get(field);
    if (known !== undefined) return known;
    const column = new Float32Array(slotCount).fill(NaN);
    this.#columns.set(field, column);
    return column;
  }

  #loadOf({ load, eventLoop }: NodeSample): number | undefined {
    const before = this.#eventLoop;
    if (eventLoop === undefined) return load;
    this.#eventLoop = eventLoop;
    if (before === undefined) return load;
    const [active, idle] = [eventLoop.activeMs - before.activeMs, eventLoop.idleMs - before.idleMs];
    // The node was started again, or asked twice within a millisecond.
    if (active < 0 || idle < 0 || active + idle === 0) return load;
    return active / (active + idle);
  }

  #ioRates(at: number, io: NodeSample['io']): Partial<Record<Field, number>> {
    const before = this.#io;
    if (io === undefined || (before !== undefined && at - before.at < leastMs)) return {};
    this.#io = { at, counters: io };
    if (before === undefined) return {};
    const inPerSecond = perSecond(io.inBytes - before.counters.inBytes, at - before.at);
    const outPerSecond = perSecond(io.outBytes - before.counters.outBytes, at - before.at);
    return inPerSecond === undefined || outPerSecond === undefined ? {} : { inPerSecond, outPerSecond };
  }

  #reductionRate(at: number, reductions: number | undefined): Partial<Record<Field, number>> {
    const before = this.#reductions;
    if (reductions === undefined || (before !== undefined && at - before.at < leastMs)) return {};
    this.#reductions = { at, counters: reductions };
    if (before === undefined) return {};
    const reductionsPerSecond = perSecond(reductions - before.counters, at - before.at);
    return reductionsPerSecond === undefined ? {} : { reductionsPerSecond };
  }
}

/** `undefined` if the counter has started over. */
function perSecond(more: number, elapsedMs: number): number | undefined {
  return more < 0 ? undefined : (more * 1000) / elapsedMs;
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
