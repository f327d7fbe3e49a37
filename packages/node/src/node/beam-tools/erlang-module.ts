/** The functions of the module `erlang` that tools call to look at a node. None of them changes anything. */

import { atomOf, type Pid, type Term, tuple } from '../../etf/index.ts';
import type { ExposedFunctions } from '../calls/exposed-functions.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { infoOf, usualInfo } from './process-items.ts';
import type { Ports } from './port-items.ts';
import { statisticsOf, systemInfo } from './system-items.ts';
import { badArgument, entry, localPid, nameOf, type ToolModule } from './tool-function.ts';
import { type MemoryKind, memoryKinds, type Vitals } from './vitals.ts';
import { describeProcess } from './process-description.ts';

/** What the functions of the tools are made from. */
export interface ToolSource {
  readonly core: NodeCore;
  readonly functions: ExposedFunctions;
  readonly vitals: Vitals;
  readonly ports: Ports;
  /** The group leader of processes without one. */
  readonly leader: Pid;
}

export function erlangModule(source: ToolSource): ToolModule {
  return { ...systemFunctions(source), ...processFunctions(source), ...portFunctions(source) };
}

function systemFunctions(source: ToolSource): ToolModule {
  const { core, functions, vitals } = source;
  return {
    'function_exported/3': (_call, ...[module, name, arity]) => {
      if (typeof arity !== 'number') throw badArgument();
      return functions.has(nameOf(module), nameOf(name), arity);
    },
    'memory/0': () => memoryList(vitals, memoryKinds),
    'memory/1': (_call, kind) => {
      if (Array.isArray(kind)) return memoryList(vitals, (kind as readonly Term[]).map(memoryKind));
      return vitals.memory()[memoryKind(kind)];
    },
    'module_loaded/1': (_call, module) => functions.hasModule(nameOf(module)),
    'monotonic_time/0': () => vitals.monotonicTime,
    'node/0': () => atomOf(core.name),
    'statistics/1': (_call, item) => statisticsOf(source, item),
    'system_flag/2': (_call, flag, value) => {
      // The event loop is always measured: the flag is on, and switching it changes nothing.
      if (nameOf(flag) !== 'scheduler_wall_time' || typeof value !== 'boolean') throw badArgument();
      return true;
    },
    'system_info/1': (_call, item) => systemInfo(source, item),
    'timestamp/0': () => timestamp(),
  };
}

function processFunctions({ core, leader }: ToolSource): ToolModule {
  const { processes } = core;
  return {
    'is_process_alive/1': (_call, pid) => processes.isAlive(localPid(pid, core.name)),
    'process_info/1': (_call, pid) => {
      const process = describeProcess(core, localPid(pid, core.name));
      return process === undefined ? undefined : usualInfo(process, leader);
    },
    'process_info/2': (_call, pid, wanted) => {
      const process = describeProcess(core, localPid(pid, core.name));
      return process === undefined ? undefined : infoOf(process, wanted, leader);
    },
    'processes/0': () => processes.pids(),
    'registered/0': () => processes.registered().map((name) => atomOf(name)),
    'whereis/1': (_call, name) => processes.whereis(nameOf(name)),
  };
}

function portFunctions({ ports }: ToolSource): ToolModule {
  return {
    'port_info/1': (_call, port) => ports.info(port),
    'port_info/2': (_call, port, item) => ports.item(port, item),
    'ports/0': () => [...ports.all],
  };
}

function memoryKind(term: Term): MemoryKind {
  const name = nameOf(term);
  const kind = memoryKinds.find((each) => each === name);
  if (kind === undefined) throw badArgument();
  return kind;
}

/** `[{Kind, Bytes}]`. */
export function memoryList(vitals: Vitals, kinds: readonly MemoryKind[]): Term {
  const memory = vitals.memory();
  return kinds.map((kind) => entry(kind, memory[kind]));
}

/** `{MegaSeconds, Seconds, MicroSeconds}`. */
export function timestamp(): Term {
  const now = Date.now();
  return tuple(Math.floor(now / 1e9), Math.floor(now / 1000) % 1e6, (now % 1000) * 1000);
}
