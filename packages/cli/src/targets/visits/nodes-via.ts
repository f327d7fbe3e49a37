/** `convoy nodes --via ssh://...`: lists all nodes on a host that is reached by SSH. */

import type { HostNode } from '@convoy/cluster/ssh';
import { ifGiven } from '../../options/config.ts';
import { describeError, formatTable, printResult } from '../../output.ts';
import { openTunnel } from '../../options/ssh-options.ts';
import type { ReachOptions } from './visitor.ts';

/** Prints the nodes of the host. Needs no cookie: a node sends its name before authentication. */
export async function runNodesVia(options: ReachOptions & { readonly via: string }): Promise<void> {
  const { inspectHost, listNodes } = await import('@convoy/cluster/ssh');
  await using tunnel = await openTunnel(options.via, options);
  const nodes = await listNodes(tunnel, await inspectHost(tunnel, { kinds: [] }));
  const rows = nodes.map(({ name, port, source, answers, problem, osPid, user }) => ({
    name,
    port,
    source,
    status: answers ? 'answers' : 'unreachable',
    problem: ifGiven(problem, (error) => describeError(error).code),
    osPid,
    user,
  }));
  printResult(options, rows, formatNodes(nodes, tunnel.name));
}

/** The nodes as a table. `convoy connect` lets the user choose from it. */
export function formatNodes(nodes: readonly HostNode[], host: string): string {
  if (nodes.length === 0) return `No nodes are running on ${host}.`;
  const rows = nodes.map(({ name, port, source, answers, problem, osPid, user }) => [
    name,
    port === undefined ? '' : String(port),
    answers ? 'answers' : `unreachable${problem === undefined ? '' : `: ${describeError(problem).code}`}`,
    source === 'epmd' ? 'EPMD' : 'process list',
    osPid === undefined ? '' : `${osPid} of ${user ?? '?'}`,
  ]);
  return formatTable([['NODE', 'PORT', 'STATUS', 'KNOWN BY', 'PROCESS'], ...rows]);
}
