/**
 * Asks every member of a cluster for its connections, from its own side, and why it lacks those that it lacks. Nothing is connected
 * or changed. All members are asked through one node, so only that one has to be reachable from here.
 */

import type { Node } from '@convoy/node';
import { mapConcurrently } from '@convoy/node/async';
import { atom, Tuple } from '@convoy/node/etf';
import { diagnoseAsking } from './diagnose-pair.ts';
import type { Diagnosis, Fault } from './model/diagnosis.ts';
import { tickTimesDiffer } from './faults/nodes.ts';
import { firstUnreachable } from './faults/pairs.ts';
import { type Ask, askNode, askThrough, rejecting } from './look/asking/asker.ts';
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
  /** Asks it through nodes that are connected already: a call connects nodes that are not. */
  readonly ask: Ask;
}

/** Asks the cluster that `entry` belongs to. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnoseMesh(entry: string, options: DiagnoseMeshOptions): Promise<MeshReport> {
  const { node, signal } = options;
  try {
    await node.connect(entry, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const fault = firstUnreachable(entry, (error as Error).message);
    return { entry, ok: false, members: [], pairs: [], fault, warnings: [] };
  }
  const members = await findMembers(entry, options);
  signal?.throwIfAborted();
  const pairs = await diagnosePairs(members, options);
  return {
    entry,
    ok: pairs.every(({ connected }) => connected === true),
    members: members.map(({ peers: _peers, ask: _ask, ...member }) => member),
    pairs,
    warnings: warningsAbout(entry, members),
  };
}

/** A node to ask, and how. */
interface Candidate {
  readonly name: string;
  readonly ask: Ask;
}

/** The entry, its peers, their peers, and those that were given, each asked for its own view. */
async function findMembers(entry: string, options: DiagnoseMeshOptions): Promise<Member[]> {
  const { node, timeoutMs = 10_000, signal, members: given = [] } = options;
  const direct = (name: string): Candidate => ({ name, ask: askNode({ node, timeoutMs, signal }, name) });
  const found = new Map<string, Member>();
  const add = async (candidates: readonly Candidate[]): Promise<void> => {
    const fresh = new Map(candidates.filter(({ name }) => !found.has(name)).map((one) => [one.name, one]));
    const some = [...fresh.values()].slice(0, maxMembers - found.size);
    if (some.length === 0) return;
    const asked = await mapConcurrently(some, maxAtOnce, askMember);
    for (const member of asked) found.set(member.name, member);
    await add(
      asked.flatMap(({ ask, peers = [] }) =>
        peers.map((name) => ({ name, ask: askThrough(ask, name, timeoutMs) })),
      ),
    );
  };
  await add([direct(entry)]);
  // What no member is connected to is asked from here, so that no two members get connected.
  await add(given.map(direct));
  return [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function askMember({ name, ask }: Candidate): Promise<Member> {
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
      ask,
      answers: peers !== undefined,
      peers,
      release: text === '' ? undefined : text,
      tickTime: typeof seconds === 'number' ? seconds : undefined,
    };
  } catch {
    return { name, ask, answers: false, peers: undefined };
  }
}

async function diagnosePairs(
  members: readonly Member[],
  { signal, onPair }: DiagnoseMeshOptions,
): Promise<MeshPair[]> {
  const pairs = members.flatMap((from) =>
    members.filter((to) => to !== from).map((to) => ({ from, to, connected: from.peers?.includes(to.name) })),
  );
  const lacking = pairs.filter(({ connected }) => connected === false).slice(0, maxDiagnosed);
  const diagnoses = new Map<object, Diagnosis>();
  await mapConcurrently(lacking, maxAtOnce, async (pair) => {
    const { from, to } = pair;
    const asked = { from: from.name, to: to.name, ask: orThrow(from), askTo: orThrow(to), reach: isReached };
    const diagnosis = await diagnoseAsking(asked, { connect: false, signal });
    diagnoses.set(pair, diagnosis);
    onPair?.(diagnosis);
  });
  return pairs.map((pair): MeshPair => {
    const diagnosis = diagnoses.get(pair);
    const connected = diagnosis?.ok === true ? true : pair.connected;
    return { from: pair.from.name, to: pair.to.name, connected, diagnosis };
  });
}

/** It has answered. */
function isReached(): Promise<void> {
  return Promise.resolve();
}

/** The failure of a call through others is an answer, which a diagnosis takes for an error. */
function orThrow({ name, ask }: Member): Ask {
  return rejecting(ask, name);
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
