/** Asks a node for its top processes, and about one of them. */

import { atom, type Term } from '@convoy/node/etf';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, localPid, needle, oneOf, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { detailsBody } from './details-program.ts';
import { listBody } from './list-program.ts';
import { type ProcessDetails, readDetails } from './read-details.ts';
import { type ProcessList, readProcessList } from './read-list.ts';

/** What the top of a list of processes is. */
export type ProcessSort = 'reductions' | 'memory' | 'queue';

/** Options of `processes`. `timeoutMs` is 10000 by default. */
export interface ProcessesOptions extends InspectOptions {
  /** Default `reductions`: those that work most. */
  readonly sort?: ProcessSort | undefined;
  /** Number of processes to list, up to 500. Default 50. */
  readonly limit?: number | undefined;
  /** Text in the registered name, the initial call or the label; upper and lower case are the same. Default: all processes. */
  readonly filter?: string | undefined;
  /**
   * For `sort: 'reductions'`: the time between two sweeps, in milliseconds, so that the list is by reductions per second.
   * Default 1000. With 0 there is one sweep, and the list is by reductions since each process was started.
   */
  readonly windowMs?: number | undefined;
  /** Number of processes to look at, up to 200,000. Default 100,000. */
  readonly maxProcesses?: number | undefined;
}

/** Options of `process`. `timeoutMs` is 5000 by default. */
export interface ProcessOptions extends InspectOptions {
  /** Asks the process for its state by `sys`: the only part that the process itself has to answer. Default false. */
  readonly withState?: boolean | undefined;
}

/** Processes that are looked at before the node rests. */
const chunk = 1000;
const items = { reductions: 'reductions', memory: 'memory', queue: 'message_queue_len' } as const;

export async function askProcesses(
  asker: Asker,
  node: string,
  options: ProcessesOptions = {},
): Promise<InspectAnswer<ProcessList>> {
  const sort = oneOf('sort', options.sort, ['reductions', 'memory', 'queue']);
  const limit = count('limit', options.limit, { least: 1, most: 500, otherwise: 50 });
  const windowMs = count('windowMs', options.windowMs, { least: 0, most: 60_000, otherwise: 1000 });
  const Most = count('maxProcesses', options.maxProcesses, { least: 1, most: 200_000, otherwise: 100_000 });
  const Window = sort === 'reductions' ? windowMs : 0;
  const bindings: Record<string, Term> = {
    Chunk: chunk,
    Limit: limit,
    Most,
    Needle: needle(options.filter),
    Sort: atom(items[sort]),
    Window,
  };
  const timeoutMs = timeout(options.timeoutMs, 10_000) + Window;
  const answer = await askNode(asker, { node, body: listBody, bindings, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, (value) => readProcessList(value, { node, limit, isRate: Window > 0 }));
}

export async function askProcess(
  asker: Asker,
  node: string,
  { pid, options = {} }: { readonly pid: string; readonly options?: ProcessOptions | undefined },
): Promise<InspectAnswer<ProcessDetails>> {
  const Who = Array.from(localPid(pid), (character) => character.charCodeAt(0));
  const bindings = { State: options.withState ?? false, Who };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body: detailsBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readDetails(value, { node, pid }));
}
