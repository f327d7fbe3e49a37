/** How a node was when it was asked, and the short histories that its view has of it. Pure. */

import type { NodeView } from '../protocol/index.ts';

/** What is known of a node at one time. Counters count from its start. */
export interface NodeSample {
  readonly memoryBytes?: number | undefined;
  readonly processes?: number | undefined;
  /** Processes and ports that wait for a scheduler. */
  readonly runQueue?: number | undefined;
  readonly reductions?: number | undefined;
  readonly io?: { readonly inBytes: number; readonly outBytes: number } | undefined;
  /** How long the event loop of a TypeScript node has worked and waited. */
  readonly eventLoop?: { readonly activeMs: number; readonly idleMs: number } | undefined;
  /** Share of time, from 0 to 1, in which its schedulers or its event loop worked. */
  readonly load?: number | undefined;
}

/** Takes a sample of the node with this id. Returns its load, if that follows from the samples so far. */
export type NoteSample = (id: string, sample: NodeSample) => number | undefined;

const maxHistory = 60;

type Histories = Pick<NodeView, 'memoryHistory' | 'processHistory' | 'runQueueHistory' | 'loadHistory'>;

/** The histories of a view with the values of a sample at their ends. A value that the sample does not have adds nothing. */
export function withSample(known: Partial<Histories> | undefined, sample: NodeSample): Histories {
  const { memoryBytes, processes, runQueue, load } = sample;
  const percent = load === undefined ? undefined : Math.round(load * 100);
  return {
    memoryHistory: longer(known?.memoryHistory, memoryBytes) ?? [],
    ...ifAny('processHistory', longer(known?.processHistory, processes)),
    ...ifAny('runQueueHistory', longer(known?.runQueueHistory, runQueue)),
    ...ifAny('loadHistory', longer(known?.loadHistory, percent)),
  };
}

function longer(history: number[] | undefined, value: number | undefined): number[] | undefined {
  return value === undefined ? history : [...(history ?? []), value].slice(-maxHistory);
}

function ifAny<Name extends string>(name: Name, history: number[] | undefined): { [Key in Name]?: number[] } {
  return history === undefined ? {} : ({ [name]: history } as { [Key in Name]?: number[] });
}
