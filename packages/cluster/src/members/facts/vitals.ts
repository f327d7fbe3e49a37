/** How a member is: memory, processes, load and connections; asked again and again, so it must cost little. Pure. */

import { atom, type Term, Tuple } from '@convoy/node/etf';
import { callOf, type MemberCall, type QuestionRows, row, valuesOf } from './question.ts';
import { countOf, fieldOf, nodeNamesOf } from './read-term.ts';

/** How a member was when it answered last. */
export interface MemberVitals {
  readonly uptimeMs?: number;
  readonly memoryBytes?: number;
  readonly processes?: number;
  /** Processes and ports that were running or ready to run, on all schedulers. One of them is the question itself. */
  readonly activeTasks?: number;
  /** Processes and ports that waited for a scheduler. */
  readonly runQueue?: number;
  /** Bytes since the node started. */
  readonly io?: { readonly inBytes: number; readonly outBytes: number };
  /** How long the event loop of a TypeScript node has worked and waited since it started. */
  readonly eventLoop?: { readonly activeMs: number; readonly idleMs: number };
  /** Schedulers that run processes. Together with `activeTasks` it tells how busy the node is. */
  readonly schedulers?: number;
}

/** A member's connections, compared with those of the entry; empty for a member of a complete mesh. */
export interface MemberPeers {
  /** Nodes that it is connected to and the entry is not. */
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
  /** Visible nodes that the entry is connected to and it is not. */
  readonly missing: readonly string[];
}

/** An answer about vitals. */
export interface VitalsAnswer {
  readonly vitals: MemberVitals;
  readonly creation?: number | undefined;
  readonly peers: MemberPeers;
}

type Name =
  | 'visible'
  | 'hidden'
  | 'creation'
  | 'now'
  | 'start'
  | 'second'
  | 'processes'
  | 'tasks'
  | 'queue'
  | 'io'
  | 'schedulers'
  | 'memory';

/** The entry compares the first two with its own connections, and puts what is missing before them: see entry/programs.ts. */
const rows: QuestionRows<Name> = [
  row('visible', 'erlang', 'nodes'),
  row('hidden', 'erlang', 'nodes', atom('hidden')),
  row('creation', 'erlang', 'system_info', atom('creation')),
  row('now', 'erlang', 'monotonic_time'),
  row('start', 'erlang', 'system_info', atom('start_time')),
  row('second', 'erlang', 'convert_time_unit', 1, atom('second'), atom('native')),
  row('processes', 'erlang', 'system_info', atom('process_count')),
  row('tasks', 'erlang', 'statistics', atom('total_active_tasks_all')),
  row('queue', 'erlang', 'statistics', atom('total_run_queue_lengths_all')),
  row('io', 'erlang', 'statistics', atom('io')),
  row('schedulers', 'erlang', 'system_info', atom('schedulers_online')),
  row('memory', 'erlang', 'memory', atom('total')),
];

/** The question to an Erlang node. */
export const vitalsCall: MemberCall = callOf(rows);
/** The same without memory, for nodes with an allocator switched off, where `erlang:memory/1` fails. */
export const vitalsCallWithoutMemory: MemberCall = callOf(rows.slice(0, -1));

/** Reads the answer to either, after the entry has compared the connections; `undefined` if it is not one. */
export function readVitals(answer: Term, maxNames: number): VitalsAnswer | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [missing, ...rest] = answer as readonly Term[];
  const isWhole = rest.length === rows.length;
  const values = valuesOf(isWhole ? rows : rows.slice(0, -1), rest);
  if (values === undefined) return undefined;
  return {
    vitals: {
      ...counts({
        memoryBytes: isWhole ? values.memory : undefined,
        processes: values.processes,
        activeTasks: values.tasks,
        runQueue: values.queue,
        schedulers: values.schedulers,
      }),
      ...ioOf(values.io),
      ...uptime(values.now, values.start, values.second),
    },
    creation: countOf(values.creation),
    peers: {
      visible: nodeNamesOf(values.visible, maxNames) ?? [],
      hidden: nodeNamesOf(values.hidden, maxNames) ?? [],
      missing: nodeNamesOf(missing, maxNames) ?? [],
    },
  };
}

/** Reads the answer of a TypeScript node to `infoCall`, and compares its connections with those of the entry. */
export function readTypescriptVitals(
  info: Term,
  {
    name,
    others,
    maxNames,
  }: { readonly name: string; readonly others: readonly string[]; readonly maxNames: number },
): VitalsAnswer {
  const peers = nodeNamesOf(fieldOf(info, 'peers'), maxNames);
  const known = new Set([name, ...others]);
  return {
    vitals: {
      ...counts({
        uptimeMs: fieldOf(info, 'uptime_ms'),
        memoryBytes: fieldOf(fieldOf(info, 'memory'), 'total'),
      }),
      ...eventLoopOf(fieldOf(info, 'event_loop')),
    },
    peers: {
      visible: peers?.filter((peer) => !known.has(peer)) ?? [],
      hidden: [],
      missing: peers === undefined ? [] : others.filter((other) => other !== name && !peers.includes(other)),
    },
  };
}

/** `{{input, In}, {output, Out}}` */
function ioOf(term: Term): Pick<MemberVitals, 'io'> {
  const [inBytes, outBytes] = term instanceof Tuple ? term.elements.map(secondOf) : [];
  return inBytes === undefined || outBytes === undefined ? {} : { io: { inBytes, outBytes } };
}

function secondOf(pair: Term): number | undefined {
  return pair instanceof Tuple ? countOf(pair.at(1)) : undefined;
}

function eventLoopOf(loop: Term): Pick<MemberVitals, 'eventLoop'> {
  const [activeMs, idleMs] = [countOf(fieldOf(loop, 'active_ms')), countOf(fieldOf(loop, 'idle_ms'))];
  return activeMs === undefined || idleMs === undefined ? {} : { eventLoop: { activeMs, idleMs } };
}

type Count = Exclude<keyof MemberVitals, 'io' | 'eventLoop'>;

function counts<Key extends Count>(fields: Readonly<Record<Key, Term>>): MemberVitals {
  const entries = Object.entries<Term>(fields).map(([key, value]) => [key, countOf(value)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== undefined));
}

/** Times of a node are in its native unit, mostly nanoseconds, and start below zero. */
function uptime(now: Term, start: Term, second: Term): { readonly uptimeMs?: number } {
  if (!isInteger(now) || !isInteger(start) || !isInteger(second) || second <= 0) return {};
  const uptimeMs = Number(((BigInt(now) - BigInt(start)) * 1000n) / BigInt(second));
  return Number.isSafeInteger(uptimeMs) && uptimeMs >= 0 ? { uptimeMs } : {};
}

function isInteger(term: Term): term is number | bigint {
  // Dividing what a node may send as an integer could take seconds.
  return typeof term === 'bigint' ? BigInt.asIntN(80, term) === term : Number.isSafeInteger(term);
}
