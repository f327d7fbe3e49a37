/** What a user may ask of the mesh of a watched cluster: to be told what a disconnection would do, and to complete the mesh again. */

import { pause } from '@convoy/node/async';
import { atom, ExportFun } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import type { MemberCall } from '../facts/question.ts';
import type { WatchedCluster } from '../state/watched-cluster.ts';
import {
  type DisconnectForecast,
  forecastDisconnect,
  type MeshLink,
  missingLinks,
} from './disconnect-forecast.ts';
import { askMesh } from './mesh-question.ts';

/** Options of `reconnectAll`. */
export interface ReconnectOptions {
  /** Nodes that are no longer members, to bring back. Default: all visible ones that have left since watching began. */
  readonly include?: readonly string[] | undefined;
  /** How long a node may take to connect to those that it misses, in milliseconds. Default 20000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `reconnectAll` has achieved. */
export interface ReconnectResult {
  /** Pairs of members that were not connected, and are now. */
  readonly connected: readonly MeshLink[];
  /** Pairs of members that are still not connected. */
  readonly missing: readonly MeshLink[];
  /** Nodes that could not be brought back. */
  readonly absent: readonly string[];
}

/** Rounds of asking: `global` may take nodes out again while others are still being connected. */
const rounds = 5;
/** Time for nodes to tell one another, between two rounds. */
const settleMs = 500;

/**
 * Says what OTP will do when two members of a watched cluster are disconnected, from how every visible member is set up now. Changes
 * nothing. Rejects with MEMBERS_UNKNOWN_NODE for a name that is not a member.
 *
 * @example
 * const { leaving, summary } = await foreseeDisconnect(cluster, 'a@10.0.0.5', 'b@10.0.0.6');
 */
export async function foreseeDisconnect(
  cluster: WatchedCluster,
  one: string,
  other: string,
): Promise<DisconnectForecast> {
  for (const name of [one, other]) {
    if (cluster.member(name) === undefined) throw unknownNode(name);
  }
  return forecastDisconnect(await askMesh(cluster), one, other);
}

/**
 * Completes the mesh of a watched cluster: nodes that have been taken out of it are brought back by the entry, and visible members are
 * asked to connect to those that they miss. Call it only when a user wants that. Rejects as `cluster.ask` does.
 */
export async function reconnectAll(
  cluster: WatchedCluster,
  options: ReconnectOptions = {},
): Promise<ReconnectResult> {
  const { include = cluster.formerMembers(), timeoutMs = 20_000, signal } = options;
  const asking = { timeoutMs, signal };
  const { entry } = cluster;
  const gone = include.filter((name) => cluster.member(name) === undefined);
  await bringBack(cluster, include, asking);
  const connected = new Map<string, MeshLink>();
  let missing: MeshLink[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Nodes that have just come back are members once the entry has reported them.
    await pause(settleMs, signal);
    missing = missingLinks(await askMesh(cluster, asking));
    for (const link of missing) connected.set(link.join(' '), link);
    const isBack = include.every((name) => cluster.member(name) !== undefined);
    if (missing.length === 0 && (isBack || round > 0)) break;
    await connectMissing(cluster, missing, asking);
  }
  // The entry has connected those; `global` may have completed the rest before the first round.
  for (const name of gone) {
    if (entry !== undefined && cluster.member(name) !== undefined) addLink(connected, [entry, name]);
  }
  for (const link of missing) connected.delete(link.join(' '));
  const absent = include.filter((name) => cluster.member(name) === undefined);
  return { connected: [...connected.values()], missing, absent };
}

function addLink(links: Map<string, MeshLink>, [one, other]: MeshLink): void {
  const link: MeshLink = one < other ? [one, other] : [other, one];
  links.set(link.join(' '), link);
}

interface Asking {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

async function bringBack(cluster: WatchedCluster, names: readonly string[], asking: Asking): Promise<void> {
  const gone = names.filter((name) => cluster.member(name) === undefined);
  const unknown = gone.find((name) => !cluster.formerMembers().includes(name));
  if (unknown !== undefined) throw unknownNode(unknown);
  if (gone.length > 0 && cluster.entry !== undefined)
    await cluster.ask(cluster.entry, connectCall(gone), asking);
}

/** One of each pair is asked; an Erlang node rather than a TypeScript node, which connects to one node at a time. */
async function connectMissing(
  cluster: WatchedCluster,
  missing: readonly MeshLink[],
  asking: Asking,
): Promise<void> {
  const isTypescript = (name: string): boolean => cluster.member(name)?.kind === 'typescript';
  const wanted = missing.map(([one, other]) => (isTypescript(one) ? [other, one] : [one, other]) as MeshLink);
  const byAsked = Map.groupBy(wanted, ([asked]) => asked);
  await Promise.all(
    Array.from(byAsked, ([asked, links]) => {
      const peers = links.map(([, peer]) => peer);
      const calls = isTypescript(asked) ? peers.map(typescriptConnectCall) : [connectCall(peers)];
      return Promise.all(calls.map((call) => cluster.askEach([asked], call, asking)));
    }),
  );
}

function connectCall(names: readonly string[]): MemberCall {
  const connect = new ExportFun('net_kernel', 'connect_node', 1);
  return { module: 'lists', function: 'map', args: [connect, names.map((name) => atom(name))] };
}

function typescriptConnectCall(name: string): MemberCall {
  return { module: 'convoy', function: 'connect', args: [atom(name)] };
}

function unknownNode(name: string): MembersError {
  return new MembersError(
    'MEMBERS_UNKNOWN_NODE',
    `${JSON.stringify(name.slice(0, 100))} is not a member of the cluster`,
    {
      value: name,
      node: name,
      remedy: 'Use a name that `members` or `formerMembers` lists.',
    },
  );
}
