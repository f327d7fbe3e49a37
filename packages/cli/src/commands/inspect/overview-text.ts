/** The overview of a node as a few lines for people. Pure. */

import type { NodeOverviewView } from '@convoy/console/protocol';
import type { Answer, Shown } from '../../targets/inspecting/inspected-node.ts';
import { bytesText, countText, durationText, percentText, usageText } from '../../terminal/units.ts';

type Overview = Shown<NodeOverviewView>;

/** What a node is, and how it is. */
export function overviewText(node: string, overview: Overview): string {
  const lines: (readonly [string, string])[] = [
    ['memory', memoryText(overview.memory)],
    ['load', loadText(overview)],
    ['counts', countsText(overview)],
    ...(overview.io === undefined ? [] : [['I/O', ioText(overview.io)] as const]),
  ];
  const { uptimeMs } = overview;
  const up = uptimeMs === undefined ? [] : [`up ${durationText(uptimeMs)}`];
  const title = [node, ...versionsOf(overview), ...up].join('  ');
  const shown = lines.filter(([, text]) => text !== '').map(([name, text]) => `${name.padEnd(10)} ${text}`);
  return [title, ...shown].join('\n');
}

/** What the questions cost the node. */
export function costText(costs: readonly Answer<unknown>['cost'][]): string {
  const sum = (name: 'questions' | 'busyMs'): number =>
    costs.reduce((total, cost) => total + (cost[name] ?? 0), 0);
  const [questions, busyMs] = [sum('questions'), sum('busyMs')];
  // A TypeScript node does not say what a question costs it.
  if (busyMs === 0) return `asked by ${questions} questions`;
  return `asked by ${questions} questions, which took ${busyMs.toFixed(1)} ms of a scheduler there`;
}

const versionLabels = [
  ['otp', 'OTP'],
  ['elixir', 'Elixir'],
  ['node', 'Node.js'],
  ['convoy', 'Convoy'],
] as const;

function versionsOf({ versions }: Overview): string[] {
  return versionLabels.flatMap(([key, label]) => {
    const version = versions[key];
    return version === undefined ? [] : [`${label} ${version}`];
  });
}

const memoryLabels = [
  ['processes', 'processes'],
  ['binary', 'binaries'],
  ['ets', 'ETS'],
  ['code', 'code'],
  ['atom', 'atoms'],
  ['heap', 'heap'],
] as const;

function memoryText(memory: Overview['memory']): string {
  const parts = memoryLabels.flatMap(([key, label]) => {
    const bytes = memory[key];
    return bytes === undefined ? [] : [`${label} ${bytesText(bytes)}`];
  });
  return `${bytesText(memory['total'])}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

function loadText({ schedulers, runQueues, eventLoopUse, reductions }: Overview): string {
  const parts: string[] = [];
  const use = schedulers?.use;
  const count = schedulers?.online ?? schedulers?.count;
  if (typeof use === 'object')
    parts.push(`${percentText(use.average)} of ${count ?? use.each.length} schedulers`);
  else if (count !== undefined) parts.push(`${count} schedulers`);
  if (runQueues?.total !== undefined) parts.push(`${countText(runQueues.total)} waiting`);
  if (eventLoopUse !== undefined) parts.push(`event loop ${percentText(eventLoopUse)} busy since the start`);
  if (reductions !== undefined) parts.push(`${countText(reductions)} reductions since the start`);
  return parts.join(', ');
}

function countsText({ processes, ports, atoms, tables, connections }: Overview): string {
  const named = [
    ['processes', processes],
    ['ports', ports],
    ['atoms', atoms],
    ['ETS tables', { count: tables.count }],
    ['connections', { count: connections }],
  ] as const;
  return named
    .flatMap(([name, usage]) => (usage.count === undefined ? [] : [`${name} ${usageText(usage)}`]))
    .join(', ');
}

function ioText({ inBytes, outBytes }: NonNullable<Overview['io']>): string {
  return `${bytesText(inBytes)} in, ${bytesText(outBytes)} out since the start`;
}
