/** Reads the overview of an Erlang node, and of a TypeScript node. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import { failedPart } from '../asking/ask-node.ts';
import type { InspectProblem } from '../read/answer.ts';
import { countOf, elementsOf, fieldsOf, given, listOf, nameOf, textOf } from '../read/read-term.ts';
import { maxApplications } from './overview-program.ts';
import { type SchedulerUse, schedulerUse } from './scheduler-use.ts';

/** Something that a node has a number of, and how many it can have. */
export interface Usage {
  readonly count?: number;
  readonly limit?: number;
}

/** An overview of a node. A part is missing if the node does not have it; if it should, `problems` says why. */
export interface NodeOverview {
  readonly kind: 'erlang' | 'typescript';
  readonly uptimeMs?: number;
  /** Bytes by kind: `total`, `processes`, `binary`, `ets`, `code`, `atom` and others; `heap` for a TypeScript node. */
  readonly memory: Readonly<Record<string, number>>;
  readonly processes: Usage;
  readonly ports: Usage;
  readonly atoms: Usage;
  /** OTP has no limit on tables any more: `ets_limit` is what one could set for older releases. */
  readonly tables: Usage;
  readonly schedulers?: {
    readonly count?: number;
    readonly online?: number;
    /** `off`: the node does not measure the time of its schedulers, see `measureSchedulers`. */
    readonly use: SchedulerUse | 'off' | 'unknown';
  };
  readonly runQueues?: {
    /** Processes and ports that wait for a scheduler, on all of them. */
    readonly total?: number;
    readonly each: readonly number[];
    /** Those that wait and those that run. The question itself is one. */
    readonly activeTasks?: number;
  };
  /** Bytes since the node started. */
  readonly io?: { readonly inBytes: number; readonly outBytes: number };
  /** Since the node started. */
  readonly reductions?: number;
  readonly garbageCollections?: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Visible connections; only a TypeScript node reports them here. */
  readonly connections?: number;
  /** Share of time in which the event loop of a TypeScript node was busy, since it started. */
  readonly eventLoopUse?: number;
  readonly applications: readonly { readonly name: string; readonly version: string }[];
  /** Parts that could not be asked, by their name here. */
  readonly problems: Readonly<Record<string, InspectProblem>>;
}

const maxSchedulers = 2048;

/** Reads the answer to `overviewBody`; `undefined` if it is not one. */
export function readOverview(answer: Term, node: string): NodeOverview | undefined {
  const parts = fieldsOf(answer);
  if (!parts.has('memory') || !parts.has('counts')) return undefined;
  const problems: Record<string, InspectProblem> = {};
  const valueOf = (part: string, outcome: Term): Term => {
    const [tag, value] = elementsOf(outcome);
    if (atomName(tag) === 'ok' && tag !== undefined) return value;
    problems[part] = failedPart(node, value);
    return undefined;
  };
  const counted = fieldsOf(parts.get('counts'));
  const info = (name: string): Term => valueOf(name, counted.get(name));
  const measured = fieldsOf(parts.get('stats'));
  const statistic = (name: string): Term => valueOf(name, measured.get(name));
  const usage = (name: string): Usage =>
    given({ count: countOf(info(`${name}_count`)), limit: countOf(info(`${name}_limit`)) });
  const [, elixir] = elementsOf(valueOf('elixir', parts.get('elixir')));
  const overview = {
    kind: 'erlang' as const,
    memory: memoryOf(valueOf('memory', parts.get('memory'))),
    processes: usage('process'),
    ports: usage('port'),
    atoms: usage('atom'),
    tables: usage('ets'),
    schedulers: schedulersOf(info, parts.get('use')),
    runQueues: queuesOf(statistic),
    ...given({
      uptimeMs: countOf(valueOf('uptime', parts.get('uptime'))),
      io: ioOf(statistic('io')),
      reductions: firstOf(statistic('reductions')),
      garbageCollections: firstOf(statistic('garbage_collection')),
    }),
    versions: versionsOf({
      otp: info('otp_release'),
      erts: info('version'),
      elixir,
      architecture: info('system_architecture'),
    }),
    applications: applicationsOf(valueOf('applications', parts.get('applications'))),
  };
  return { ...overview, problems };
}

