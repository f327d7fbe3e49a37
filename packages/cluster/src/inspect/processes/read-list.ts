/** Reads the list of the top processes of a node. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import {
  countOf,
  elementsOf,
  fieldsOf,
  functionOf,
  given,
  listOf,
  nameOf,
  pidTextOf,
  textOf,
} from '../read/read-term.ts';

/** A process in a list. */
export interface ProcessRow {
  /** As its node prints it: `<0.85.0>`. */
  readonly pid: string;
  readonly name?: string;
  /** The function it was started with, seen through `proc_lib`: `Elixir.Shop.Cart:init/1`. */
  readonly initialCall?: string;
  /** Its label, on OTP 27 and later. */
  readonly label?: string;
  readonly currentFunction?: string;
  /** `running`, `waiting` and so on. */
  readonly status?: string;
  readonly memoryBytes?: number;
  /** Since it was started. */
  readonly reductions?: number;
  /** While the question measured; only if it did. */
  readonly reductionsPerSecond?: number;
  readonly messageQueueLength?: number;
}

/** The top processes of a node. */
export interface ProcessList {
  /** All processes of the node. */
  readonly total: number;
  /** Those that were looked at: the first ones, if there are more than `maxProcesses`. */
  readonly seen: number;
  /** Those of them that pass the filter. */
  readonly matching: number;
  /** The top ones, best first. */
  readonly rows: readonly ProcessRow[];
}

/** Reads the answer to `listBody`; `undefined` if it is not one. */
export function readProcessList(
  answer: Term,
  { node, limit, isRate }: { readonly node: string; readonly limit: number; readonly isRate: boolean },
): ProcessList | undefined {
  const [total, seen, matching, rows] = elementsOf(answer);
  const [all, looked, kept] = [countOf(total), countOf(seen), countOf(matching)];
  if (all === undefined || looked === undefined || kept === undefined) return undefined;
  const read = listOf(rows, limit).flatMap((row) => rowOf(row, { node, isRate }) ?? []);
  return { total: all, seen: looked, matching: kept, rows: read };
}

function rowOf(
  row: Term,
  { node, isRate }: { readonly node: string; readonly isRate: boolean },
): ProcessRow | undefined {
  const [pid, number, info, call, label] = elementsOf(row);
  const text = pidTextOf(pid, node);
  if (text === undefined) return undefined;
  const items = fieldsOf(info);
  return {
    pid: text,
    ...commonItems(items),
    ...given({
      initialCall: functionOf(call) ?? functionOf(items.get('initial_call')),
      label: label === undefined ? undefined : textOf(label, 200),
      reductionsPerSecond: isRate ? countOf(number) : undefined,
    }),
  };
}

/** What lists and details of processes have in common. */
export function commonItems(
  items: ReadonlyMap<string, Term>,
): Omit<ProcessRow, 'pid' | 'initialCall' | 'label'> {
  const name = items.get('registered_name');
  return given({
    // A process without a name has an empty list there.
    name: Array.isArray(name) ? undefined : nameOf(name),
    currentFunction: functionOf(items.get('current_function')),
    status: atomName(items.get('status')) === 'undefined' ? undefined : nameOf(items.get('status')),
    memoryBytes: countOf(items.get('memory')),
    reductions: countOf(items.get('reductions')),
    messageQueueLength: countOf(items.get('message_queue_len')),
  });
}
