/**
 * What it costs a cluster to be watched: processor time and bytes of 30 idle Erlang nodes, beside the same nodes in the same run
 * unwatched. CONVOY_WATCH_MINUTES (default 2) is how long each of the two lasts; the rows are for an hour.
 */

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { watchCluster } from '@convoy/cluster/members';
import { startNode } from '@convoy/node';
import { ErlangCluster } from '../test/support/erlang/erlang-cluster.ts';
import type { ErlangNode } from '../test/support/erlang/erlang-node.ts';
import type { BenchRow } from './rows.ts';

const count = 30;
const usualMinutes = Number(process.env['CONVOY_WATCH_MINUTES'] ?? 2);
const visitorName = 'visitor@127.0.0.1';

interface Sample {
  /** Milliseconds of processor time, by node. */
  readonly cpuMs: readonly number[];
  /** Bytes that the members have sent one another. */
  readonly meshBytes: number;
  readonly visitorBytes: number;
}

/** The scheduled time of all threads of a process, in nanoseconds. */
function cpuMsOf({ osPid }: ErlangNode): number {
  const tasks = readdirSync(`/proc/${osPid}/task`);
  const times = tasks.map((task) =>
    Number(readFileSync(`/proc/${osPid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}

/** The ports of distribution do not count what they send; their sockets do. */
async function bytesOf(node: ErlangNode): Promise<{ readonly mesh: number; readonly visitor: number }> {
  const text = await node.eval(`[begin
      {ok, [{recv_oct, In}, {send_oct, Out}]} = inet:getstat(Port, [recv_oct, send_oct]),
      case N =:= '${visitorName}' of true -> {0, In + Out}; false -> {Out, 0} end
    end || {N, Port} <- erlang:system_info(dist_ctrl)]`);
  const pairs = Array.from(text.matchAll(/\{(\d+),(\d+)\}/g), ([, mesh, visitor]) => [
    Number(mesh),
    Number(visitor),
  ]);
  const sum = (at: 0 | 1): number => pairs.reduce((all, pair) => all + (pair[at] ?? 0), 0);
  return { mesh: sum(0), visitor: sum(1) };
}

/** Taking a sample costs something itself: the processor time is read before the bytes at the end, and after them at the start. */
async function sample(nodes: readonly ErlangNode[], isEnd: boolean): Promise<Sample> {
  const before = isEnd ? nodes.map(cpuMsOf) : undefined;
  const bytes: Awaited<ReturnType<typeof bytesOf>>[] = [];
  for (const node of nodes) bytes.push(await bytesOf(node));
  return {
    cpuMs: before ?? nodes.map(cpuMsOf),
    meshBytes: bytes.reduce((sum, { mesh }) => sum + mesh, 0),
    visitorBytes: bytes.reduce((sum, { visitor }) => sum + visitor, 0),
  };
}

async function measure(nodes: readonly ErlangNode[], minutes: number): Promise<Sample> {
  const start = await sample(nodes, false);
  await delay(minutes * 60_000);
  const end = await sample(nodes, true);
  const perHour = 60 / minutes;
  return {
    cpuMs: end.cpuMs.map((time, index) => (time - (start.cpuMs[index] ?? 0)) * perHour),
    meshBytes: (end.meshBytes - start.meshBytes) * perHour,
    visitorBytes: (end.visitorBytes - start.visitorBytes) * perHour,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function row(
  name: string,
  unit: string,
  values: { readonly ours: number; readonly reference: number },
): BenchRow {
  const { ours, reference } = values;
  const shown = (value: number): string => `${value.toFixed(0)} ${unit}`;
  return { name, ours: shown(ours), reference: shown(reference), ratio: reference / ours, target: '' };
}

/** What was measured, and how much was asked of the cluster. */
export interface WatchCost {
  readonly rows: readonly BenchRow[];
  readonly questionsPerMinute: number;
}

export async function benchWatch(): Promise<BenchRow[]> {
  return [...(await measureWatching(usualMinutes)).rows];
}

/** Watches the nodes for this long, after having left them alone for as long. */
export async function measureWatching(minutes: number): Promise<WatchCost> {
  const cookie = randomBytes(12).toString('hex');
  await using cluster = await ErlangCluster.start({ cookie });
  const nodes: ErlangNode[] = [];
  for (let index = 0; index < count; index += 1) nodes.push(await cluster.erlang(`n${index}`));
  const [entry, ...others] = nodes;
  for (const { name } of others) await entry?.eval(`net_adm:ping('${name}')`);
  for (const node of nodes) await node.eval('global:sync()');
  const unwatched = await measure(nodes, minutes);

  await using visitor = await startNode({
    name: visitorName,
    cookie,
    hidden: true,
    isolated: true,
    listen: false,
    epmdPort: cluster.epmdPort,
  });
  await using watched = await watchCluster(visitor, { entries: [entry?.name ?? ''] });
  if (watched.members().length !== count) throw new Error(`${watched.members().length} members`);
  const before = watched.questions;
  const seen = await measure(nodes, minutes);
  const questionsPerMinute = (watched.questions - before) / minutes;
  const rows = [
    {
      ...row('processor time of the entry, an hour', 'ms', {
        ours: seen.cpuMs[0] ?? 0,
        reference: unwatched.cpuMs[0] ?? 0,
      }),
      note: `the reference is the same cluster unwatched; ${questionsPerMinute.toFixed(1)} questions a minute`,
    },
    row('processor time of each other node, an hour', 'ms', {
      ours: mean(seen.cpuMs.slice(1)),
      reference: mean(unwatched.cpuMs.slice(1)),
    }),
    row('bytes between the nodes, an hour', 'kB', {
      ours: seen.meshBytes / 1000,
      reference: unwatched.meshBytes / 1000,
    }),
    row('bytes between the entry and us, an hour', 'kB', { ours: seen.visitorBytes / 1000, reference: 0 }),
  ];
  return { rows, questionsPerMinute };
}
