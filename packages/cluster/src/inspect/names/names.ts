/** Asks a node for its names and for the process groups that it knows. */

import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, needle, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { groupsBody, namesBody } from './name-program.ts';
import { type GroupScope, type NodeNames, readGroups, readNames } from './read-names.ts';

/** Options of `names`. `timeoutMs` is 5000 by default. */
export interface NamesOptions extends InspectOptions {
  /** Text in the name; upper and lower case are the same. Default: all names. */
  readonly filter?: string | undefined;
  /** Number of names of each kind, up to 1000. Default 200. */
  readonly limit?: number | undefined;
}

/** Options of `groups`. `timeoutMs` is 5000 by default. */
export interface GroupsOptions extends InspectOptions {
  /** Text in the name of the group; upper and lower case are the same. Default: all groups. */
  readonly filter?: string | undefined;
  /** Number of groups of each scope, up to 500. Default 100. */
  readonly limit?: number | undefined;
  /** Number of members of each group to list, up to 200. Default 20. */
  readonly maxMembers?: number | undefined;
}

export async function askNames(
  asker: Asker,
  node: string,
  options: NamesOptions = {},
): Promise<InspectAnswer<NodeNames>> {
  const limit = count('limit', options.limit, { least: 1, most: 1000, otherwise: 200 });
  const bindings = { Limit: limit, Needle: needle(options.filter) };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body: namesBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readNames(value, { node, limit }));
}

export async function askGroups(
  asker: Asker,
  node: string,
  options: GroupsOptions = {},
): Promise<InspectAnswer<GroupScope[]>> {
  const limit = count('limit', options.limit, { least: 1, most: 500, otherwise: 100 });
  const maxMembers = count('maxMembers', options.maxMembers, { least: 0, most: 200, otherwise: 20 });
  const bindings = { Limit: limit, Members: maxMembers, Needle: needle(options.filter) };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body: groupsBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readGroups(value, { limit, maxMembers }));
}
