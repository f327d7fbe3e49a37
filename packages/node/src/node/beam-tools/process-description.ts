/** What can be told about a process without asking it. Pure. */

import type { Pid } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import type { LocalProcess } from '../../process/local-process.ts';
import { ServerProcess } from '../../process/server-process.ts';

/** A process that this one monitors: by pid, or by name on a node. */
export interface MonitoredProcess {
  /** `undefined` when a spawn request made the monitor and the pid is not known yet. */
  readonly target: Pid | string | undefined;
  readonly node: string;
}

/** A live process of this node. */
export interface ProcessDescription {
  readonly pid: Pid;
  readonly name: string | undefined;
  /** What runs it: a function of its own, callbacks, or the callbacks of a gen server. */
  readonly kind: 'process' | 'server' | 'gen_server';
  readonly status: 'running' | 'runnable' | 'waiting';
  readonly waitingMessages: number;
  readonly trapExit: boolean;
  readonly groupLeader: Pid | undefined;
  readonly links: readonly Pid[];
  readonly monitors: readonly MonitoredProcess[];
  readonly watchers: readonly Pid[];
}

/** Describes a live process of this node; `undefined` when there is none with this pid. */
export function describeProcess({ processes }: NodeCore, pid: Pid): ProcessDescription | undefined {
  const process = processes.find(pid);
  return process === undefined ? undefined : describe(process);
}

function describe(process: LocalProcess): ProcessDescription {
  const relations = process.isRelated ? process.relations : undefined;
  return {
    pid: process.pid,
    name: process.registeredName,
    kind: kindOf(process),
    status: statusOf(process),
    waitingMessages: process.queueLength,
    trapExit: process.trapExit,
    groupLeader: process.groupLeader,
    links: relations?.links.active() ?? [],
    monitors: relations?.monitors.all().map(({ target, node }) => ({ target, node })) ?? [],
    watchers: relations?.watchers.all().map(({ pid }) => pid) ?? [],
  };
}

function kindOf(process: LocalProcess): ProcessDescription['kind'] {
  if (!(process instanceof ServerProcess)) return 'process';
  return process.answersSystemMessages ? 'gen_server' : 'server';
}

function statusOf(process: LocalProcess): ProcessDescription['status'] {
  if (process instanceof ServerProcess && process.lastMessage !== undefined) return 'running';
  return process.queueLength > 0 ? 'runnable' : 'waiting';
}
