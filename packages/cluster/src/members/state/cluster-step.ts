/**
 * The reducer of a watched cluster: state and event in, state and effects out. Decides which member to enter by, which nodes are
 * members, and what to ask. Nodes are dialled only if the user named them as entries or a connected member named them. Pure.
 */

import type {
  ClusterChange,
  ClusterEffect,
  ClusterEvent,
  ClusterSettings,
  ClusterState,
  Facts,
  MemberAnswer,
  Report,
  Tries,
} from './cluster-model.ts';
import { directNames, usableNames, withMembers } from './member-table.ts';

/** Nodes that are tried because an entry that cannot ask others has named them. */
const maxPeersTried = 3;

/** The next state and what to do. */
export interface ClusterStep {
  readonly state: ClusterState;
  readonly effects: readonly ClusterEffect[];
}

/** The state before `start`. */
export function initialState(settings: ClusterSettings): ClusterState {
  return {
    settings,
    link: { kind: 'waiting', failures: 0 },
    entry: undefined,
    isLone: false,
    reports: new Map(),
    facts: new Map(),
    members: new Map(),
  };
}

/** One step. Events that come too late (of an entry that is no longer the current one) change nothing. */
export function stepCluster(state: ClusterState, event: ClusterEvent): ClusterStep {
  if (state.link.kind === 'closed') return afterClose(state, event);
  switch (event.kind) {
    case 'start':
    case 'retry':
      return state.link.kind === 'waiting'
        ? dialNext(state, { tried: [], failures: state.link.failures })
        : { state, effects: [] };
    case 'connected':
      return connected(state, event);
    case 'dialFailed':
      return failed(state, event.entry);
    case 'unsuitable':
      return unsuitable(state, event);
    case 'entryLost':
      return entryLost(state, event);
    case 'settled':
      return settled(state, event.entry);
    case 'listed':
      return listed(state, event);
    case 'answered':
      return answered(state, event.answers);
    case 'close':
      return close(state);
  }
}

/** The members that can be asked now, through the entry. */
export function askableNames(state: ClusterState): string[] {
  if (state.link.kind !== 'up') return [];
  return directNames(state).filter((name) => state.members.has(name));
}

/** A dial that succeeds after the end is undone. */
function afterClose(state: ClusterState, event: ClusterEvent): ClusterStep {
  const effects: ClusterEffect[] = event.kind === 'connected' ? [{ kind: 'leave', entry: event.entry }] : [];
  return { state, effects };
}

/** The nodes to enter by, best first: the last entry comes last, because it has just failed. */
function candidates({ settings, members, entry }: ClusterState): string[] {
  const others = settings.isAnyMemberEntry
    ? [...members.values()]
        .filter(({ isHidden, kind }) => !isHidden && kind !== 'typescript')
        .map(({ name }) => name)
    : [];
  const all = [...new Set([...settings.entries, ...others])];
  return [...all.filter((name) => name !== entry), ...all.filter((name) => name === entry)];
}

function dialNext(state: ClusterState, tries: Tries): ClusterStep {
  const { tried, failures, lone } = tries;
  const entry = [...(lone?.peers ?? []), ...candidates(state)].find((name) => !tried.includes(name));
  if (entry !== undefined) {
    const link = { kind: 'dialling', entry, tried: [...tried, entry], failures, lone } as const;
    return { state: { ...state, link }, effects: [{ kind: 'dial', entry, isLone: false }] };
  }
  if (lone !== undefined) {
    const link = { kind: 'dialling', entry: lone.entry, tried, failures } as const;
    return { state: { ...state, link }, effects: [{ kind: 'dial', entry: lone.entry, isLone: true }] };
  }
  const next = failures + 1;
  return {
    state: { ...state, link: { kind: 'waiting', failures: next } },
    effects: [{ kind: 'retryLater', failures: next }],
  };
}

function connected(
  state: ClusterState,
  { entry, isLone }: Extract<ClusterEvent, { kind: 'connected' }>,
): ClusterStep {
  const { link } = state;
  if (link.kind !== 'dialling' || link.entry !== entry) {
    return { state, effects: link.kind === 'up' && link.entry === entry ? [] : [{ kind: 'leave', entry }] };
  }
  // The members are still those that the last entry named, until the new one has.
  const before = state.entry;
  const reports = new Map(state.reports);
  const kept = before === undefined ? undefined : reports.get(before);
  if (before !== undefined && before !== entry) reports.delete(before);
  if (kept !== undefined && before !== entry) reports.set(entry, inheritedReport(kept, before ?? '', entry));
  const step = refreshed({ ...state, link: { ...link, kind: 'up' }, entry, isLone, reports });
  return {
    state: step.state,
    effects: [
      { kind: 'change', change: { kind: 'entryChanged', entry } },
      ...step.effects,
      { kind: 'listen', entry },
    ],
  };
}

function inheritedReport({ visible, hidden }: Report, before: string, entry: string): Report {
  return { visible: [before, ...visible].filter((name) => name !== entry), hidden };
}

