/**
 * Asks every member of a cluster for its connections, from its own side, and why it lacks those that it lacks. Nothing is connected
 * or changed. All members are asked through one node, so only that one has to be reachable from here.
 */

import type { Node } from '@convoy/node';
import { atom, Tuple } from '@convoy/node/etf';
import { diagnosePair } from './diagnose-pair.ts';
import type { Diagnosis, Fault } from './model/diagnosis.ts';
import { tickTimesDiffer } from './faults/nodes.ts';
import { firstUnreachable } from './faults/pairs.ts';
import { type Ask, askNode, askThrough } from './look/asking/asker.ts';
import { peersOf } from './look/node.ts';
import { charlist } from './look/asking/terms.ts';
import type { MeshMember, MeshPair, MeshReport } from './model/mesh-report.ts';

/** Options of `diagnoseMesh`. */
export interface DiagnoseMeshOptions {
  /** A local node that can reach the entry, with the `routes` and cookies this takes. */
  readonly node: Node;
  /** Full names of members that no other member may know. */
  readonly members?: readonly string[] | undefined;
  /** Timeout of each remote call in milliseconds. Default 10000. */
  readonly timeoutMs?: number;
  /** Called when a pair that is not connected has been diagnosed. */
  readonly onPair?: (diagnosis: Diagnosis) => void;
  readonly signal?: AbortSignal | undefined;
}

const maxMembers = 64;
const maxDiagnosed = 64;
const maxAtOnce = 4;

interface Member extends MeshMember {
  readonly peers: readonly string[] | undefined;
}

/** Asks the cluster that `entry` belongs to. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnoseMesh(entry: string, options: DiagnoseMeshOptions): Promise<MeshReport> {
  const { node, timeoutMs = 10_000, signal } = options;
  try {
    await node.connect(entry, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const fault = firstUnreachable(entry, (error as Error).message);
    return { entry, ok: false, members: [], pairs: [], fault, warnings: [] };
  }
  const ask = askNode({ node, timeoutMs: timeoutMs + 1000, signal }, entry);
  const members = await findMembers(entry, ask, options);
  signal?.throwIfAborted();
  const pairs = await diagnosePairs(entry, members, options);
  return {
    entry,
    ok: pairs.every(({ connected }) => connected === true),
    members: members.map(({ peers: _peers, ...member }) => member),
    pairs,
    warnings: warningsAbout(entry, members),
  };
}

/** The entry, its peers, their peers, and those that were given, each asked for its own view. */
async function findMembers(entry: string, ask: Ask, options: DiagnoseMeshOptions): Promise<Member[]> {
  const { timeoutMs = 10_000, members: given = [] } = options;
  const found = new Map<string, Member>();
  let names = [entry, ...given];
  while (names.length > 0) {
    const asked = await mapConcurrently(names, (name) =>
      askMember(name, name === entry ? ask : askThrough(ask, name, timeoutMs)),
    );
    for (const member of asked) found.set(member.name, member);
    const known = new Set(asked.flatMap(({ peers = [] }) => peers));
    names = [...known].filter((name) => !found.has(name)).slice(0, maxMembers - found.size);
  }
  return [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function askMember(name: string, ask: Ask): Promise<Member> {
  try {
    const [peers, release, tick] = await Promise.all([
      peersOf(ask),
      ask('erlang', 'system_info', [atom('otp_release')]),
      ask('net_kernel', 'get_net_ticktime', []),
    ]);
    const seconds = tick instanceof Tuple ? tick.at(1) : tick;
    const text = charlist(release);
    return {
      name,
      answers: peers !== undefined,
      peers,
      release: text === '' ? undefined : text,
      tickTime: typeof seconds === 'number' ? seconds : undefined,
    };
  } catch {
    return { name, answers: false, peers: undefined };
  }
}

async function diagnosePairs(
  entry: string,
  members: readonly Member[],
  { node, timeoutMs = 10_000, signal, onPair }: DiagnoseMeshOptions,
): Promise<MeshPair[]> {
  const pairs = members.flatMap((from) =>
    members
      .filter((to) => to !== from)
      .map((to): MeshPair => ({ from: from.name, to: to.name, connected: from.peers?.includes(to.name) })),
  );
  const lacking = pairs.filter(({ connected }) => connected === false).slice(0, maxDiagnosed);
  const diagnoses = new Map<MeshPair, Diagnosis>();
  await mapConcurrently(lacking, async (pair) => {
    const through = pair.from === entry ? undefined : entry;
    const options = { node, timeoutMs, signal, through, connect: false };
    const diagnosis = await diagnosePair(pair.from, pair.to, options);
    diagnoses.set(pair, diagnosis);
    onPair?.(diagnosis);
  });
  return pairs.map((pair) => ({ ...pair, diagnosis: diagnoses.get(pair) }));
}

function warningsAbout(entry: string, members: readonly Member[]): Fault[] {
  const known = members.filter(({ tickTime }) => tickTime !== undefined);
  if (new Set(known.map(({ tickTime }) => tickTime)).size < 2) return [];
  return [
    tickTimesDiffer(
      entry,
      known.map(({ name, tickTime }) => `${name}: ${tickTime} s`),
    ),
  ];
}

async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: maxAtOnce }, run));
  return results;
}
