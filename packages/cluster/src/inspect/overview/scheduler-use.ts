/** How busy the schedulers of a node were, by two samples of `statistics(scheduler_wall_time)`. Pure. */

import type { Term } from '@convoy/node/etf';
import { countOf, elementsOf, listOf } from '../read/read-term.ts';

/** The use of schedulers between two samples, each from 0 to 1. */
export interface SchedulerUse {
  /** Average of the schedulers that run processes. */
  readonly average: number;
  /** Each scheduler that runs processes, in their order. */
  readonly each: readonly number[];
  /** Each dirty CPU scheduler. */
  readonly dirtyCpu: readonly number[];
}

/** More schedulers than an Erlang node can have, of both kinds. */
const maxSchedulers = 2048;

/** Compares two sorted samples; `undefined` if they do not fit together. Schedulers above `schedulers` are dirty ones. */
export function schedulerUse(first: Term, last: Term, schedulers: number): SchedulerUse | undefined {
  const before = new Map(samplesOf(first));
  const each: number[] = [];
  const dirtyCpu: number[] = [];
  for (const [id, { active, total }] of samplesOf(last)) {
    const earlier = before.get(id);
    if (earlier === undefined) return undefined;
    const share = shareOf(active - earlier.active, total - earlier.total);
    if (id <= schedulers) each.push(share);
    else dirtyCpu.push(share);
  }
  if (each.length === 0) return undefined;
  return { average: each.reduce((sum, share) => sum + share, 0) / each.length, each, dirtyCpu };
}

interface Sample {
  readonly active: number;
  readonly total: number;
}

function samplesOf(term: Term): (readonly [number, Sample])[] {
  return listOf(term, maxSchedulers).flatMap((one) => {
    const [id, active, total] = elementsOf(one).map(countOf);
    if (id === undefined || active === undefined || total === undefined) return [];
    return [[id, { active, total }] as const];
  });
}

function shareOf(active: number, total: number): number {
  if (!(total > 0)) return 0;
  return Math.min(1, Math.max(0, active / total));
}
