/**
 * The module `observer_backend` of runtime_tools, which etop and the observer call: figures of the system, processes, ports, and a stream
 * of samples for the load charts.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ErlangError } from '../../errors.ts';
import { atom, atomOf, Pid, type Term, tuple } from '../../etf/index.ts';
import { describeProcess, type ProcessDescription } from './process-description.ts';
import type { FunctionCall } from '../calls/exposed-functions.ts';
import { memoryList, timestamp, type ToolSource } from './erlang-module.ts';
import { currentFunction, initialCall } from './process-items.ts';
import { statisticsOf, systemInfo } from './system-items.ts';
import { badArgument, charlist, entry, nameOf, type ToolModule } from './tool-function.ts';
import { memoryKinds } from './vitals.ts';

/** As many processes are described in one message, as OTP does. */
const processesPerMessage = 10_000;
/** The observer asks for a sample every half second at most. */
const shortestPeriodMs = 100;
const longestPeriodMs = 3_600_000;

export function observerBackend(source: ToolSource): ToolModule {
  const { core, ports, vitals } = source;
  return {
    'vsn/0': () => tuple(atom('ok'), charlist(vitals.program)),
    'sys_info/0': () => systemFigures(source),
    'get_port_list/0': () => ports.list(),
    'get_socket_list/0': () => [],
    'socket_info/0': () => [],
    'get_table_list/2': (_call, kind) => {
      if (nameOf(kind) === 'ets') return [];
      const text = charlist(`Mnesia is not running on: ${core.name}`);
      throw new ErlangError('ERLANG_THROW', tuple(atom('error'), text));
    },
    'get_table/3': (call, parent) => {
      const table = core.processes.spawn(() => undefined, { ownerNode: call.peer });
      sendToCaller(source, { call, from: table, to: parent }, tuple(table, atom('$end_of_table')));
      return table;
    },
    'procs_info/1': (call, collector) => sendProcesses(source, call, collector),
    'etop_collect/1': (call, collector) => sendForEtop(source, call, collector),
    'fetch_stats/2': (call, parent, period) => sendSamples(source, { call, parent, period }),
  };
}

function systemFigures(source: ToolSource): Term {
  const { vitals } = source;
  const info = (name: string): Term => systemInfo(source, atom(name));
  const { input, output } = vitals.traffic();
  return [
    entry('uptime', vitals.uptimeMs),
    entry('run_queue', statisticsOf(source, atom('run_queue'))),
    entry('io_input', input),
    entry('io_output', output),
    ...['logical_processors', 'logical_processors_online', 'logical_processors_available'].map((name) =>
      entry(name, info(name)),
    ),
    ...['schedulers', 'schedulers_online'].map((name) => entry(name, info(name))),
    entry('schedulers_available', 1),
    // Two texts for people, where the observer has "System Version" and "ERTS Version".
    entry('otp_release', charlist('Convoy (TypeScript)')),
    entry('version', charlist(vitals.program)),
    ...['system_architecture', 'kernel_poll', 'smp_support', 'threads', 'thread_pool_size'].map((name) =>
      entry(name, info(name)),
    ),
    entry('wordsize_internal', info('wordsize')),
    entry('wordsize_external', info('wordsize')),
    entry('alloc_info', []),
    ...[
      'process_count',
      'process_limit',
      'atom_limit',
      'atom_count',
      'port_limit',
      'port_count',
      'ets_limit',
      'ets_count',
      'dist_buf_busy_limit',
    ].map((name) => entry(name, info(name))),
    ...memoryKinds.map((kind) => entry(kind, vitals.memory()[kind])),
  ];
}

interface Route {
  readonly call: FunctionCall;
  readonly from: Pid;
  readonly to: Term;
}

/** Sends only to the node that asked, whatever pid the arguments name. */
function sendToCaller({ core }: ToolSource, { call, from, to }: Route, message: Term): void {
  if (!(to instanceof Pid)) throw badArgument();
  if (to.node === call.peer) core.send(to, message, { from });
}