function failed(state: ClusterState, entry: string): ClusterStep {
  const { link } = state;
  if (link.kind !== 'dialling' || link.entry !== entry) return { state, effects: [] };
  return dialNext(state, link);
}

/** An entry that cannot ask others is left for one of the first nodes that it names, and taken if none of them can either. */
function unsuitable(
  state: ClusterState,
  { entry, peers }: Extract<ClusterEvent, { kind: 'unsuitable' }>,
): ClusterStep {
  const { link, settings } = state;
  if (link.kind !== 'dialling' || link.entry !== entry) return { state, effects: [] };
  const others = usableNames(peers, settings.self, settings.maxReported).filter((name) => name !== entry);
  const lone = link.lone ?? { entry, peers: others.slice(0, maxPeersTried) };
  const step = dialNext(state, { ...link, lone });
  return { state: step.state, effects: [{ kind: 'leave', entry }, ...step.effects] };
}

function entryLost(
  state: ClusterState,
  { entry, reason }: Extract<ClusterEvent, { kind: 'entryLost' }>,
): ClusterStep {
  const { link } = state;
  if (link.kind !== 'up' || link.entry !== entry) return { state, effects: [] };
  // The same one only after a wait, because it may let us in and drop us again and again.
  const { tried, failures } = link;
  const step = dialNext(state, { tried, failures });
  return {
    state: step.state,
    effects: [
      { kind: 'change', change: { kind: 'entryLost', entry, reason } },
      { kind: 'leave', entry },
      ...step.effects,
    ],
  };
}

function settled(state: ClusterState, entry: string): ClusterStep {
  const { link } = state;
  const hasSettled = link.kind === 'up' && link.entry === entry && link.tried.length + link.failures > 1;
  const next = { kind: 'up', entry, tried: [entry], failures: 0 } as const;
  return { state: hasSettled ? { ...state, link: next } : state, effects: [] };
}

function listed(state: ClusterState, event: Extract<ClusterEvent, { kind: 'listed' }>): ClusterStep {
  const { link, settings, reports } = state;
  if (link.kind !== 'up' || link.entry !== event.entry) return { state, effects: [] };
  const names = (given: readonly string[]): string[] =>
    usableNames(given, settings.self, settings.maxMembers).filter((name) => name !== event.entry);
  const report = { visible: names(event.visible), hidden: names(event.hidden) };
  const step = refreshed({ ...state, reports: new Map(reports).set(event.entry, report) });
  // A node that went and came back meanwhile may be another program now.
  const changed = new Set(event.changed);
  const isNew = (name: string): boolean => changed.has(name) || !step.state.facts.has(name);
  return identifying(step, askableNames(step.state).filter(isNew));
}

function answered(state: ClusterState, answers: readonly MemberAnswer[]): ClusterStep {
  const facts = new Map(state.facts);
  const reports = new Map(state.reports);
  const restarted: string[] = [];
  for (const answer of answers) {
    const { name } = answer;
    if (!state.members.has(name)) continue;
    const known = facts.get(name);
    facts.set(name, factsAfter(known, answer, state.settings));
    if (answer.kind !== 'vitals') continue;
    if (name !== state.entry) reports.set(name, reportOf(answer, state.settings));
    const hasRestarted = known?.identity !== undefined && known.identity.creation !== answer.creation;
    if (hasRestarted) restarted.push(name);
  }
  return identifying(refreshed({ ...state, facts, reports }), restarted);
}

function factsAfter(known: Facts | undefined, answer: MemberAnswer, settings: ClusterSettings): Facts {
  const { missing = [] } = known ?? {};
  switch (answer.kind) {
    case 'identity':
      return { ...known, missing, identity: answer.identity, problem: undefined };
    case 'vitals': {
      const names = usableNames(answer.peers.missing, settings.self, settings.maxReported);
      return { ...known, missing: names, vitals: answer.vitals, problem: undefined };
    }
    case 'silent':
      return { ...known, missing, problem: answer.why };
  }
}

function reportOf(
  { name, peers }: Extract<MemberAnswer, { kind: 'vitals' }>,
  { self, maxReported }: ClusterSettings,
): Report {
  const names = (given: readonly string[]): string[] =>
    usableNames(given, self, maxReported).filter((other) => other !== name);
  return { visible: names(peers.visible), hidden: names(peers.hidden) };
}

function close(state: ClusterState): ClusterStep {
  const { link } = state;
  const effects: ClusterEffect[] =
    link.kind === 'up' || link.kind === 'dialling' ? [{ kind: 'leave', entry: link.entry }] : [];
  return { state: { ...state, link: { kind: 'closed' } }, effects };
}

function refreshed(state: ClusterState): { state: ClusterState; effects: ClusterEffect[] } {
  const next = withMembers(state);
  return { state: next.state, effects: next.changes.map(changeEffect) };
}

function identifying(
  { state, effects }: { state: ClusterState; effects: ClusterEffect[] },
  names: readonly string[],
): ClusterStep {
  return { state, effects: names.length === 0 ? effects : [...effects, { kind: 'identify', names }] };
}

function changeEffect(change: ClusterChange): ClusterEffect {
  return { kind: 'change', change };
}
