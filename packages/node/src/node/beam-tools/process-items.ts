/**
 * The items of `erlang:process_info`. What V8 does not measure for each process is 0; the content of waiting messages stays inside the
 * node: only their number is told.
 */

import { atom, atomName, atomOf, type Pid, type Term, Tuple, tuple } from '../../etf/index.ts';
import type { MonitoredProcess, ProcessDescription } from './process-description.ts';
import { badArgument, charlist, entry, nameOf } from './tool-function.ts';

/** The items of `process_info/1`, in Erlang's order. A process without a name has no `registered_name`. */
const usualItems = [
  'registered_name',
  'current_function',
  'initial_call',
  'status',
  'message_queue_len',
  'links',
  'dictionary',
  'trap_exit',
  'error_handler',
  'priority',
  'group_leader',
  'total_heap_size',
  'heap_size',
  'stack_size',
  'reductions',
  'garbage_collection',
  'suspending',
] as const;

/** As many placeholders stand for waiting messages at most. */
const maxPlaceholders = 1000;
const placeholder = atom('not_shown');

type ItemValue = (process: ProcessDescription, leader: Pid) => Term;

const zero: ItemValue = () => 0;
const none: ItemValue = () => [];
const collection: Term = [
  entry('max_heap_size', 0),
  entry('min_bin_vheap_size', 0),
  entry('min_heap_size', 0),
  entry('fullsweep_after', 0),
  entry('minor_gcs', 0),
];

const items: Readonly<Record<string, ItemValue>> = {
  async_dist: () => false,
  backtrace: () => new Uint8Array(),
  binary: none,
  catchlevel: zero,
  current_function: currentFunction,
  current_location: (process) => tuple(...currentFunction(process).elements, []),
  current_stacktrace: none,
  dictionary: none,
  error_handler: () => atomOf('undefined'),
  fullsweep_after: zero,
  garbage_collection: () => collection,
  garbage_collection_info: none,
  group_leader: ({ groupLeader }, leader) => groupLeader ?? leader,
  heap_size: zero,
  initial_call: initialCall,
  label: () => undefined,
  last_calls: () => false,
  links: ({ links }) => [...links],
  max_heap_size: zero,
  memory: zero,
  message_queue_data: () => atom('on_heap'),
  message_queue_len: ({ waitingMessages }) => waitingMessages,
  messages: ({ waitingMessages }) =>
    Array.from({ length: Math.min(waitingMessages, maxPlaceholders) }, () => placeholder),
  min_bin_vheap_size: zero,
  min_heap_size: zero,
  monitored_by: ({ watchers }) => [...watchers],
  monitors: ({ monitors }) => monitors.flatMap(monitorOf),
  parent: () => undefined,
  priority: () => atom('normal'),
  reductions: zero,
  registered_name: ({ name }) => (name === undefined ? [] : atomOf(name)),
  sequential_trace_token: none,
  stack_size: zero,
  status: ({ status }) => atom(status),
  suspending: none,
  total_heap_size: zero,
  trace: zero,
  trap_exit: ({ trapExit }) => trapExit,
};

/** `{convoy, process | server | gen_server, 1}`: there is no Erlang function. */
export function initialCall({ kind }: ProcessDescription): Tuple {
  return tuple(atom('convoy'), atom(kind), 1);
}

export function currentFunction({ status }: ProcessDescription): Tuple {
  return tuple(atom('convoy'), atom(status === 'waiting' ? 'receive' : 'run'), 0);
}

function monitorOf({ target, node }: MonitoredProcess): readonly Tuple[] {
  if (target === undefined) return [];
  return [entry('process', typeof target === 'string' ? tuple(atomOf(target), atomOf(node)) : target)];
}

/** `process_info/1`. */
export function usualInfo(process: ProcessDescription, leader: Pid): Term {
  return usualItems
    .filter((name) => name !== 'registered_name' || process.name !== undefined)
    .map((name) => entry(name, items[name]?.(process, leader)));
}

/** `process_info/2`: one item or a list. Throws `badarg` for an item that Erlang does not have. */
export function infoOf(process: ProcessDescription, wanted: Term, leader: Pid): Term {
  if (Array.isArray(wanted)) return (wanted as readonly Term[]).map((item) => oneItem(process, item, leader));
  // Without a name, the answer to this item alone is not a tuple.
  if (atomName(wanted) === 'registered_name' && process.name === undefined) return [];
  return oneItem(process, wanted, leader);
}

function oneItem(process: ProcessDescription, item: Term, leader: Pid): Term {
  // {dictionary, Key}
  if (item instanceof Tuple && item.length === 2 && atomName(item.at(0)) === 'dictionary') {
    return tuple(item, undefined);
  }
  const name = nameOf(item);
  const value = Object.hasOwn(items, name) ? items[name] : undefined;
  if (value === undefined) throw badArgument();
  return entry(name, value(process, leader));
}

/** The text that Erlang has for a local pid: `<0.5.0>`. */
function pidText(pid: Pid): string {
  return `<0.${pid.id}.${pid.serial}>`;
}

/** The name of a process, or its pid as text. */
export function nameText({ name, pid }: ProcessDescription): Term {
  return charlist(name ?? pidText(pid));
}