/** Reads the answer of a TypeScript node to `convoy:info()`. */
export function readTypescriptOverview(info: Term): NodeOverview | undefined {
  const fields = fieldsOf(info);
  const memory = fieldsOf(fields.get('memory'));
  const versions = fieldsOf(fields.get('versions'));
  const loop = fieldsOf(fields.get('event_loop'));
  if (!fields.has('memory') && !fields.has('versions')) return undefined;
  const [active, idle] = [countOf(loop.get('active_ms')), countOf(loop.get('idle_ms'))];
  const peers = fields.get('peers');
  return {
    kind: 'typescript',
    memory: given({ total: countOf(memory.get('total')), heap: countOf(memory.get('heap_used')) }),
    processes: given({ count: countOf(fields.get('processes')) }),
    ports: {},
    atoms: {},
    tables: {},
    ...given({
      uptimeMs: countOf(fields.get('uptime_ms')),
      connections: Array.isArray(peers) ? peers.length : undefined,
      eventLoopUse:
        active !== undefined && idle !== undefined && active + idle > 0
          ? active / (active + idle)
          : undefined,
    }),
    versions: versionsOf({ node: versions.get('node'), convoy: versions.get('convoy') }),
    applications: [],
    problems: {},
  };
}

function memoryOf(term: Term): Record<string, number> {
  const kinds = Array.from(fieldsOf(term), ([kind, bytes]) => [kind, countOf(bytes)] as const);
  const known = kinds.filter((kind): kind is readonly [string, number] => kind[1] !== undefined);
  return Object.fromEntries(known.slice(0, 30).map(([kind, bytes]) => [kind.slice(0, 40), bytes]));
}

function schedulersOf(info: (name: string) => Term, use: Term): NonNullable<NodeOverview['schedulers']> {
  const all = countOf(info('schedulers'));
  const online = countOf(info('schedulers_online'));
  const [first, last] = elementsOf(use);
  const isOff = use !== undefined && atomName(use) === 'off';
  const measured = all === undefined ? undefined : schedulerUse(first, last, all);
  return { ...given({ count: all, online }), use: isOff ? 'off' : (measured ?? 'unknown') };
}

function queuesOf(statistic: (name: string) => Term): NonNullable<NodeOverview['runQueues']> {
  const lengths = listOf(statistic('run_queue_lengths_all'), maxSchedulers).map(countOf);
  return {
    each: lengths.filter((length) => length !== undefined),
    ...given({
      total: countOf(statistic('total_run_queue_lengths_all')),
      activeTasks: countOf(statistic('total_active_tasks_all')),
    }),
  };
}

function ioOf(term: Term): { inBytes: number; outBytes: number } | undefined {
  const [input, output] = elementsOf(term).map((pair) => countOf(elementsOf(pair)[1]));
  return input === undefined || output === undefined ? undefined : { inBytes: input, outBytes: output };
}

function firstOf(term: Term): number | undefined {
  return countOf(elementsOf(term)[0]);
}

function versionsOf(terms: Readonly<Record<string, Term>>): Record<string, string> {
  const texts = Object.entries<Term>(terms).map(([name, term]) => [name, versionOf(term)] as const);
  return Object.fromEntries(texts.filter((one): one is readonly [string, string] => one[1] !== undefined));
}

function versionOf(term: Term): string | undefined {
  return term === undefined ? undefined : textOf(term, 80) || undefined;
}

function applicationsOf(term: Term): NodeOverview['applications'] {
  const all = listOf(term, maxApplications).flatMap((one) => {
    const [name, version] = elementsOf(one);
    const text = nameOf(name);
    return text === undefined ? [] : [{ name: text, version: textOf(version, 80) ?? '' }];
  });
  return all.sort((one, other) => (one.name < other.name ? -1 : 1));
}
