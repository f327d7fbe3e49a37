/** Members of an attached cluster as nodes of the console. Pure. A view is kept as long as nothing in it changes. */

import type { Member } from '@convoy/cluster/members';
import type { NodeStatus, NodeView, PlaceRef, Problem } from '../protocol/index.ts';
import { nodeIdOf } from '../nodes/node-id.ts';
import { withSample } from '../nodes/node-sample.ts';

/** In larger clusters nodes show only the peers that they miss: the pairs would be more than a page can draw. */
const maxMesh = 150;
/** The start of a node follows from its uptime, so that it is never exactly the same twice. */
const startTolerance = 5000;

/** What is known of a cluster at one time. */
export interface MemberSnapshot {
  /** Id of the cluster. */
  readonly cluster: string;
  readonly members: readonly Member[];
  /** Names of visible nodes that were members before. */
  readonly former: readonly string[];
  /** Names of members whose vitals are new since the last time. */
  readonly measured: ReadonlySet<string>;
  /** Whether a member is connected at all; otherwise the state of all others is not known. */
  readonly isConnected: boolean;
  readonly placeOf: (name: string) => PlaceRef;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** The views of the members by id, from those before. */
export function memberViews(
  before: ReadonlyMap<string, NodeView>,
  snapshot: MemberSnapshot,
): Map<string, NodeView> {
  const { cluster, members, former } = snapshot;
  const visible = members.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  const mesh = visible.length > maxMesh ? [] : visible;
  const views = new Map<string, NodeView>();
  const add = (name: string, make: (known: NodeView | undefined) => NodeView): void => {
    const id = nodeIdOf(name, cluster);
    const known = before.get(id);
    views.set(id, unlessSame(known, make(known)));
  };
  for (const member of members) add(member.name, (known) => memberView(known, { member, mesh, snapshot }));
  for (const name of former) add(name, (known) => formerView(known ?? bareView(name, snapshot), name));
  return views;
}

function memberView(
  known: NodeView | undefined,
  { member, mesh, snapshot }: { member: Member; mesh: readonly string[]; snapshot: MemberSnapshot },
): NodeView {
  const { name, kind, isHidden, vitals, missing, release } = member;
  const start = vitals?.uptimeMs === undefined ? undefined : snapshot.now - vitals.uptimeMs;
  const isAsBefore = start === undefined || Math.abs(start - (known?.upSince ?? -Infinity)) < startTolerance;
  const upSince = isAsBefore ? known?.upSince : start;
  const measured = snapshot.measured.has(name) ? vitals : undefined;
  return {
    ...bareView(name, snapshot),
    kind,
    ...statusOf(member, snapshot),
    startedAt: upSince ?? known?.startedAt ?? snapshot.now,
    upSince,
    peers: isHidden ? [...member.seenBy] : mesh.filter((peer) => peer !== name && !missing.includes(peer)),
    missing: missing.length === 0 ? undefined : [...missing],
    isHidden: isHidden || undefined,
    release: release && { ...release },
    version: versionOf(member),
    memoryBytes: vitals?.memoryBytes ?? known?.memoryBytes,
    ...withSample(known, measured ?? {}),
    processes: vitals?.processes ?? known?.processes,
  };
}

function statusOf(
  { name, state, problem }: Member,
  { isConnected }: MemberSnapshot,
): { status: NodeStatus; problem?: Problem } {
  if (!isConnected) return { status: 'unreachable', problem: notConnected(name) };
  if (state !== 'silent') return { status: 'up' };
  const why = problem === undefined ? '' : `: ${problem}`;
  return {
    status: 'unreachable',
    problem: {
      code: 'MEMBERS_NO_ANSWER',
      message: `${name} does not answer the member through which its cluster is asked${why}`,
      remedy: 'The doctor finds the cause.',
    },
  };
}

function notConnected(name: string): Problem {
  return {
    code: 'MEMBERS_NO_ENTRY',
    message: `no member of its cluster is connected, so the state of ${name} is not known`,
    remedy: 'The console keeps trying; the doctor finds the cause.',
  };
}

/** A node that has left is shown until it is back or the cluster is detached: it may stand apart. */
function formerView(known: NodeView, name: string): NodeView {
  const { upSince: _upSince, processes: _processes, missing: _missing, ...rest } = known;
  return {
    ...rest,
    status: 'left',
    peers: [],
    problem: {
      code: 'NODE_LEFT',
      message: `${name} is not connected to its cluster any more: it has ended, or stands apart`,
      remedy: 'If it still runs, join all nodes of the cluster again.',
    },
  };
}

function bareView(name: string, { cluster, placeOf, now }: MemberSnapshot): NodeView {
  const place = placeOf(name);
  return {
    id: nodeIdOf(name, cluster),
    name,
    kind: 'unknown',
    origin: 'member',
    place,
    provider: place.key,
    cluster,
    status: 'up',
    join: true,
    steps: [],
    peers: [],
    startedAt: now,
    memoryHistory: [],
    lastOutput: [],
  };
}

const languages = [
  ['otp', 'OTP'],
  ['elixir', 'Elixir'],
  ['gleam', 'Gleam'],
  ['lfe', 'LFE'],
  ['node', 'Node.js'],
  ['convoy', 'Convoy'],
] as const;

function versionOf({ versions }: Member): string | undefined {
  const known = languages.flatMap(([key, label]) =>
    versions[key] === undefined ? [] : [`${label} ${versions[key]}`],
  );
  return known.length === 0 ? undefined : known.join(', ');
}

function unlessSame(known: NodeView | undefined, next: NodeView): NodeView {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(next) ? known : next;
}
