/** Memory, time and traffic of this node, in the terms of Erlang's emulator. What has no counterpart is 0. */

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
// By its default: Deno does not export all of it by name.
import process from 'node:process';
import v8 from 'node:v8';
import { type Term, tuple } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { integer } from './tool-function.ts';

/** The kinds of memory that `erlang:memory/0` lists, in its order. */
export const memoryKinds = [
  'total',
  'processes',
  'processes_used',
  'system',
  'atom',
  'atom_used',
  'binary',
  'code',
  'ets',
] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** Nanoseconds, the native unit of time. */
const startedAt = process.hrtime.bigint() - BigInt(Math.round(process.uptime() * 1e9));

/** The counters of one node, with what the last caller saw of each. */
export class Vitals {
  readonly #core: NodeCore;
  readonly #seen = new Map<string, number>();
  #lastLoop = { active: 0, idle: 0 };

  constructor(core: NodeCore) {
    this.#core = core;
  }

  /** Bytes by kind. The heap of V8 counts as memory of processes: all of them share it. */
  memory(): Readonly<Record<MemoryKind, number>> {
    const { heapTotal, heapUsed, external } = process.memoryUsage();
    const total = heapTotal + external;
    return {
      total,
      processes: heapUsed,
      processes_used: heapUsed,
      system: total - heapUsed,
      atom: 0,
      atom_used: 0,
      binary: external,
      code: codeBytes(),
      ets: 0,
    };
  }

  /** `{{input, Bytes}, {output, Bytes}}` over all connections to nodes since the start. */
  traffic(): { readonly input: number; readonly output: number } {
    const { bytesIn: input, bytesOut: output } = this.#core.connections.traffic;
    return { input, output };
  }

  /** Milliseconds since the start of the program. */
  get uptimeMs(): number {
    return Math.round(process.uptime() * 1000);
  }

  /** Milliseconds of processor time. */
  get runtimeMs(): number {
    const { user, system } = process.cpuUsage();
    return Math.round((user + system) / 1000);
  }

  /** `{Total, SinceTheLastCall}`, counted for each name by itself. */
  sinceLast(name: string, total: number): Term {
    const before = this.#seen.get(name) ?? 0;
    this.#seen.set(name, total);
    return tuple(total, total - before);
  }

  /** `[{1, Active, Total}]`: the event loop is the one scheduler. */
  get schedulerTime(): Term {
    const { active, idle } = loopTimes();
    return [tuple(1, integer(active * 1e6), integer((active + idle) * 1e6))];
  }

  /** The use of the event loop since the last call, from 0 to 1. */
  loadSinceLast(): number {
    const before = this.#lastLoop;
    const now = loopTimes();
    this.#lastLoop = now;
    const total = now.active + now.idle - before.active - before.idle;
    return total > 0 ? (now.active - before.active) / total : 0;
  }

  get monotonicTime(): Term {
    return integer(process.hrtime.bigint());
  }

  get startTime(): Term {
    return integer(startedAt);
  }

  get processors(): number {
    return availableParallelism();
  }

  /** `x64-linux`. */
  get architecture(): string {
    return `${process.arch}-${process.platform}`;
  }

  /** `Node.js v24.1.0`. */
  get program(): string {
    return `Node.js ${process.version}`;
  }
}

/** Machine code and what V8 keeps for it; 0 where the runtime does not tell. */
function codeBytes(): number {
  try {
    return v8
      .getHeapSpaceStatistics()
      .filter(({ space_name: name }) => name.includes('code'))
      .reduce((sum, { space_used_size: size }) => sum + size, 0);
  } catch {
    return 0;
  }
}

/** How long the event loop has worked and waited, in milliseconds; idle where the runtime does not tell. */
function loopTimes(): { readonly active: number; readonly idle: number } {
  try {
    return performance.eventLoopUtilization();
  } catch {
    return { active: 0, idle: process.uptime() * 1000 };
  }
}
