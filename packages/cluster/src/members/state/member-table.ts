/** Derives the members from what the entry and other members report, and from what members have answered. Pure. */

import { parseNodeName } from '@convoy/node';
import type { ClusterChange, ClusterState, Facts, Member, Report } from './cluster-model.ts';

const noVersions = {};

interface Sighting {
  readonly by: string[];
  isHidden: boolean;
}

/** Nodes that can be asked: the entry, and those that it is connected to. */
export function directNames({ entry, isLone, reports }: ClusterState): string[] {
  if (entry === undefined) return [];
  if (isLone) return [entry];
  const report = reports.get(entry);
  return [...new Set([entry, ...(report?.visible ?? []), ...(report?.hidden ?? [])])];
}

/** The state with the members that follow from its reports and facts, and the changes since. */
export function withMembers(state: ClusterState): { state: ClusterState; changes: ClusterChange[] } {
  const direct = new Set(directNames(state));
  const reports = new Map([...state.reports].filter(([reporter]) => direct.has(reporter)));
  const sightings = sightingsOf(state, reports);
  const facts = new Map([...state.facts].filter(([name]) => sightings.has(name)));
  const members = new Map<string, Member>();
  for (const [name, sighting] of sightings) {
    const member = memberOf(
      { name, sighting, facts: facts.get(name), isDirect: direct.has(name) },
      state.entry,
    );
    const before = state.members.get(name);
    members.set(name, before !== undefined && isSame(before, member) ? before : member);
  }
  return { state: { ...state, reports, facts, members }, changes: changesBetween(state.members, members) };
}

/** Only valid names of other nodes than ours, at most `max`, each once. */
export function usableNames(names: readonly string[], self: string, max: number): string[] {
  const usable = names.slice(0, max).filter((name) => name !== self && parseNodeName(name) !== undefined);
  return [...new Set(usable)];
}

/** Each member adds one name in turn, so that one that invents nodes cannot displace those that others see. */
function sightingsOf(
  { entry, settings }: ClusterState,
  reports: ReadonlyMap<string, Report>,
): Map<string, Sighting> {
  const sightings = new Map<string, Sighting>();
  if (entry === undefined) return sightings;
  sightings.set(entry, { by: [], isHidden: false });
  let queues = Array.from(reports, ([by, { visible, hidden }]) => ({
    by,
    names: [
      ...visible.map((name) => ({ name, isHidden: false })),
      ...hidden.map((name) => ({ name, isHidden: true })),
    ],
  })).sort((left, right) => Number(right.by === entry) - Number(left.by === entry));
  for (let turn = 0; queues.length > 0; turn += 1) {
    queues = queues.filter(({ names }) => names.length > turn);
    for (const { by, names } of queues) {
      const sighted = names[turn];
      if (sighted !== undefined) addSighting(sightings, { by, ...sighted }, settings.maxMembers);
    }
  }
  return sightings;
}

function addSighting(
  sightings: Map<string, Sighting>,
  { by, name, isHidden }: { readonly by: string; readonly name: string; readonly isHidden: boolean },
  max: number,
): void {
  const known = sightings.get(name);
  if (known === undefined) {
    if (sightings.size < max) sightings.set(name, { by: [by], isHidden });
    return;
  }
  known.by.push(by);
  known.isHidden &&= isHidden;
}

function memberOf(
  {
    name,
    sighting,
    facts,
    isDirect,
  }: { name: string; sighting: Sighting; facts: Facts | undefined; isDirect: boolean },
  entry: string | undefined,
): Member {
  const { identity, vitals, problem } = facts ?? {};
  const hasAnswered = identity !== undefined || vitals !== undefined;
  const isUnasked = !isDirect && !hasAnswered;
  return {
    name,
    isHidden: sighting.isHidden,
    isEntry: name === entry,
    seenBy: sighting.by,
    kind: identity?.kind ?? 'unknown',
    versions: identity?.versions ?? noVersions,
    release: identity?.release,
    vitals,
    // A hidden node belongs to no mesh.
    missing: sighting.isHidden ? [] : (facts?.missing ?? []),
    state: problem !== undefined ? 'silent' : isUnasked || !hasAnswered ? 'unasked' : 'answering',
    problem,
  };
}

/** Facts are replaced when they change; lists of names are compared. */
function isSame(before: Member, after: Member): boolean {
  return (Object.keys(after) as (keyof Member)[]).every((key) => {
    const [left, right] = [before[key], after[key]];
    if (left === right) return true;
    return Array.isArray(left) && Array.isArray(right) && left.join('\n') === right.join('\n');
  });
}

function changesBetween(
  before: ReadonlyMap<string, Member>,
  after: ReadonlyMap<string, Member>,
): ClusterChange[] {
  const changes: ClusterChange[] = [];
  for (const [name, member] of before) if (!after.has(name)) changes.push({ kind: 'left', member });
  for (const [name, member] of after) {
    const known = before.get(name);
    if (known === undefined) changes.push({ kind: 'joined', member });
    else if (known !== member) changes.push({ kind: 'changed', member, before: known });
  }
  return changes;
}
