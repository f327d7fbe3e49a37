/**
 * `erlang:system_info` and `erlang:statistics`: the items that have a true answer here. Every other one is `badarg`, as for an item that
 * an emulator does not know. There is no `otp_release`: a tool that asks for it must not take this for an OTP node.
 */

import { atom, type Term, Tuple, tuple } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { badArgument, charlist, nameOf } from './tool-function.ts';
import type { Vitals } from './vitals.ts';

/** What the items are read from. */
export interface SystemSource {
  readonly core: NodeCore;
  readonly vitals: Vitals;
}

type Item = (source: SystemSource) => Term;

const wordSize = 8;
const zero: Item = () => 0;
const none: Item = () => [];

const infoItems: Readonly<Record<string, Item>> = {
  allocated_areas: none,
  alloc_util_allocators: none,
  atom_count: zero,
  atom_limit: zero,
  creation: ({ core }) => core.creation,
  dirty_cpu_schedulers: zero,
  dirty_cpu_schedulers_online: zero,
  dirty_io_schedulers: zero,
  dist_buf_busy_limit: ({ core }) => core.limits.sendQueueHighWaterBytes,
  ets_count: zero,
  ets_limit: zero,
  kernel_poll: () => true,
  logical_processors: ({ vitals }) => vitals.processors,
  logical_processors_available: ({ vitals }) => vitals.processors,
  logical_processors_online: ({ vitals }) => vitals.processors,
  multi_scheduling: () => atom('disabled'),
  port_count: ({ core }) => core.connections.list('connected').length,
  port_limit: ({ core }) => core.limits.maxConnections,
  process_count: ({ core }) => core.processes.size,
  process_limit: ({ core }) => core.limits.maxProcesses,
  schedulers: () => 1,
  schedulers_online: () => 1,
  smp_support: () => false,
  start_time: ({ vitals }) => vitals.startTime,
  system_architecture: ({ vitals }) => charlist(vitals.architecture),
  system_version: ({ vitals }) => charlist(`Convoy on ${vitals.program}\n`),
  threads: () => true,
  thread_pool_size: zero,
  wordsize: () => wordSize,
};

/** The value of `erlang:system_info(Item)`. */
export function systemInfo(source: SystemSource, item: Term): Term {
  if (item instanceof Tuple && item.length === 2) {
    const [name, of] = [nameOf(item.at(0)), item.at(1)];
    if (name === 'wordsize' && ['internal', 'external'].includes(nameOf(of))) return wordSize;
    if (name === 'allocator_sizes' && Array.isArray(of)) return [];
    throw badArgument();
  }
  return itemOf(infoItems, item)(source);
}

const statisticsItems: Readonly<Record<string, Item>> = {
  active_tasks: () => [0],
  active_tasks_all: () => [0],
  context_switches: () => tuple(0, 0),
  exact_reductions: () => tuple(0, 0),
  garbage_collection: () => tuple(0, 0, 0),
  io: ({ vitals }) => {
    const { input, output } = vitals.traffic();
    return tuple(tuple(atom('input'), input), tuple(atom('output'), output));
  },
  reductions: () => tuple(0, 0),
  run_queue: zero,
  run_queue_lengths: () => [0],
  run_queue_lengths_all: () => [0],
  runtime: ({ vitals }) => vitals.sinceLast('runtime', vitals.runtimeMs),
  scheduler_wall_time: ({ vitals }) => vitals.schedulerTime,
  scheduler_wall_time_all: ({ vitals }) => vitals.schedulerTime,
  total_active_tasks: zero,
  total_active_tasks_all: zero,
  total_run_queue_lengths: zero,
  total_run_queue_lengths_all: zero,
  wall_clock: ({ vitals }) => vitals.sinceLast('wall_clock', vitals.uptimeMs),
};

/** The value of `erlang:statistics(Item)`. */
export function statisticsOf(source: SystemSource, item: Term): Term {
  return itemOf(statisticsItems, item)(source);
}

function itemOf(items: Readonly<Record<string, Item>>, term: Term): Item {
  const name = nameOf(term);
  const item = Object.hasOwn(items, name) ? items[name] : undefined;
  if (item === undefined) throw badArgument();
  return item;
}
