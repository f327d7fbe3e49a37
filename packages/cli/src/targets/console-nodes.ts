/** Finds nodes of the console by what a user calls them: an id, a name that only one node has, or the part before the @. */

import type { NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { CliError } from '../errors.ts';
import type { ConsoleClient } from './console-client.ts';

/** What identifies a node. */
export type NamedNode = Pick<NodeView, 'id' | 'name' | 'cluster' | 'origin'>;

/** A cluster and the rest of `prod:app@10.0.0.5`. Addresses of IPv6 have colons too, but only after the @. */
export function splitNodeId(text: string): { readonly cluster: string | undefined; readonly name: string } {
  const [, cluster, name] = /^([^@:]+):(.+)$/s.exec(text) ?? [];
  return name === undefined ? { cluster: undefined, name: text } : { cluster, name };
}

/**
 * The node that is called `text`. Throws CLI_AMBIGUOUS_NODE, and CLI_BAD_OPTION if there is none. A full name or an id that the console
 * does not have is `undefined`: the console says so itself.
 */
export function findNode<Node extends NamedNode>(nodes: readonly Node[], text: string): Node | undefined {
  const exact = nodes.find(({ id }) => id === text);
  if (exact !== undefined) return exact;
  const { cluster, name } = splitNodeId(text);
  const candidates = nodes.filter((node) => cluster === undefined || node.cluster === cluster);
  const isFull = name.includes('@');
  const named = candidates.filter((node) => (isFull ? node.name : splitNodeName(node.name).name) === name);
  // Nodes of other consoles with the same store can only be looked at.
  const own = named.filter(({ origin }) => origin !== 'shared');
  const found = own.length > 0 ? own : named;
  const [only] = found;
  if (found.length > 1) throw ambiguous(text, found);
  if (only !== undefined || isFull) return only;
  throw new CliError('CLI_BAD_OPTION', `the console has no node named ${text}`, {
    remedy: '`convoy list` shows its nodes.',
  });
}

function ambiguous(text: string, found: readonly NamedNode[]): CliError {
  const ids = found.map(({ id }) => id);
  return new CliError(
    'CLI_AMBIGUOUS_NODE',
    `the console has several nodes named ${text}: ${ids.join(', ')}`,
    {
      value: text,
      remedy: `Use the whole id: ${ids.join(', or ')}.`,
    },
  );
}

/** A node of the console as its routes call it, and its cluster if the console knows the node. */
export interface FoundNode {
  readonly id: string;
  readonly name: string;
  readonly cluster: string | undefined;
  readonly origin?: NodeView['origin'];
}

/** Looks a node up. Rejects as `findNode` throws. */
export async function nodeCalled(ask: ConsoleClient, text: string): Promise<FoundNode> {
  return orUnknown(findNode(await ask('GET /api/nodes'), text), text);
}

/**
 * Looks up two nodes that are to be connected or disconnected. The cluster in the id of one is also that of the other. Rejects with
 * CLI_BAD_OPTION if they are in different attached clusters, and as `findNode` throws.
 */
export async function pairCalled(
  ask: ConsoleClient,
  [a, b]: readonly [string, string],
): Promise<readonly [FoundNode, FoundNode]> {
  const views = await ask('GET /api/nodes');
  const find = (text: string, cluster: string | undefined): FoundNode => {
    const id = cluster === undefined || splitNodeId(text).cluster !== undefined ? text : `${cluster}:${text}`;
    return orUnknown(findNode(views, id), id);
  };
  const named = splitNodeId(a).cluster ?? splitNodeId(b).cluster;
  const one = find(a, named);
  const other = find(b, named ?? (one.origin === 'member' ? one.cluster : undefined));
  const isAcross = [one, other].some(({ origin }) => origin === 'member') && one.cluster !== other.cluster;
  // The console says what it does not know.
  if (!isAcross || one.cluster === undefined || other.cluster === undefined) return [one, other];
  throw new CliError('CLI_BAD_OPTION', `${one.id} and ${other.id} are in different clusters`, {
    remedy: 'Only nodes of one cluster can connect to each other; `convoy list` shows the cluster of each.',
  });
}

function orUnknown(node: NodeView | undefined, text: string): FoundNode {
  return node ?? { id: text, name: splitNodeId(text).name, cluster: undefined };
}
