/** Reads the names and process groups of a node. Pure. */

import { atomName, Port, type Term } from '@convoy/node/etf';
import { failedPart } from '../asking/ask-node.ts';
import type { InspectPart } from '../read/answer.ts';
import {
  type ClusterProcess,
  clusterProcessOf,
  countOf,
  elementsOf,
  listOf,
  nameOf,
  partyOf,
  textOf,
} from '../read/read-term.ts';
import { maxScopes } from './name-program.ts';

/** A name, and who has it. */
export interface NameRow {
  readonly name: string;
  /** Missing if it ended in between, and for a name of a port. */
  readonly process?: ClusterProcess;
  /** Of a name of a port: `#Port<0.5>`. */
  readonly port?: string;
}

/** Names in the order of the alphabet. */
export interface NameList {
  readonly total: number;
  /** Those that pass the filter. */
  readonly matching: number;
  readonly rows: readonly NameRow[];
}

/** The names of a node. */
export interface NodeNames {
  readonly registered: NameList;
  /** Names of `global`, which all nodes of a cluster share, as Erlang text. */
  readonly global: InspectPart<NameList>;
}

/** A group of `pg`. */
export interface ProcessGroup {
  /** Its name, as Erlang text. */
  readonly group: string;
  /** Members on all nodes; more than `members` if there are many. */
  readonly count: number;
  readonly members: readonly ClusterProcess[];
}

/** A scope of `pg` and its largest groups. */
export interface GroupScope {
  readonly scope: string;
  /** All groups of the scope. */
  readonly total: number;
  /** Those that pass the filter. */
  readonly matching: number;
  readonly groups: readonly ProcessGroup[];
}

/** Reads the answer to `namesBody`; `undefined` if it is not one. */
export function readNames(
  answer: Term,
  { node, limit }: { readonly node: string; readonly limit: number },
): NodeNames | undefined {
  const [local, outcome] = elementsOf(answer);
  const registered = namesOf(local, node, limit);
  if (registered === undefined) return undefined;
  const [tag, value] = elementsOf(outcome);
  const global = tag !== undefined && atomName(tag) === 'ok' ? namesOf(value, node, limit) : undefined;
  return { registered, global: global ?? { problem: failedPart(node, value) } };
}

/** Reads the answer to `groupsBody`; `undefined` if it is not one. */
export function readGroups(
  answer: Term,
  { limit, maxMembers }: { readonly limit: number; readonly maxMembers: number },
): GroupScope[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  return listOf(answer, maxScopes).flatMap((one) => {
    const [scope, total, matching, groups] = elementsOf(one);
    const [name, all, kept] = [nameOf(scope), countOf(total), countOf(matching)];
    if (name === undefined || all === undefined || kept === undefined) return [];
    const read = listOf(groups, limit).flatMap((group) => groupOf(group, maxMembers) ?? []);
    return [{ scope: name, total: all, matching: kept, groups: read }];
  });
}

function namesOf(term: Term, node: string, limit: number): NameList | undefined {
  const [total, matching, rows] = elementsOf(term);
  const [all, kept] = [countOf(total), countOf(matching)];
  if (all === undefined || kept === undefined) return undefined;
  const read = listOf(rows, limit).flatMap((row) => {
    const [name, who] = elementsOf(row);
    const text = name === undefined ? undefined : textOf(name, 255);
    return text === undefined ? [] : [nameRow(text, who, node)];
  });
  return { total: all, matching: kept, rows: read };
}

function nameRow(name: string, who: Term, node: string): NameRow {
  const process = clusterProcessOf(who);
  if (process !== undefined) return { name, process };
  return who instanceof Port ? { name, port: partyOf(who, node) } : { name };
}

function groupOf(term: Term, maxMembers: number): ProcessGroup | undefined {
  const [group, count, members] = elementsOf(term);
  const [name, all] = [group === undefined ? undefined : textOf(group, 255), countOf(count)];
  if (name === undefined || all === undefined) return undefined;
  const pids = listOf(members, maxMembers).flatMap((one) => clusterProcessOf(one) ?? []);
  return { group: name, count: all, members: pids };
}
