/** Asks the visible members of a watched cluster about their mesh: connections, and whether they prevent overlapping partitions. */

import { atom, type Term, Tuple } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import { infoCall } from '../facts/identity.ts';
import { callOf, row, valuesOf } from '../facts/question.ts';
import { fieldOf, nodeNamesOf, textOf } from '../facts/read-term.ts';
import type { Member } from '../state/cluster-model.ts';
import type { AskOptions, WatchedCluster } from '../state/watched-cluster.ts';
import type { MeshMember } from './disconnect-forecast.ts';

const rows = [
  row('peers', 'erlang', 'nodes'),
  row('otp', 'erlang', 'system_info', atom('otp_release')),
  row('prevents', 'application', 'get_env', atom('kernel'), atom('prevent_overlapping_partitions')),
  row('connects', 'application', 'get_env', atom('kernel'), atom('connect_all')),
  row('flag', 'init', 'get_argument', atom('connect_all')),
] as const;

const meshCall = callOf(rows);

/** The release from which on overlapping partitions are prevented by default. */
const preventingRelease = 25;
const maxPeers = 10_000;

/** The visible members that can be asked, as they are now. */
export async function askMesh(cluster: WatchedCluster, options: AskOptions = {}): Promise<MeshMember[]> {
  const visible = cluster.members().filter(({ isHidden, state }) => !isHidden && state !== 'unasked');
  const isTypescript = ({ kind }: Member): boolean => kind === 'typescript';
  const namesOf = (members: readonly Member[]): string[] => members.map(({ name }) => name);
  const [erlang, typescript] = await Promise.all([
    cluster.askEach(namesOf(visible.filter((member) => !isTypescript(member))), meshCall, options),
    cluster.askEach(namesOf(visible.filter(isTypescript)), infoCall, options),
  ]);
  return [
    ...Array.from(erlang, ([name, answer]) => readMesh(name, answer)),
    ...Array.from(typescript, ([name, answer]) => readTypescriptMesh(name, answer)),
  ];
}

/** @internal Reads one answer. */
export function readMesh(name: string, answer: Term | MembersError): MeshMember {
  const values = answer instanceof MembersError ? undefined : valuesOf(rows, answer);
  const peers = nodeNamesOf(values?.peers, maxPeers);
  if (values === undefined || peers === undefined) return unknownMember(name);
  const isMesh = settingOf(values.connects) ?? !isFalseFlag(values.flag);
  const isDefault = Number(textOf(values.otp)) >= preventingRelease;
  return { name, peers, isPreventing: isMesh && (settingOf(values.prevents) ?? isDefault), isCertain: true };
}

/** TypeScript nodes take part in prevention: see docs/adr/0010 of the sources. */
function readTypescriptMesh(name: string, answer: Term | MembersError): MeshMember {
  const peers = answer instanceof MembersError ? undefined : nodeNamesOf(fieldOf(answer, 'peers'), maxPeers);
  return peers === undefined ? unknownMember(name) : { name, peers, isPreventing: true, isCertain: true };
}

/** Others may still report connections to it. */
function unknownMember(name: string): MeshMember {
  return { name, peers: [], isPreventing: true, isCertain: false };
}

/** The value in `{ok, true}` or `{ok, false}`. */
function settingOf(term: Term): boolean | undefined {
  const value = term instanceof Tuple ? term.at(1) : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/** Whether this is `{ok, [["false"]]}`. */
function isFalseFlag(term: Term): boolean {
  const [groups] = term instanceof Tuple ? [term.at(1)] : [];
  const [group] = Array.isArray(groups) ? (groups as readonly Term[]) : [];
  const [value] = Array.isArray(group) ? (group as readonly Term[]) : [];
  return textOf(value) === 'false';
}
