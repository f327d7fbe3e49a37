/**
 * A reducer over everything the console knows about its nodes. Pure. Launched and attached nodes come from events and from
 * their own answers; nodes that appear only as peers of those are `discovered`. A view is replaced when it changes and
 * otherwise kept, so that changes are found by identity.
 */

import type { NodeKind, NodeStatus, NodeView, PlaceRef, Problem, Step } from '../protocol/index.ts';
import { type NodeSample, withSample } from './node-sample.ts';

/** All nodes by id. */
export type NodeTable = ReadonlyMap<string, NodeView>;

/** The answer of a node to a probe. */
export interface Observation extends NodeSample {
  readonly peers: readonly string[];
  readonly version?: string;
}

/** A change of nodes. `node` is an id; `at` is in milliseconds since 1970. */
export type NodeEvent =
  /** All members of an attached cluster, by id, in the place of those before. Those that are unchanged are the same objects. */
  | {
      readonly kind: 'members';
      readonly cluster: string;
      readonly members: ReadonlyMap<string, NodeView>;
    }
  | NodeChange;

/** A change of one node. */
type NodeChange =
  | {
      readonly kind: 'planned';
      readonly node: string;
      readonly nodeKind: NodeKind;
      readonly place: PlaceRef;
      readonly join: boolean;
      readonly keep?: boolean | undefined;
      readonly at: number;
    }
  /** The console has connected to a running node, by these steps. */
  | {
      readonly kind: 'attached';
      readonly node: string;
      readonly nodeKind: NodeView['kind'];
      readonly place: PlaceRef;
      readonly cluster: string;
      readonly steps: readonly Step[];
      readonly at: number;
    }
  | { readonly kind: 'step'; readonly node: string; readonly step: Step }
  | { readonly kind: 'up'; readonly node: string; readonly osPid?: number | undefined; readonly at: number }
  | {
      readonly kind: 'failed';
      readonly node: string;
      readonly problem: Problem;
      readonly output: readonly string[];
    }
  | {
      readonly kind: 'stopped' | 'crashed';
      readonly node: string;
      readonly problem: Problem;
      readonly output: readonly string[];
    }
  /** The node has another full name than was planned. */
  | { readonly kind: 'renamed'; readonly node: string; readonly to: string }
  | { readonly kind: 'stopping'; readonly node: string }
  | { readonly kind: 'removed'; readonly node: string }
  | { readonly kind: 'observed'; readonly node: string; readonly seen: Observation; readonly at: number }
  | { readonly kind: 'silent'; readonly node: string; readonly problem: Problem; readonly at: number };

/** Limits on peers, because nodes outside of our control report them. */
const maxDiscovered = 200;
const maxPeers = 500;

/** The table after the event; the same object if nothing has changed. */
export function reduceNodes(table: NodeTable, event: NodeEvent): NodeTable {
  if (event.kind === 'members') return withMembers(table, event);
  const next = new Map(table);
  const view = table.get(event.node);
  const changed = newView(event) ?? (view && changedView(view, event));
  if (event.kind === 'renamed') return renamed(next, event);
  if (event.kind === 'removed') forget(next, event.node);
  else if (changed === undefined || changed === view) return table;
  else next.set(event.node, changed);
  return withDiscovered(next, 'at' in event ? event.at : (view?.startedAt ?? 0));
}

/** The changes from one table to another. A launched node that was launched again is both `replaced` and changed. */
export function changesBetween(
  before: NodeTable,
  after: NodeTable,
): { changed: NodeView[]; replaced: string[]; gone: string[] } {
  const changed = [...after.values()].filter((view) => before.get(view.id) !== view);
  return {
    changed,
    replaced: changed.filter((view) => isRelaunch(before.get(view.id), view)).map(({ id }) => id),
    gone: [...before.keys()].filter((id) => !after.has(id)),
  };
}

function isRelaunch(before: NodeView | undefined, after: NodeView): boolean {
  return before?.origin === 'launched' && after.status === 'launching' && before.status !== 'launching';
}

/** Members come and go as their cluster says. They report no peers that would have to be discovered. */
function withMembers(
  table: NodeTable,
  { cluster, members }: Extract<NodeEvent, { kind: 'members' }>,
): NodeTable {
  const isFormer = ({ id, origin, cluster: of }: NodeView): boolean =>
    origin === 'member' && of === cluster && !members.has(id);
  const kept = [...table].filter(([, view]) => !isFormer(view));
  return new Map([...kept, ...members]);
}

function newView(event: NodeChange): NodeView | undefined {
  if (event.kind === 'planned') return plannedView(event);
  if (event.kind !== 'attached') return undefined;
  const { at, steps, cluster } = event;
  const view = plannedView({ ...event, kind: 'planned', join: false });
  return { ...view, origin: 'attached', cluster, status: 'up', steps: [...steps], upSince: at };
}

type PlannedNode = Omit<Extract<NodeChange, { kind: 'planned' }>, 'nodeKind'> & {
  readonly nodeKind: NodeView['kind'];
};

function plannedView(event: PlannedNode): NodeView {
  return {
    id: event.node,
    name: event.node,
    kind: event.nodeKind,
    origin: 'launched',
    place: event.place,
    provider: event.place.key,
    // Nodes that are launched in one place get one cookie; nodes in different places do not reach one another.
    cluster: event.place.key,
    status: 'launching',
    join: event.join,
    ...(event.keep === true ? { keep: true } : {}),
    steps: [],
    peers: [],
    startedAt: event.at,
    memoryHistory: [],
    lastOutput: [],
  };
}