/** The process that runs the call; OTP's would be the process that `spawn_link` made. */
function runnerOf({ core }: ToolSource, { runner }: FunctionCall): Pid {
  return runner?.pid ?? core.pid;
}

/** `{etop_proc_info, Pid, Memory, Reductions, Name, Runtime, CurrentFunction, MessageQueueLength}`. */
function rowOf(process: ProcessDescription): Term {
  const name = process.name === undefined ? initialCall(process) : atomOf(process.name);
  const current = currentFunction(process);
  return tuple(atom('etop_proc_info'), process.pid, 0, 0, name, 0, current, process.waitingMessages);
}

function rowsOf({ core }: ToolSource, pids: readonly Pid[]): Term[] {
  return pids.flatMap((pid) => {
    const process = describeProcess(core, pid);
    return process === undefined ? [] : [rowOf(process)];
  });
}

function pidsBut({ core }: ToolSource, own: Pid): Pid[] {
  return core.processes.pids().filter((pid) => pid !== own);
}

/** `{procs_info, self(), Rows}` for every ten thousand processes. */
async function sendProcesses(source: ToolSource, call: FunctionCall, collector: Term): Promise<Term> {
  const from = runnerOf(source, call);
  const pids = pidsBut(source, from);
  for (let at = 0; at === 0 || at < pids.length; at += processesPerMessage) {
    if (at > 0) await nextTurn();
    call.signal.throwIfAborted();
    const rows = rowsOf(source, pids.slice(at, at + processesPerMessage));
    sendToCaller(source, { call, from, to: collector }, tuple(atom('procs_info'), from, rows));
  }
  return atom('ok');
}

/** `{self(), {etop_info, Now, Count, WallClock, Runtime, RunQueue, AllocAreas, Memory, Rows}}`. */
function sendForEtop(source: ToolSource, call: FunctionCall, collector: Term): Term {
  const from = runnerOf(source, call);
  const rows = rowsOf(source, pidsBut(source, from));
  const memory = memoryList(source.vitals, ['total', 'processes', 'ets', 'atom', 'code', 'binary']);
  const figures = tuple(
    atom('etop_info'),
    timestamp(),
    rows.length,
    undefined,
    source.vitals.schedulerTime,
    0,
    [],
    memory,
    rows,
  );
  sendToCaller(source, { call, from, to: collector }, tuple(from, figures));
  return atom('ok');
}

interface Sampling {
  readonly call: FunctionCall;
  readonly parent: Term;
  readonly period: Term;
}

/** `{stats, 1, SchedulerWallTime, Io, Memory}` every period, until a message comes or the caller is gone. */
async function sendSamples(source: ToolSource, { call, parent, period }: Sampling): Promise<Term> {
  const { core, vitals } = source;
  if (typeof period !== 'number' || !(period >= 0) || !(parent instanceof Pid)) throw badArgument();
  const periodMs = Math.min(longestPeriodMs, Math.max(shortestPeriodMs, period));
  const from = runnerOf(source, call);
  const ended = Promise.withResolvers<void>();
  if (call.runner !== undefined) call.runner.onMessage = () => ended.resolve();
  call.signal.addEventListener('abort', () => ended.resolve(), { once: true });
  const sample = (): void => {
    // Otherwise the node would wait for it before it closes.
    if (core.work.isClosing) return ended.resolve();
    const io = statisticsOf(source, atom('io'));
    const memory = memoryList(vitals, memoryKinds);
    sendToCaller(
      source,
      { call, from, to: parent },
      tuple(atom('stats'), 1, vitals.schedulerTime, io, memory),
    );
    timer = core.clock.after(periodMs, sample);
  };
  let timer = core.clock.after(periodMs, sample);
  await ended.promise;
  timer.cancel();
  return atom('ok');
}
