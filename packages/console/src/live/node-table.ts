/**
 * What the console knows of every node, as one value, and how each event changes it. Pure. The launched nodes come from
 * events of their provider and from what they say when asked; nodes that only appear as peers of those are `discovered`.
 * A view is replaced when it changes and kept when it does not, so that changes are found by identity.
 */

import type { NodeKind, NodeStatus, NodeView, Problem, Step } from '../protocol/index.ts';

/** Launched and discovered nodes by full name. */
export type NodeTable = ReadonlyMap<string, NodeView>;

/** What a node said about itself at one look. */
export interface Observation {
  readonly peers: readonly string[];
  readonly memoryBytes?: number;
  readonly processes?: number;
  readonly version?: string;
}

export type NodeEvent =
  | {
      readonly kind: 'planned';
      readonly node: string;
      readonly nodeKind: NodeKind;
      readonly provider: string;
      readonly join: boolean;
      readonly at: number;
    }
  /** A node that runs already, with the steps by which it was reached. */
  | {
      readonly kind: 'attached';
      readonly node: string;
      readonly nodeKind: NodeKind;
      readonly provider: string;
      readonly steps: readonly Step[];
      readonly at: number;
    }
  | { readonly kind: 'step'; readonly node: string; readonly step: Step }
  | { readonly kind: 'up'; readonly node: string; readonly osPid?: number; readonly at: number }
  | {
      readonly kind: 'failed';
      readonly node: string;
      readonly problem: Problem;
      readonly output: readonly string[];
    }
  | {
      readonly kind: 'crashed';
      readonly node: string;
      readonly problem: Problem;
      readonly output: readonly string[];
    }
  /** It has told another full name than was planned for it. */
  | { readonly kind: 'renamed'; readonly node: string; readonly to: string }
  | { readonly kind: 'stopping'; readonly node: string }
  | { readonly kind: 'removed'; readonly node: string }
  | { readonly kind: 'observed'; readonly node: string; readonly seen: Observation; readonly at: number }
  | { readonly kind: 'silent'; readonly node: string; readonly problem: Problem; readonly at: number };

const maxHistory = 60;
/** Peers come from nodes we do not control. */
const maxDiscovered = 200;
const maxPeers = 500;

/** The table after the event. The very same table when nothing changes. */
export function reduceNodes(table: NodeTable, event: NodeEvent): NodeTable {
  const next = new Map(table);
  const view = table.get(event.node);
  const changed = newView(event) ?? (view && changedView(view, event));
  if (event.kind === 'renamed') return renamed(next, event);
  if (event.kind === 'removed') forget(next, event.node);
  else if (changed === undefined || changed === view) return table;
  else next.set(event.node, changed);
  return withDiscovered(next, 'at' in event ? event.at : (view?.startedAt ?? 0));
}

/** What to tell a client that knew `before`. */
export function changesBetween(before: NodeTable, after: NodeTable): { changed: NodeView[]; gone: string[] } {
  return {
    changed: [...after.values()].filter((view) => before.get(view.name) !== view),
    gone: [...before.keys()].filter((name) => !after.has(name)),
  };
}

function newView(event: NodeEvent): NodeView | undefined {
  if (event.kind === 'planned') return plannedView(event);
  if (event.kind !== 'attached') return undefined;
  const { at, steps } = event;
  const view = plannedView({ ...event, kind: 'planned', join: false });
  return { ...view, origin: 'attached', status: 'up', steps: [...steps], upSince: at };
}

function plannedView(event: Extract<NodeEvent, { kind: 'planned' }>): NodeView {
  return {
    name: event.node,
    kind: event.nodeKind,
    origin: 'launched',
    provider: event.provider,
    status: 'launching',
    join: event.join,
    steps: [],
    peers: [],
    startedAt: event.at,
    memoryHistory: [],
    lastOutput: [],
  };
}

function changedView(view: NodeView, event: NodeEvent): NodeView {
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
        ...(event.osPid === undefined ? {} : { osPid: event.osPid }),
      };
    case 'failed':
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

/** In the place it has, under the other name. Changes `table`. */
function renamed(table: Map<string, NodeView>, { node, to }: { node: string; to: string }): NodeTable {
  const entries = [...table].filter(([name]) => name !== to);
  return new Map(entries.map(([name, view]) => (name === node ? [to, { ...view, name: to }] : [name, view])));
}

/** Removes a node, also from the peers the others named at the last look: they would make it a discovered one. */
function forget(table: Map<string, NodeView>, node: string): void {
  table.delete(node);
  for (const [name, view] of table) {
    if (!view.peers.includes(node)) continue;
    table.set(name, { ...view, peers: view.peers.filter((peer) => peer !== node) });
  }
}

function isAnswering(view: NodeView): boolean {
  return view.origin !== 'discovered' && (view.status === 'up' || view.status === 'unreachable');
}

function withStep(steps: readonly Step[], step: Step): Step[] {
  const known = steps.findIndex(({ name }) => name === step.name);
  return known === -1 ? [...steps, step] : steps.with(known, step);
}

function ended(
  view: NodeView,
  status: Extract<NodeStatus, 'failed' | 'crashed'>,
  { problem, output }: { problem: Problem; output: readonly string[] },
): NodeView {
  const { upSince: _upSince, processes: _processes, ...rest } = view;
  return { ...rest, status, problem, peers: [], lastOutput: [...output] };
}

function observed(view: NodeView, seen: Observation): NodeView {
  const { problem: _problem, ...rest } = view;
  const peers = [...new Set(seen.peers)].sort().slice(0, maxPeers);
  const hasSamePeers = peers.join('\n') === view.peers.join('\n');
  const next: NodeView = {
    ...rest,
    status: 'up',
    peers: hasSamePeers ? view.peers : peers,
    ...(seen.version === undefined ? {} : { version: seen.version }),
    ...(seen.processes === undefined ? {} : { processes: seen.processes }),
  };
  if (seen.memoryBytes === undefined) return next;
  const memoryHistory = [...view.memoryHistory, seen.memoryBytes].slice(-maxHistory);
  return { ...next, memoryBytes: seen.memoryBytes, memoryHistory };
}

/** Adds the nodes that launched ones have as peers, keeps those still seen, and drops the rest. Changes `table`. */
function withDiscovered(table: Map<string, NodeView>, now: number): NodeTable {
  const seenBy = seenByNodes(table);
  for (const [name, view] of table) if (view.origin === 'discovered' && !seenBy.has(name)) table.delete(name);
  for (const [name, by] of seenBy) {
    const known = table.get(name);
    const peers = by.sort();
    if (known?.peers.join('\n') !== peers.join('\n'))
      table.set(name, discoveredView(name, peers, known?.startedAt ?? now));
  }
  return table;
}

/** The nodes that others have as peers, with who sees them. Each node adds one in turn: one that makes up peers takes no other's place. */
function seenByNodes(table: NodeTable): Map<string, string[]> {
  const seenBy = new Map<string, string[]>();
  const isForeign = (peer: string): boolean => (table.get(peer)?.origin ?? 'discovered') === 'discovered';
  let seeing = [...table.values()]
    .filter(({ origin }) => origin !== 'discovered')
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

function discoveredView(name: string, peers: string[], startedAt: number): NodeView {
  return {
    name,
    kind: 'unknown',
    origin: 'discovered',
    provider: 'elsewhere',
    status: 'up',
    join: true,
    steps: [],
    peers,
    startedAt,
    memoryHistory: [],
    lastOutput: [],
  };
}