function changedView(view: NodeView, event: NodeChange): NodeView {
  switch (event.kind) {
    case 'planned':
    case 'attached':
      return view;
    case 'step':
      return { ...view, steps: withStep(view.steps, event.step) };
    case 'up':
      return {
        ...view,
        status: 'up',
        upSince: event.at,
        osPid: event.osPid ?? view.osPid,
      };
    case 'failed':
    case 'stopped':
    case 'crashed':
      return ended(view, event.kind, event);
    case 'stopping':
      return { ...view, status: 'stopping' };
    case 'removed':
    case 'renamed':
      return view;
    case 'observed':
      return isAnswering(view) ? observed(view, event.seen) : view;
    case 'silent':
      if (!isAnswering(view) || view.status === 'unreachable') return view;
      return { ...view, status: 'unreachable', peers: [], problem: event.problem };
  }
}

/** Renames a node and keeps its position. Changes `table`. */
function renamed(table: Map<string, NodeView>, { node, to }: { node: string; to: string }): NodeTable {
  const entries = [...table].filter(([name]) => name !== to);
  return new Map(
    entries.map(([name, view]) => (name === node ? [to, { ...view, id: to, name: to }] : [name, view])),
  );
}

/** Removes a node, also from the peers of the other nodes, which would otherwise make it a discovered one. */
function forget(table: Map<string, NodeView>, node: string): void {
  table.delete(node);
  for (const [name, view] of table) {
    // Peers of a member are names in its own cluster.
    if (view.origin === 'member' || !view.peers.includes(node)) continue;
    table.set(name, { ...view, peers: view.peers.filter((peer) => peer !== node) });
  }
}

function isAnswering(view: NodeView): boolean {
  const isAsked = view.origin === 'launched' || view.origin === 'attached';
  return isAsked && (view.status === 'up' || view.status === 'unreachable');
}

function withStep(steps: readonly Step[], step: Step): Step[] {
  const known = steps.findIndex(({ name }) => name === step.name);
  return known === -1 ? [...steps, step] : steps.with(known, step);
}

function ended(
  view: NodeView,
  status: Extract<NodeStatus, 'failed' | 'stopped' | 'crashed'>,
  { problem, output }: { problem: Problem; output: readonly string[] },
): NodeView {
  const { upSince: _upSince, processes: _processes, ...rest } = view;
  return { ...rest, status, problem, peers: [], lastOutput: [...output] };
}

function observed(view: NodeView, seen: Observation): NodeView {
  const { problem: _problem, ...rest } = view;
  const peers = [...new Set(seen.peers)].sort().slice(0, maxPeers);
  const hasSamePeers = peers.join('\n') === view.peers.join('\n');
  return {
    ...rest,
    status: 'up',
    peers: hasSamePeers ? view.peers : peers,
    version: seen.version ?? view.version,
    ...withSample(view, seen),
    memoryBytes: seen.memoryBytes ?? view.memoryBytes,
    processes: seen.processes ?? view.processes,
  };
}

/** Adds discovered nodes that are peers of the others, and drops those that no longer are. Changes `table`. */
function withDiscovered(table: Map<string, NodeView>, now: number): NodeTable {
  const seenBy = seenByNodes(table);
  for (const [name, view] of table) if (view.origin === 'discovered' && !seenBy.has(name)) table.delete(name);
  for (const [name, by] of seenBy) {
    const known = table.get(name);
    const peers = by.sort();
    if (known?.peers.join('\n') !== peers.join('\n'))
      table.set(
        name,
        discoveredView(name, { peers, startedAt: known?.startedAt ?? now, cluster: clusterOf(table, peers) }),
      );
  }
  return table;
}

/** Discovered nodes with the nodes that report them. Each node adds one in turn, so that one that invents peers cannot displace others'. */
function seenByNodes(table: NodeTable): Map<string, string[]> {
  const seenBy = new Map<string, string[]>();
  const isForeign = (peer: string): boolean => (table.get(peer)?.origin ?? 'discovered') === 'discovered';
  let seeing = [...table.values()]
    .filter(({ origin }) => origin !== 'discovered' && origin !== 'member')
    .map(({ name, peers }) => ({ name, peers: peers.filter(isForeign) }));
  for (let turn = 0; seeing.length > 0; turn += 1) {
    seeing = seeing.filter(({ peers }) => peers.length > turn);
    for (const { name, peers } of seeing) {
      const peer = peers[turn] ?? '';
      const by = seenBy.get(peer);
      if (by !== undefined) by.push(name);
      else if (seenBy.size < maxDiscovered) seenBy.set(peer, [name]);
    }
  }
  return seenBy;
}

/** The cluster of a discovered node: that of the first node which reports it. */
function clusterOf(table: NodeTable, [first = '']: readonly string[]): string {
  return table.get(first)?.cluster ?? '';
}

function discoveredView(
  name: string,
  { peers, startedAt, cluster }: Pick<NodeView, 'peers' | 'startedAt' | 'cluster'>,
): NodeView {
  return {
    id: name,
    name,
    kind: 'unknown',
    origin: 'discovered',
    place: { key: 'elsewhere', kind: 'elsewhere' },
    provider: 'elsewhere',
    cluster,
    status: 'up',
    join: true,
    steps: [],
    peers,
    startedAt,
    memoryHistory: [],
    lastOutput: [],
  };
}
