/**
 * Finds the node that a command looks into. A node that the running console knows is asked through the console, unless a cookie or a way to
 * the node was given; any other node is connected to.
 */

import type { ClusterView } from '@convoy/console/protocol';
import { findRunningConsole } from '@convoy/console/running';
import { abortable } from '@convoy/node/async';
import { dataDirOf } from '../../options/config.ts';
import { CliError } from '../../errors.ts';
import type { ConsoleClient } from '../console-client.ts';
import { findNode, splitNodeId } from '../console-nodes.ts';
import { isReachedOtherwise } from '../visits/member-target.ts';
import { type ReachOptions, settleReach, withVisitor } from '../visits/visitor.ts';
import type { InspectedNode } from './inspected-node.ts';

/** A console that does not answer must not keep the command from a node that it reaches by itself. */
const lookTimeoutMs = 2000;

/** Runs `use` with the node that is called `target`: an id, a full name, or the part before the @. */
export async function inspectNode<Result>(
  target: string,
  flags: ReachOptions,
  use: (node: InspectedNode) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const known = await knownToConsole(target, { flags, options });
  if (known !== undefined) return use(known);
  const { directly } = await import('./directly.ts');
  return withVisitor(target, flags, (visit) => {
    const timeoutMs = options.timeout === undefined ? undefined : visit.timeoutMs;
    return use(directly(visit, timeoutMs));
  });
}

/** The options of a command. */
export interface Given {
  /** As they were typed. */
  readonly flags: ReachOptions;
  /** With what the environment and the configuration file say. */
  readonly options: ReachOptions;
}

/** A node of the running console. */
export interface ConsoleNode {
  readonly ask: ConsoleClient;
  readonly id: string;
  readonly cluster: ClusterView | undefined;
}

async function knownToConsole(target: string, given: Given): Promise<InspectedNode | undefined> {
  const found = await findInConsole(target, given);
  if (found === undefined) return undefined;
  const { throughConsole } = await import('./through-console.ts');
  return throughConsole(found.ask, found);
}

/** The node, if the running console knows it and is to be asked. Rejects with CLI_AMBIGUOUS_NODE. */
export async function findInConsole(
  target: string,
  { flags, options }: Given,
): Promise<ConsoleNode | undefined> {
  const isId = splitNodeId(target).cluster !== undefined;
  if ([flags.cookie, flags.cookieFile, flags.via].some((given) => given !== undefined)) return undefined;
  if (!isId && (await isReachedOtherwise(options))) return undefined;
  if (findRunningConsole(dataDirOf(options.dataDir)) === undefined) return undefined;
  const { createConsoleClient } = await import('../console-client.ts');
  const ask = createConsoleClient(options.dataDir);
  const asked = ask('GET /api/nodes');
  const nodes = await (isId ? asked : abortable(asked, AbortSignal.timeout(lookTimeoutMs)).catch(() => []));
  const found = isId ? findNode(nodes, target) : ifAny(() => findNode(nodes, target));
  if (found === undefined) return undefined;
  const cluster = (await ask('GET /api/clusters')).find(({ id }) => id === found.cluster);
  return { ask, id: found.id, cluster };
}

/** A name that the console does not know may be that of a node on this machine. */
function ifAny<Found>(find: () => Found | undefined): Found | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof CliError && error.code === 'CLI_BAD_OPTION') return undefined;
    throw error;
  }
}
